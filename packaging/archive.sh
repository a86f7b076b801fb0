#!/usr/bin/env bash
# Packs one target's release archive, and writes its checksum next to it.
#
#   packaging/archive.sh TRIPLE PROGRAM OUT [NATIVE]
#
# NATIVE is a program that runs on this machine, for completions and the man page;
# by default PROGRAM. The same input gives the same bytes.
set -euo pipefail

triple=$1 program=$2 out=$3 native=${4:-$2}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

name=safe-publish
case $triple in *windows*) name=safe-publish.exe ;; esac
mkdir -p "$out" "$work/completions" "$work/man"
out=$(cd "$out" && pwd)
cp "$program" "$work/$name"
chmod 755 "$work/$name"
cp "$root"/LICENSE-MIT "$root"/LICENSE-APACHE "$root"/README.md "$root"/CHANGELOG.md "$work"
"$native" completions bash >"$work/completions/safe-publish.bash"
"$native" completions zsh >"$work/completions/_safe-publish"
"$native" completions fish >"$work/completions/safe-publish.fish"
"$native" completions powershell >"$work/completions/_safe-publish.ps1"
"$native" completions man >"$work/man/safe-publish.1"

stamp=$(git -C "$root" log -1 --format=%ct 2>/dev/null || echo 0)
find "$work" -exec touch -d "@$stamp" {} +
cd "$work"
files=(*)
case $triple in
  *windows*)
    archive=$out/safe-publish-$triple.zip
    rm -f "$archive"
    TZ=UTC zip --quiet --recurse-paths -X "$archive" "${files[@]}"
    ;;
  *)
    archive=$out/safe-publish-$triple.tar.gz
    tar --sort=name --owner=0 --group=0 --numeric-owner -cf - "${files[@]}" | gzip -9n >"$archive"
    ;;
esac
cd "$out"
sha256sum "$(basename "$archive")" >"$archive.sha256"
