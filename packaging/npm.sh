#!/usr/bin/env bash
# Sends the npm packages of a release, with the program of the same release: the
# platform packages first, the launcher last, so that no install in between gets a
# launcher without a program. After a failure the same command continues.
#
#   packaging/npm.sh RELEASE rehearse|publish|stage [safe-publish's arguments]
#
# RELEASE is the folder that packaging/package.sh made.
set -euo pipefail

release=$(cd "$1" && pwd)
step=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/tool" "$work/packages"
tar -xzf "$release/archives/safe-publish-$(uname -m)-unknown-linux-gnu.tar.gz" -C "$work/tool" safe-publish
tar -xf "$release/packages.tar" -C "$work/packages"
safe_publish=$work/tool/safe-publish
cd "$work/packages"
case $step in
  rehearse)
    "$safe_publish" rehearse --release "$@"
    # The plan for the real registry. A pull request has no credential there.
    "$safe_publish" release --dry-run --allow auth-missing "$@"
    ;;
  publish) "$safe_publish" release "$@" ;;
  stage) "$safe_publish" release --stage "$@" ;;
  *)
    echo "usage: packaging/npm.sh RELEASE rehearse|publish|stage" >&2
    exit 2
    ;;
esac
