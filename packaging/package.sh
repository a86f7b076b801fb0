#!/usr/bin/env bash
# Makes a release from built programs: archives, npm packages (tarballs to try them out,
# and packages.tar for packaging/npm.sh), installers, Homebrew's formula and winget's
# manifests.
#
#   packaging/package.sh PROGRAMS OUT
#
# PROGRAMS contains program-<triple>/safe-publish[.exe] for every target; this
# machine's is run to make the completions and the man page.
set -euo pipefail

programs=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."

native=$programs/program-$(uname -m)-unknown-linux-gnu/safe-publish
chmod +x "$native"
"$native" completions man >"$out/safe-publish.1"
pairs=()
for folder in "$programs"/program-*; do
  triple=${folder##*/program-}
  program=$folder/safe-publish
  [ -f "$program" ] || program=$program.exe
  packaging/archive.sh "$triple" "$program" "$out/archives" "$native"
  pairs+=("$triple=$program")
done
node npm/assemble.mjs --out "$out/set" --man "$out/safe-publish.1" ${ONLY_THESE:+--only} "${pairs[@]}"
mkdir -p "$out/npm"
for package in "$out"/set/cli*; do npm pack --silent --pack-destination "$out/npm" "$package"; done
# A workflow artifact loses file modes; an archive keeps them.
tar --owner=0 --group=0 --numeric-owner -cf "$out/packages.tar" -C "$out/set" .
rm -r "$out/set" "$out/safe-publish.1"
if [ -z "${ONLY_THESE:-}" ]; then node packaging/render.mjs "$out/archives" "$out"; fi
