#!/bin/sh
# Installs safe-publish: a released binary if there is one for this version,
# otherwise this checkout, built with cargo.
#
#   ./install.sh [--prefix DIR] [--release [VERSION] | --build] [--uninstall] [--help]
set -eu

usage() {
  cat <<'TEXT'
Installs safe-publish, its man page and its shell completions.

  ./install.sh                       a released binary, or, in a checkout that is not
                                     a release, a build with cargo; into ~/.local
  ./install.sh --prefix DIR          into DIR/bin and DIR/share instead
  ./install.sh --release [VERSION]   a released binary only, of this version
  ./install.sh --build               a build of this checkout only
  ./install.sh --uninstall           remove what an earlier run with the same prefix installed

SAFE_PUBLISH_DOWNLOAD names the folder on the web that holds the releases, for a
mirror: $SAFE_PUBLISH_DOWNLOAD/v1.2.3/safe-publish-x86_64-unknown-linux-gnu.tar.gz,
with the same name and .sha256 beside it.
TEXT
}

say() { printf 'install.sh: %s\n' "$*"; }
die() {
  printf 'install.sh: error: %s\n' "$1" >&2
  shift
  for line in "$@"; do printf 'install.sh: help: %s\n' "$line" >&2; done
  exit 1
}

prefix=${HOME:-}/.local
mode=choose
release=
choose() {
  [ "$mode" = choose ] || [ "$mode" = "$1" ] \
    || die "reading the command line: --$mode and --$1 cannot be combined" "try ./install.sh --help"
  mode=$1
}
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -gt 1 ] || die "reading the command line: --prefix needs a folder" "name one: ./install.sh --prefix DIR"
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --release)
      choose release
      case ${2-} in '' | -*) ;; *) release=${2#v}; shift ;; esac
      ;;
    --release=*) choose release; release=${1#--release=}; release=${release#v} ;;
    --build) choose build ;;
    --uninstall) choose uninstall ;;
    -h | --help) usage; exit 0 ;;
    *) die "reading the command line: unknown option $1" "try ./install.sh --help" ;;
  esac
  shift
done
[ -n "$prefix" ] || die "reading the command line: --prefix is empty" "name a folder: ./install.sh --prefix DIR"
[ "$prefix" != /.local ] || die "HOME is not set, so there is no default prefix" "name one: ./install.sh --prefix DIR"

# A release carries its own version and address here; a checkout has them in Cargo.toml.
version=@VERSION@
repository=@REPOSITORY@
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
checkout=
if [ "${version#@}" != "$version" ]; then
  version=
  repository=
  if [ -f "$here/Cargo.toml" ]; then
    checkout=$here
    field() { sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" "$here/Cargo.toml" | head -n 1; }
    version=$(field version)
    repository=$(field repository)
  fi
fi
# The repository is not named yet: there is no release.
case $repository in */OWNER/*) repository= ;; esac

case $(uname -s) in
  MINGW* | MSYS* | CYGWIN*) name=safe-publish.exe; kind=zip ;;
  *) name=safe-publish; kind=tar.gz ;;
esac
target=$prefix/bin/$name
bash_file=$prefix/share/bash-completion/completions/safe-publish
zsh_file=$prefix/share/zsh/site-functions/_safe-publish
fish_file=$prefix/share/fish/vendor_completions.d/safe-publish.fish
man_file=$prefix/share/man/man1/safe-publish.1

if [ "$mode" = uninstall ]; then
  found=no
  for file in "$target" "$bash_file" "$zsh_file" "$fish_file" "$man_file"; do
    [ -e "$file" ] || continue
    found=yes
    rm -f -- "$file" || die "removing $file failed" "check who owns its folder"
    say "removed $file"
  done
  [ "$found" = yes ] || say "nothing to remove: $target is not there"
  exit 0
fi

# A build takes minutes, so check first that the files can be written.
mkdir -p -- "$prefix/bin" 2>/dev/null && [ -w "$prefix/bin" ] \
  || die "writing into $prefix/bin is not permitted" "choose a folder of yours: --prefix DIR"

work=$(mktemp -d "${TMPDIR:-/tmp}/safe-publish-install.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

build() {
  [ -n "$checkout" ] || die "there is no Cargo.toml next to this script, so there is nothing to build" \
    "run it in a checkout, or name a release: ./install.sh --release VERSION"
  command -v cargo >/dev/null 2>&1 || die "building safe-publish: cargo is not on PATH" \
    "install Rust from https://rustup.rs and run this again"
  say "building $checkout with cargo (release profile; a few minutes the first time)"
  # What cargo prints goes to standard error, so that this script's own lines
  # stay readable in a pipe.
  cargo build --release --locked --manifest-path "$checkout/Cargo.toml" >&2 \
    || die "building $checkout failed" "cargo's own message above says why"
  built=${CARGO_TARGET_DIR:-$checkout/target}/release/$name
  [ -x "$built" ] || die "cargo succeeded, but $built is not there" "unset CARGO_BUILD_TARGET and run this again"
}

# The folder that holds the releases, or nothing.
downloads() {
  if [ -n "${SAFE_PUBLISH_DOWNLOAD:-}" ]; then
    printf '%s\n' "$SAFE_PUBLISH_DOWNLOAD"
  elif [ -n "$repository" ]; then
    printf '%s\n' "$repository/releases/download"
  fi
}

# On Linux the static musl build is used unless glibc 2.17 or later is certain.
libc() {
  found=$(getconf GNU_LIBC_VERSION 2>/dev/null) || found=
  case $found in
    'glibc 2.'*)
      minor=${found#glibc 2.}
      [ "${minor%%.*}" -lt 17 ] || { echo gnu; return; }
      ;;
  esac
  echo musl
}

triple() {
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) echo "x86_64-unknown-linux-$(libc)" ;;
    Linux-aarch64 | Linux-arm64) echo "aarch64-unknown-linux-$(libc)" ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    MINGW*-x86_64 | MSYS*-x86_64 | CYGWIN*-x86_64) echo x86_64-pc-windows-msvc ;;
    MINGW*-aarch64 | MSYS*-aarch64) echo aarch64-pc-windows-msvc ;;
    *) die "no released binary for $(uname -s) on $(uname -m)" "build it: ./install.sh --build in a checkout" ;;
  esac
}

get() { curl --fail --silent --show-error --location --proto '=https,http,file' -o "$1" "$2"; }

sha256() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi
}

# Fetches a release's archive, verifies its checksum, and unpacks the program.
fetch() {
  base=$(downloads)
  [ -n "$base" ] || die "no release to fetch: neither this script nor SAFE_PUBLISH_DOWNLOAD names a source" \
    "run ./install.sh --build in a checkout"
  [ -n "$release" ] || release=$version
  [ -n "$release" ] || die "no release to fetch: no version is named" "name one: ./install.sh --release VERSION"
  command -v curl >/dev/null 2>&1 || die "fetching a release: curl is not on PATH" "install curl, or build a checkout"
  triple=$(triple)
  archive=safe-publish-$triple.$kind
  url=$base/v$release/$archive
  say "fetching $url"
  get "$work/$archive" "$url" || die "fetching $url failed" "check the version and SAFE_PUBLISH_DOWNLOAD"
  get "$work/$archive.sha256" "$url.sha256" \
    || die "fetching $url.sha256 failed" "a release without its checksum is not installed"
  sum=$(sha256 "$work/$archive")
  read -r want _ <"$work/$archive.sha256"
  [ "${sum%% *}" = "$want" ] || die "$archive has the wrong SHA-256: ${sum%% *} instead of $want" "nothing was installed"
  say "SHA-256 verified: $want"
  attest
  case $kind in
    zip) unzip -q "$work/$archive" "$name" -d "$work" ;;
    *) tar -xzf "$work/$archive" -C "$work" "$name" ;;
  esac || die "$archive does not contain $name" "nothing was installed"
  built=$work/$name
}

# The attestation proves where the archive was built; gh asks GitHub for it.
# Without gh, or if it is not logged in, the checksum must suffice.
attest() {
  [ -z "${SAFE_PUBLISH_DOWNLOAD:-}" ] && [ -n "$repository" ] || return 0
  command -v gh >/dev/null 2>&1 && gh auth status >/dev/null 2>&1 || return 0
  gh attestation verify "$work/$archive" --repo "${repository#https://github.com/}" >"$work/attestation" 2>&1 || {
    sed 's/^/install.sh: gh: /' "$work/attestation" >&2
    die "verifying the attestation of $archive failed" "nothing was installed"
  }
  say "attestation verified: built by $repository"
}

# Whether this checkout is, byte for byte, a version that has been released.
is_release() {
  [ -n "$(downloads)" ] && command -v curl >/dev/null 2>&1 || return 1
  if [ -n "$checkout" ]; then
    [ -z "$(git -C "$checkout" status --porcelain 2>/dev/null || echo unknown)" ] || return 1
    [ "$(git -C "$checkout" describe --tags --exact-match 2>/dev/null)" = "v$version" ] || return 1
  fi
  get "$work/probe" "$(downloads)/v$version/safe-publish-$(triple).$kind.sha256" 2>/dev/null
}

case $mode in
  release) fetch ;;
  build) build ;;
  *)
    if [ -z "$checkout" ] || is_release; then fetch; else build; fi
    ;;
esac

shown=$("$built" --version) || die "the binary does not run on this machine" "build it here: ./install.sh --build in a checkout"

# Written next to its place and then renamed, so a file in use is never half written.
put() {
  mkdir -p -- "$(dirname -- "$2")" || return 1
  cp -- "$1" "$2.new" && chmod "$3" "$2.new" && mv -f -- "$2.new" "$2"
}
put "$built" "$target" 755 || die "writing $target failed" "choose a folder of yours: --prefix DIR"
say "installed $shown as $target"

# Publishing does not need these, so failing to write them is not an error.
extra() {
  if "$target" completions "$1" >"$work/extra" 2>/dev/null && put "$work/extra" "$2" 644; then return; fi
  say "note: $2 could not be written"
}
extra bash "$bash_file"
extra zsh "$zsh_file"
extra fish "$fish_file"
extra man "$man_file"

case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) say "note: $prefix/bin is not on PATH; add it, or call $target" ;;
esac
command -v npm >/dev/null 2>&1 || say "note: npm is not on PATH; \`safe-publish check\` works without it, publishing does not"
