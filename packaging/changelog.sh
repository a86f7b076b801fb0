#!/usr/bin/env bash
# Prints a version's part of CHANGELOG.md.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$1
notes=$(awk -v heading="## $version" '
  /^## / { inside = ($0 == heading || index($0, heading " ") == 1); next }
  inside
' CHANGELOG.md)
if [ -z "${notes//[[:space:]]/}" ]; then
  printf '::error::CHANGELOG.md has no part "## %s"\n' "$version" >&2
  exit 1
fi
printf '%s\n' "$notes"
