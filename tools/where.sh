#!/usr/bin/env bash
# Everything about a word, by kind: files named after it, tables, routes, jobs, errors, documents.
# `./x where opt_out` also finds opt-out and OptOut.
set -euo pipefail
cd "$(dirname "$0")/.."
word=${1,,}
word=${word//[-_ ]/}
# Letters of the word with an optional separator between each two.
pattern=$(sed 's/./&[-_ ]?/g; s/\[-_ \]?$//' <<<"$word")

files() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u; }

section() {  # title, lines on standard input; silent when there are none
  local title=$1 lines
  lines=$(cat)
  [ -z "$lines" ] || printf '%s\n%s\n\n' "$title" "$(sed 's/^/  /' <<<"$lines")"
}

search() {  # extended pattern, paths...: file:line: text
  local what=$1
  shift
  files "$@" | xargs -r grep -HniE -- "$what" 2>/dev/null | cut -c1-160 || true
}

files | grep -iE "$pattern" | section "Files"
search "(TABLE|INDEX) [a-z_]*$pattern" 'db/migrations/*.sql' | section "Tables"
search "Verb::.*\"/[^\"]*$pattern" 'src/*_http.cpp' | section "Routes"
search "(queue|job)_[a-z]+ *= *\"[^\"]*$pattern" 'src/*.hpp' 'src/*.cpp' | section "Jobs"
search "Permission::[a-z_]+, \"[^\"]*$pattern" 'src/features/access/access_permissions.hpp' | section "Permissions"
search "ErrorKind [a-z_]*.*$pattern" 'src/*.hpp' | section "Errors"
search "\.name = \"[^\"]*$pattern" 'src/*.cpp' | section "SQL"
search "$pattern" '*.md' | section "Documents"
