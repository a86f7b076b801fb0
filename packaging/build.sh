#!/usr/bin/env bash
# Builds one target into dist/. TARGET is its triple, BUILDER cargo's subcommand
# (build or zigbuild), ZIG_TARGET the triple with glibc's version for zigbuild.
set -euo pipefail
cd "$(dirname "$0")/.."

GLIBC_FLOOR=2.17
rustup toolchain install 1.95 --profile minimal --target "$TARGET"
rustup default 1.95
# A new Windows has no C runtime of Visual Studio's, so the program carries it.
case $TARGET in *-windows-msvc) export RUSTFLAGS='-C target-feature=+crt-static' ;; esac
if [ "$BUILDER" = zigbuild ]; then
  python3 -m venv target/zig
  target/zig/bin/pip install --quiet cargo-zigbuild==0.24.1 ziglang==0.17.1
  export PATH=$PWD/target/zig/bin:$PATH
  cargo zigbuild --release --locked --bin safe-publish --target "$ZIG_TARGET"
else
  cargo build --release --locked --bin safe-publish --target "$TARGET"
fi
program=target/$TARGET/release/safe-publish
[ -f "$program" ] || program=$program.exe
case $TARGET in
  *-linux-gnu)
    # A program that needs a newer glibc would not start on older systems.
    floor=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1)
    [ "$floor" = "GLIBC_$GLIBC_FLOOR" ] || { printf 'built against %s instead of %s\n' "$floor" "$GLIBC_FLOOR" >&2; exit 1; }
    ;;
  *-windows-msvc)
    if grep --quiet --text --ignore-case 'vcruntime140' "$program"; then
      echo 'the program needs the C runtime of Visual Studio' >&2
      exit 1
    fi
    ;;
esac
mkdir -p dist
cp "$program" dist/
