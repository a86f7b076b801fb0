#!/usr/bin/env bash
# The two steps of action.yml: install a released binary, and run it. The program
# itself writes annotations and the summary, because it detects GitHub's runner.
set -euo pipefail

fail() {
  printf '::error title=safe-publish::%s\n' "$1"
  exit 1
}

install() {
  local root=$GITHUB_ACTION_PATH version=${INPUT_VERSION#v}
  [ -n "$version" ] || version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$root/Cargo.toml" | head -n 1)
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "the input version is not a version such as 1.2.3"
  local prefix=$RUNNER_TEMP/safe-publish-$version name=safe-publish
  [ "${RUNNER_OS:-}" != Windows ] || name=safe-publish.exe
  # It verifies the checksum, and the attestation by gh, which runners have.
  [ -x "$prefix/bin/$name" ] || sh "$root/install.sh" --release "$version" --prefix "$prefix"
  echo "$prefix/bin" >>"$GITHUB_PATH"
  echo "path=$prefix/bin/$name" >>"$GITHUB_OUTPUT"
}

run() {
  local words=() extra=() code=0
  case $INPUT_COMMAND in
    publish) ;;
    check | rehearse | config | verify | files | release | explain) words+=("$INPUT_COMMAND") ;;
    *) fail "the input command is not a command of safe-publish" ;;
  esac
  case $INPUT_STRICT in
    true) words+=(--strict) ;;
    false) ;;
    *) fail "the input strict is neither true nor false" ;;
  esac
  # Split at white space only: no shell interprets it.
  read -r -d '' -a extra <<<"$INPUT_ARGS" || true
  cd -- "$INPUT_WORKING_DIRECTORY" || fail "the input working-directory is not a folder"
  "$SAFE_PUBLISH_BINARY" ${words[@]+"${words[@]}"} ${extra[@]+"${extra[@]}"} || code=$?
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
  exit "$code"
}

case ${1-} in
  install | run) "$1" ;;
  *) fail "usage: packaging/action.sh install|run" ;;
esac
