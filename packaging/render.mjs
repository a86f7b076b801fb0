#!/usr/bin/env node
// Renders what installs a release from its archives: install.sh and install.ps1 with
// their version, Homebrew's formula, and winget's three manifests.
//
//   node packaging/render.mjs ARCHIVES OUT
//
// ARCHIVES contains every target's archive with its .sha256.

import fs from "node:fs";
import path from "node:path";
import { metadata, targets } from "../npm/assemble.mjs";

const [archives, out] = process.argv.slice(2);
const root = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..");

/** A target's archive: its name, address and checksum. */
function archive({ target, os }, { repository, version }) {
  const name = `safe-publish-${target}.${os === "win32" ? "zip" : "tar.gz"}`;
  const [sha256] = fs.readFileSync(path.join(archives, `${name}.sha256`), "utf8").split(/\s/);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`reading ${name}.sha256: it contains no SHA-256`);
  return { name, sha256, url: `${repository}/releases/download/v${version}/${name}` };
}

/** Every placeholder of a template, and no other, is filled in. */
function fill(template, values) {
  const text = fs.readFileSync(path.join(root, template), "utf8");
  const filled = text.replace(/@([A-Z0-9_]+)@/g, (found, name) => {
    if (!(name in values)) throw new Error(`filling in ${template}: there is no value for ${found}`);
    return values[name];
  });
  return filled;
}

function values() {
  const about = metadata();
  const [, owner] = /^https:\/\/github\.com\/([^/]+)\/[^/]+$/.exec(about.repository) ?? [];
  if (!owner) throw new Error(`reading Cargo.toml: repository is not a GitHub repository: ${about.repository}`);
  const all = { VERSION: about.version, REPOSITORY: about.repository, OWNER: owner, DESCRIPTION: about.description };
  for (const target of targets()) {
    const { url, sha256 } = archive(target, about);
    const name = target.npm.toUpperCase().replaceAll("-", "_");
    all[`URL_${name}`] = url;
    all[`SHA256_${name}`] = sha256;
  }
  return all;
}

try {
  if (!archives || !out) throw new Error("usage: node packaging/render.mjs ARCHIVES OUT");
  const filled = values();
  const id = `${filled.OWNER}.safe-publish`;
  const files = {
    "install.sh": "install.sh",
    "install.ps1": "install.ps1",
    "homebrew/safe-publish.rb": "packaging/homebrew.rb",
    [`winget/${id}.yaml`]: "packaging/winget/version.yaml",
    [`winget/${id}.installer.yaml`]: "packaging/winget/installer.yaml",
    [`winget/${id}.locale.en-US.yaml`]: "packaging/winget/locale.yaml",
  };
  for (const [file, template] of Object.entries(files)) {
    const to = path.join(out, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, fill(template, filled), { mode: file === "install.sh" ? 0o755 : 0o644 });
    console.log(file);
  }
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
