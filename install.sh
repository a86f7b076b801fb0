#!/bin/sh
# Installs safe-publish: builds this checkout with cargo, or, outside a
# checkout, fetches a released binary and verifies its SHA-256.
#
#   ./install.sh [--prefix DIR] [--release VERSION] [--uninstall] [--help]
set -eu

usage() {
  cat <<'TEXT'
Installs safe-publish.

  ./install.sh                     build this checkout with cargo, install into ~/.local/bin
  ./install.sh --prefix DIR        install into DIR/bin instead
  ./install.sh --release VERSION   fetch a released binary instead of building
  ./install.sh --uninstall         remove what an earlier run with the same prefix installed

SAFE_PUBLISH_DOWNLOAD names the folder on the web that holds releases, as
  $SAFE_PUBLISH_DOWNLOAD/v1.2.3/safe-publish-x86_64-unknown-linux-gnu.tar.gz (and .sha256).
TEXT
}

say() { printf 'install.sh: %s\n' "$*"; }
die() { printf 'install.sh: error: %s\n' "$1" >&2; shift; for line in "$@"; do printf 'install.sh: help: %s\n' "$line" >&2; done; exit 1; }

prefix=${HOME:-}/.local
release=
uninstall=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || die "--prefix wants a folder"; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --release) [ $# -gt 1 ] || die "--release wants a version"; release=${2#v}; shift ;;
    --release=*) release=${1#--release=}; release=${release#v} ;;
    --uninstall) uninstall=yes ;;
    -h | --help) usage; exit 0 ;;
    *) die "reading the command line: unknown option $1" "try ./install.sh --help" ;;
  esac
  shift
done
[ "$prefix" != /.local ] || die "HOME is not set, so there is no default prefix" "name one: ./install.sh --prefix DIR"
target=$prefix/bin/safe-publish

if [ "$uninstall" = yes ]; then
  if [ -e "$target" ]; then
    rm -f -- "$target" || die "removing $target failed" "check who owns $prefix/bin"
    say "removed $target"
  else
    say "nothing to remove: $target is not there"
  fi
  exit 0
fi

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/safe-publish-install.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  command -v cargo >/dev/null 2>&1 || die "building safe-publish: cargo is not on PATH" \
    "install Rust from https://rustup.rs and run this again"
  say "building $here with cargo (release profile; a few minutes the first time)"
  # What cargo prints goes to standard error, so that this script's own lines
  # stay readable in a pipe.
  cargo build --release --locked --manifest-path "$here/Cargo.toml" >&2 \
    || die "building $here failed" "cargo's own message above says why"
  built=${CARGO_TARGET_DIR:-$here/target}/release/safe-publish
  [ -x "$built" ] || die "cargo succeeded, but $built is not there" "unset CARGO_BUILD_TARGET and run this again"
}

fetch() {
  base=${SAFE_PUBLISH_DOWNLOAD:-}
  [ -n "$base" ] || die "no release to fetch: SAFE_PUBLISH_DOWNLOAD is not set" \
    "run ./install.sh without --release in a checkout to build it"
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) triple=x86_64-unknown-linux-gnu ;;
    Linux-aarch64 | Linux-arm64) triple=aarch64-unknown-linux-gnu ;;
    Darwin-arm64) triple=aarch64-apple-darwin ;;
    Darwin-x86_64) triple=x86_64-apple-darwin ;;
    *) die "no released binary for $(uname -s) on $(uname -m)" "build it: ./install.sh in a checkout" ;;
  esac
  command -v curl >/dev/null 2>&1 || die "fetching a release: curl is not on PATH" "install curl, or build a checkout"
  archive=safe-publish-$triple.tar.gz
  url=$base/v$release/$archive
  say "fetching $url"
  curl --fail --silent --show-error --location --proto '=https,http,file' -o "$work/$archive" "$url" \
    || die "fetching $url failed" "check the version and SAFE_PUBLISH_DOWNLOAD"
  curl --fail --silent --show-error --location --proto '=https,http,file' -o "$work/$archive.sha256" "$url.sha256" \
    || die "fetching $url.sha256 failed" "a release without its checksum is not installed"
  if command -v sha256sum >/dev/null 2>&1; then
    sum=$(sha256sum "$work/$archive")
  else
    sum=$(shasum -a 256 "$work/$archive")
  fi
  read -r want _ <"$work/$archive.sha256"
  [ "${sum%% *}" = "$want" ] || die "$archive has the wrong SHA-256: ${sum%% *} instead of $want" "nothing was installed"
  say "SHA-256 verified: $want"
  tar -xzf "$work/$archive" -C "$work" safe-publish || die "$archive holds no safe-publish" "nothing was installed"
  built=$work/safe-publish
}

if [ -n "$release" ]; then
  fetch
elif [ -f "$here/Cargo.toml" ]; then
  build
else
  die "there is no Cargo.toml beside this script, so nothing to build" \
    "run it in a checkout, or name a release: ./install.sh --release VERSION"
fi

version=$("$built" --version) || die "the binary does not run on this machine" "build it here: ./install.sh in a checkout"
mkdir -p -- "$prefix/bin" || die "making $prefix/bin failed" "choose a folder of yours: --prefix DIR"
# Beside the target and then renamed: a running safe-publish is never half written.
cp -- "$built" "$target.new" && chmod 755 "$target.new" && mv -f -- "$target.new" "$target" \
  || die "writing $target failed" "choose a folder of yours: --prefix DIR"
say "installed $version as $target"
case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) say "note: $prefix/bin is not on PATH; add it, or call $target" ;;
esac
command -v npm >/dev/null 2>&1 || say "note: npm is not on PATH; \`safe-publish check\` works without it, publishing does not"
