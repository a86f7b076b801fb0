// Preloaded into every Node process of a rehearsal (NODE_OPTIONS), because a
// script may run a package manager with flags that bypass every setting and
// proxy. Package managers can only talk to the embedded registry; other
// programs can talk to anything except a registry.
'use strict';
const fs = require('node:fs');
const net = require('node:net');

// Our address, the registries' addresses, and where to record refusals.
const { here, registries, log } = require('./guard.json');

const MANAGER = /(^|[\\/])(np[mx](-cli\.js)?|pnp[mx][^\\/]*|yarn[^\\/]*|cnpm|tnpm|corepack[^\\/]*)$/;
let manager;

function isManager() {
  if (manager === undefined) {
    const script = process.argv[1] ?? '';
    let real = script;
    try {
      real = fs.realpathSync(script);
    } catch {
      // A program given with -e has no file.
    }
    manager = MANAGER.test(script) || MANAGER.test(real);
  }
  return manager;
}

function target(words) {
  // net.connect passes its arguments on as one parsed list.
  const first = Array.isArray(words[0]) ? words[0][0] : words[0];
  if (first !== null && typeof first === 'object') {
    return first.path ? undefined : { host: first.host ?? 'localhost', port: Number(first.port) };
  }
  // A number is a port; any other text is a pipe on this machine.
  const port = Number(first);
  if (first === undefined || Number.isNaN(port)) return undefined;
  return { host: typeof words[1] === 'string' ? words[1] : 'localhost', port };
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...words) {
  const to = target(words);
  const name = to && `${String(to.host).toLowerCase()}:${to.port}`;
  if (!to || name === here || !(isManager() || registries.includes(name))) {
    return connect.apply(this, words);
  }
  try {
    fs.appendFileSync(log, `connection to ${name}\n`);
  } catch {
    // The refusal stands even if it cannot be recorded.
  }
  const error = new Error(`a rehearsal sends nothing to any other registry: ${name}`);
  error.code = 'EREHEARSAL';
  process.nextTick(() => this.destroy(error));
  return this;
};
