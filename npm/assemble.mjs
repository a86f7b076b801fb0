#!/usr/bin/env node
// Makes the npm packages from built programs: one folder per platform, and `cli`,
// the launcher, which depends on exactly its own version of all of them.
//
//   node npm/assemble.mjs --out DIR [--only] TRIPLE=PROGRAM...
//
// Every target in packaging/targets.json needs its program; with --only, the given
// ones are the whole set (for tests on one machine).

import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

const SCOPE = "@safe-publish";
const LAUNCHER = `${SCOPE}/cli`;
/** Where a schema can be read once the package is out. */
const SCHEMAS = `https://unpkg.com/${LAUNCHER}/schemas/`;

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..");
const from = (...parts) => path.join(root, ...parts);

/** The fields of Cargo.toml that packages share. */
export function metadata() {
  const text = fs.readFileSync(from("Cargo.toml"), "utf8");
  const field = (name) => {
    const found = new RegExp(`^${name} = "(.*)"$`, "m").exec(text);
    if (!found) throw new Error(`reading Cargo.toml: there is no ${name}`);
    return found[1];
  };
  return {
    version: field("version"),
    description: field("description").replaceAll("`", ""),
    license: `(${field("license")})`,
    repository: field("repository"),
  };
}

/** All targets, in the order of packaging/targets.json. */
export function targets() {
  return JSON.parse(fs.readFileSync(from("packaging", "targets.json"), "utf8"));
}

function common(name, about) {
  const { version, description, license, repository } = metadata();
  return {
    name,
    version,
    description: about ?? description,
    license,
    repository: { type: "git", url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    publishConfig: { access: "public" },
  };
}

function write(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

function writePackage(folder, manifest, readme) {
  fs.rmSync(folder, { recursive: true, force: true });
  write(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  write(path.join(folder, "README.md"), readme);
  for (const license of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    fs.copyFileSync(from(license), path.join(folder, license));
  }
}

function platformPackage(out, target, program) {
  const name = `${LAUNCHER}-${target.npm}`;
  const folder = path.join(out, `cli-${target.npm}`);
  const manifest = {
    ...common(name, `The program of ${LAUNCHER} for ${target.target}`),
    os: [target.os],
    cpu: [target.cpu],
    ...(target.libc && { libc: [target.libc] }),
    // Programs cannot be started from Yarn's zip files.
    preferUnplugged: true,
    files: ["bin", "LICENSE-*"],
  };
  const readme = `# ${name}\n\nThe program of [${LAUNCHER}](https://www.npmjs.com/package/${LAUNCHER}) for \`${target.target}\`. Install that package; it chooses this one by itself.\n`;
  writePackage(folder, manifest, readme);
  const bin = path.join(folder, "bin", target.os === "win32" ? "safe-publish.exe" : "safe-publish");
  fs.mkdirSync(path.dirname(bin));
  fs.copyFileSync(program, bin);
  fs.chmodSync(bin, 0o755);
  return name;
}

function launcherPackage(out, names, man) {
  const folder = path.join(out, "cli");
  const base = common(LAUNCHER);
  const manifest = {
    ...base,
    keywords: ["npm", "publish", "registry", "preflight", "release"],
    bin: { "safe-publish": "bin/safe-publish.js" },
    ...(man && { man: ["./man/safe-publish.1"] }),
    engines: { node: ">=18" },
    files: ["bin", "schemas", ...(man ? ["man"] : []), "LICENSE-*"],
    optionalDependencies: Object.fromEntries(names.map((name) => [name, base.version])),
  };
  const readme = fs.readFileSync(from("npm", "README.md"), "utf8");
  writePackage(folder, manifest, readme.replaceAll("@REPOSITORY@", metadata().repository));
  const bin = path.join(folder, "bin", "safe-publish.js");
  write(bin, fs.readFileSync(from("npm", "launcher.js")));
  fs.chmodSync(bin, 0o755);
  if (man) write(path.join(folder, "man", "safe-publish.1"), fs.readFileSync(man));
  for (const [name, schema] of schemas()) {
    write(path.join(folder, "schemas", name), `${JSON.stringify(schema, null, 2)}\n`);
  }
}

/** The JSON schemas; that of the settings gets the address that it is published at. */
function schemas() {
  const read = (...parts) => JSON.parse(fs.readFileSync(from(...parts), "utf8"));
  const { $schema, ...rest } = read("src", "settings", "schema.json");
  const settings = "settings.schema.json";
  const printed = fs.readdirSync(from("schemas")).map((name) => [name, read("schemas", name)]);
  return [[settings, { $schema, $id: SCHEMAS + settings, ...rest }], ...printed];
}

/** Makes the whole set below a folder; gives the packages' names. */
export function assemble(out, programs, { only = false, man } = {}) {
  const unknown = [...programs.keys()].filter((triple) => !targets().some(({ target }) => target === triple));
  if (unknown.length > 0) throw new Error(`assembling: packaging/targets.json has no ${unknown.join(", ")}`);
  const missing = targets().filter(({ target }) => !programs.has(target));
  if (missing.length > 0 && !only) {
    throw new Error(`assembling: no program for ${missing.map(({ target }) => target).join(", ")}`);
  }
  const built = targets().filter(({ target }) => programs.has(target));
  const names = built.map((target) => platformPackage(out, target, programs.get(target.target)));
  launcherPackage(out, names, man);
  // `safe-publish release` sends the set from here: the platforms' packages first,
  // since the launcher depends on them.
  const root = { private: true, workspaces: ["cli", "cli-*"] };
  write(path.join(out, "package.json"), `${JSON.stringify(root, null, 2)}\n`);
  return [...names, LAUNCHER];
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: "string" }, man: { type: "string" }, only: { type: "boolean" } },
  });
  if (!values.out || positionals.length === 0) {
    throw new Error("usage: node npm/assemble.mjs --out DIR [--only] [--man FILE] TRIPLE=PROGRAM...");
  }
  const programs = new Map(positionals.map((word) => word.split(/=(.*)/s, 2)));
  for (const name of assemble(values.out, programs, values)) console.log(name);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    console.error(`error: ${error.message}`);
    process.exitCode = 1;
  }
}
