#!/usr/bin/env bash
# Prints the release's version and targets as outputs of a GitHub job. On a tag it
# fails if Cargo.toml has another version, the changelog has no section for it, or
# the repository is still the placeholder.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  printf '::error::%s\n' "$1" >&2
  exit 1
}

field() { sed -n "s/^$1 = \"\(.*\)\"$/\1/p" Cargo.toml | head -n 1; }
version=$(field version)
case ${GITHUB_REF:-} in
  refs/tags/*)
    [ "$GITHUB_REF" = "refs/tags/v$version" ] || fail "the tag is ${GITHUB_REF#refs/tags/}, but Cargo.toml says $version"
    [ "$(field repository)" = "https://github.com/$GITHUB_REPOSITORY" ] \
      || fail "repository in Cargo.toml is not https://github.com/$GITHUB_REPOSITORY: provenance would be refused"
    packaging/changelog.sh "$version" >/dev/null
    ;;
esac
printf 'version=%s\ntargets=%s\n' "$version" "$(tr -d '\n' <packaging/targets.json)"
