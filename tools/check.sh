#!/usr/bin/env bash
# What to run before a commit: format, architecture tests, clang-tidy on the sources that changed.
# "Changed" is what differs from the commit given as the first argument or is new. Without one: from
# where the branch left origin/main, so that what is committed already is looked at, too; without
# origin/main, or on it, from the commit before the last.
set -euo pipefail
cd "$(dirname "$0")/.."
base=${1:-$(git merge-base HEAD origin/main 2>/dev/null || true)}
if [ -z "$base" ] || { [ $# -eq 0 ] && [ "$base" = "$(git rev-parse HEAD)" ]; }; then
  base=$(git rev-parse --quiet --verify HEAD~1 || git hash-object -t tree /dev/null)
fi
failed=0

changed() {  # names of changed and new files that match the patterns given
  { git diff --name-only --diff-filter=d "$base" -- "$@"
    git ls-files --others --exclude-standard -- "$@"; } | sort -u
}

step() {  # name, command...: runs it and remembers whether it failed
  local name=$1 log
  shift
  log=$(mktemp)
  if "$@" >"$log" 2>&1; then
    echo "$name: fine"
  else
    failed=1
    echo "$name: FAILED"
    sed 's/^/  /' "$log"
  fi
  rm -f "$log"
}

mapfile -t cpp < <(changed '*.cpp' '*.hpp')
mapfile -t sources < <(changed '*.cpp')

if [ ${#cpp[@]} -gt 0 ]; then
  step "format of ${#cpp[@]} files" clang-format-19 --dry-run --Werror "${cpp[@]}"
fi
step "architecture tests" python3 -m unittest discover -s tests/arch
if [ ${#sources[@]} -gt 0 ]; then
  if [ -f build/dev/compile_commands.json ]; then
    # The precompiled header's flags are for the compiler that made it.
    step "clang-tidy of ${#sources[@]} files" clang-tidy-19 --quiet -p build/dev \
      --extra-arg=-Wno-unused-command-line-argument "${sources[@]}"
  else
    failed=1
    echo "clang-tidy: run ./x build dev all_tests first"
  fi
fi
exit "$failed"
