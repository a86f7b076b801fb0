#!/usr/bin/env bash
# Installs one platform's packed packages with npm, and does with them what people
# do first.
#
#   packaging/smoke.sh TARBALLS PLATFORM
set -euo pipefail

tarballs=$(cd "$1" && pwd)
platform=$2
cd "$(dirname "$0")/.."
repository=$PWD
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$work"
echo '{"private":true}' >package.json
npm install --no-audit --no-fund \
  "$tarballs/safe-publish-cli-$platform-$version.tgz" "$tarballs/safe-publish-cli-$version.tgz"
run() { npm exec --no -- safe-publish "$@"; }
[ "$(run --version)" = "safe-publish $version" ]
run explain version-taken
mkdir package
echo '{"name":"safe-publish-smoke-test","version":"1.0.0","license":"MIT"}' >package/package.json
# There is no credential, which is an error: exit code 100.
code=0
run check --registry http://127.0.0.1:9/ ./package || code=$?
[ "$code" = 100 ]
run rehearse "$repository/fixtures/example"
