#!/usr/bin/env node
// Starts the program of the platform package that npm installed next to this
// one. There is no install script: npm 12, pnpm, yarn and bun block those.
"use strict";

const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const manifest = require("../package.json");
const PREFIX = `${manifest.name}-`;
const PLATFORMS = Object.keys(manifest.optionalDependencies).map((name) => name.slice(PREFIX.length));
/** The exit code of a job that could not be done at all. */
const COULD_NOT_WORK = 102;

/** Whether programs here are linked to musl. npm 10 installs both builds. */
function isMusl() {
  try {
    const ldd = fs.readFileSync("/usr/bin/ldd", "latin1");
    if (ldd.includes("musl")) return true;
    if (ldd.includes("GNU C Library") || ldd.includes("GLIBC")) return false;
  } catch {
    // No ldd: Node itself knows which C library it runs on.
  }
  process.report.excludeNetwork = true;
  return !process.report.getReport().header.glibcVersionRuntime;
}

/** The platforms whose program runs here, best first. */
function suitable() {
  const here = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return [here];
  // The musl build is static: it runs on glibc, too.
  return isMusl() ? [`${here}-musl`] : [`${here}-gnu`, `${here}-musl`];
}

/** The program in a platform's package, or null where that is not installed. */
function programOf(platform) {
  try {
    const folder = path.dirname(require.resolve(`${PREFIX}${platform}/package.json`));
    return path.join(folder, "bin", process.platform === "win32" ? "safe-publish.exe" : "safe-publish");
  } catch {
    return null;
  }
}

function fail(doing, ...help) {
  process.stderr.write(`error: ${doing}\n${help.map((line) => `help: ${line}\n`).join("")}`);
  process.exit(COULD_NOT_WORK);
}

/** Says why no program was found: wrong platform, foreign packages, or none. */
function failMissing(wanted) {
  const built = wanted.filter((platform) => PLATFORMS.includes(platform));
  if (built.length === 0) {
    fail(
      `finding the program for ${wanted[0]}: ${manifest.name} ${manifest.version} has no build for it`,
      `there are builds for ${PLATFORMS.join(", ")}`,
      "build it from source with Rust: cargo install safe-publish",
    );
  }
  const missing = `${PREFIX}${built[0]}`;
  const foreign = PLATFORMS.filter((platform) => programOf(platform) !== null);
  if (foreign.length > 0) {
    fail(
      `finding the program for ${built[0]}: ${missing} is not installed, but ${foreign.join(", ")} is`,
      "node_modules was made for another platform: install again on this one",
      "npm 10 keeps such a state: remove node_modules and package-lock.json first",
    );
  }
  fail(
    `finding the program for ${built[0]}: the optional dependency ${missing} is not installed`,
    "install without --omit=optional (npm), --no-optional (pnpm, yarn) or their settings",
    `or install it by itself: npm install ${missing}@${manifest.version}`,
  );
}

function findProgram() {
  const override = process.env.SAFE_PUBLISH_BINARY;
  if (override) return override;
  const wanted = suitable();
  const found = wanted.map(programOf).find((program) => program !== null);
  return found ?? failMissing(wanted);
}

/** Node before 22.15, and Windows: a child, with every signal handed on. */
function spawnProgram(program, args) {
  const { spawn } = require("node:child_process");
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const onTerminal = process.stdin.isTTY || process.stderr.isTTY;
  // Set up before the program starts: a signal in between would orphan it.
  for (const signal of signals) {
    process.on(signal, () => {
      // Ctrl-C on a terminal, and every signal on a Windows console, reaches the
      // child directly.
      const reached = process.platform === "win32" || (onTerminal && signal !== "SIGTERM");
      if (!reached) child.kill(signal);
    });
  }
  const child = spawn(program, args, { stdio: "inherit" });
  child.on("error", (error) => failToStart(program, error));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + os.constants.signals[signal];
    // A waiting parent sees the same end. Process 1 of a container survives its
    // own signal, and exits with the code.
    if (signal) {
      for (const each of signals) process.removeAllListeners(each);
      process.kill(process.pid, signal);
    }
  });
}

function failToStart(program, error) {
  fail(
    `starting ${program}: ${error.message}`,
    "check that it is an executable file, and that its file system allows programs (noexec)",
  );
}

function main() {
  const program = findProgram();
  const args = process.argv.slice(2);
  try {
    fs.accessSync(program, fs.constants.X_OK);
  } catch (error) {
    failToStart(program, error);
  }
  // The program replaces us: same process id, no second process, its own signals
  // and exit code. A failure would abort, hence the test above.
  if (process.execve && process.platform !== "win32") {
    process.execve(program, [program, ...args], process.env);
  }
  spawnProgram(program, args);
}

main();
