#!/usr/bin/env bash
# Makes the files of a new slice in src/features, each with its opening comment; says what is next.
# docs/adding-a-feature.md is the checklist that goes with it.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${1:?name of the feature, in snake_case}
[[ $name =~ ^[a-z][a-z0-9]*(_[a-z0-9]+)*$ ]] || { echo "$name is not snake_case" >&2; exit 2; }
folder=src/features/$name
[ ! -e "$folder" ] || { echo "$folder exists" >&2; exit 2; }
pascal=$(sed -E 's/(^|_)([a-z])/\U\2/g' <<<"$name")
title=${name//_/ }
mkdir -p "$folder"

header() {  # file, comment; includes on standard input, then the namespace
  { echo "// $2"; echo "#pragma once"; echo; cat
    printf '\nnamespace wapi::%s {\n\n}  // namespace wapi::%s\n' "$name" "$name"; } >"$folder/$1"
}

source_file() {  # file, comment; the first include is its header
  { echo "// $2"; cat
    printf '\nnamespace wapi::%s {\n\n}  // namespace wapi::%s\n' "$name" "$name"; } >"$folder/$1"
}

include() { printf '#include "%s"\n' "$@"; }

include base/error.hpp db/db.hpp | header "$name.hpp" \
  "${title^}: the service, its errors, and what other features call in their own transactions."
include base/error.hpp | header "${name}_rules.hpp" \
  "Rules of ${title}: types and pure decisions, without clock, database or network."
include "features/$name/${name}_rules.hpp" | source_file "${name}_rules.cpp" \
  "Decisions of ${title}; every rule is tested in ${name}_rules_test.cpp."
include db/txn.hpp "features/$name/$name.hpp" | header "${name}_store.hpp" \
  "SQL of ${title}: synchronous functions on one workspace's transaction."
include "features/$name/${name}_store.hpp" | source_file "${name}_store.cpp" \
  "Statements of ${title} as named constants; \$1 is always the workspace."
include "features/$name/$name.hpp" "features/$name/${name}_store.hpp" |
  source_file "${name}_service.cpp" \
  "Transactions of ${title}: load, decide, save, audit, enqueue."
include net/http.hpp "features/$name/$name.hpp" | header "${name}_http.hpp" \
  "HTTP of ${title}: parse, call the service, render; at most 30 lines a handler."
include "features/$name/${name}_http.hpp" | source_file "${name}_http.cpp" \
  "Handlers of ${title}; their routes are in src/app/routes.cpp."
cat >"$folder/README.md" <<TEXT
# ${title^}

What it is for, in two sentences.

## Rules
Each with its source.

## Where things are
Routes, tables, jobs, errors, tests.
TEXT

clang-format-19 -i "$folder"/*.[ch]pp

cat <<TEXT
Made $folder. Next:
  1. CMakeLists.txt: add  wapi_feature($name DEPENDS audit)  below the features it needs
  2. write the failing test: $folder/${name}_rules_test.cpp  ->  TEST(${pascal}Rules, ...)
  3. go on with docs/adding-a-feature.md
TEXT
