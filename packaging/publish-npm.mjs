#!/usr/bin/env node
// Publishes packed npm packages with safe-publish: the platforms' first, the
// launcher last, so that no install in between gets a launcher without program.
// What stands there with the same bytes is passed over: run it again to go on.
//
//   node packaging/publish-npm.mjs DIR [npm publish's arguments]

import { spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const LAUNCHER = "@safe-publish/cli";
const onWindows = process.platform === "win32";

function manifestOf(tarball) {
  const read = spawnSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" });
  if (read.status !== 0) throw new Error(`reading ${tarball}: ${read.stderr || read.error}`);
  return JSON.parse(read.stdout);
}

/** The integrity of a published version, or null where it is not out. */
function published(spec) {
  const view = spawnSync("npm", ["view", spec, "dist.integrity"], { encoding: "utf8", shell: onWindows });
  if (view.status === 0) return view.stdout.trim() || null;
  if (view.stderr.includes("E404")) return null;
  throw new Error(`asking the registry for ${spec}: ${view.stderr || view.error}`);
}

function publish(tarball, args) {
  const { name, version } = manifestOf(tarball);
  const spec = `${name}@${version}`;
  const hash = crypto.createHash("sha512").update(fs.readFileSync(tarball)).digest("base64");
  const there = published(spec);
  if (there === `sha512-${hash}`) return console.log(`${spec} is out already`);
  if (there !== null) throw new Error(`publishing ${spec}: it is out with other bytes; raise the version`);
  // It waits until the version is visible with these very bytes.
  const { status, error } = spawnSync("safe-publish", [tarball, ...args], { stdio: "inherit" });
  if (status !== 0) throw new Error(`publishing ${spec}: ${error ?? `safe-publish ended with ${status}`}`);
}

const [folder, ...args] = process.argv.slice(2);
try {
  if (!folder) throw new Error("usage: node packaging/publish-npm.mjs DIR [npm publish's arguments]");
  const tarballs = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(".tgz"))
    .map((name) => path.resolve(folder, name));
  if (tarballs.length === 0) throw new Error(`publishing: there is no .tgz in ${folder}`);
  const isLauncher = (tarball) => Number(manifestOf(tarball).name === LAUNCHER);
  for (const tarball of tarballs.sort((a, b) => isLauncher(a) - isLauncher(b))) publish(tarball, args);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
