"""Error codes are unique, well-formed and documented: docs/api/errors.md is written from sources.

Goal: a caller can look up every code. Method: the ErrorKind constants are read from the headers;
`python3 tests/arch/test_errors.py --write` renews the page, the test tells when it is stale.
"""

import re
import sys
import unittest
from collections import Counter
from dataclasses import dataclass

import project
from project import Finding, SourceFile

PAGE = project.ROOT / "docs/api/errors.md"
KIND = re.compile(
    r'ErrorKind\s+(\w+)\s*\{\s*"([^"]*)",\s*(\d+),\s*RetryClass::(\w+),\s*'
    r'((?:"(?:\\.|[^"\\])*"\s*)+)\}')
HEAD = """# Errors

Written from the sources by `python3 tests/arch/test_errors.py --write`; do not edit by hand.

Every failed request gets this body, with the status below and the request id that is in the log:

```json
{"success":false,"error":{"code":"contact_opted_out","message":"...","requestId":"..."}}
```

`field` is added when one input is to blame. Repeat: `never` without changing something, `transient`
after a pause (`Retry-After` when given), `wait` when the time named has passed.

"""


@dataclass(frozen=True)
class Kind:
    code: str
    status: int
    retry: str
    message: str
    path: str
    line: int


def parse_kinds(files):
    kinds = []
    for file in files:
        if not file.path.startswith("src/") or project.is_test_code(file.path):
            continue
        for match in KIND.finditer(file.text):
            message = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', match.group(5)))
            kinds.append(Kind(match.group(2), int(match.group(3)), match.group(4), message,
                              file.path, project.line_of(file.text, match.start())))
    return sorted(kinds, key=lambda kind: (kind.status, kind.code))


def find_bad_kinds(kinds):
    uses = Counter(kind.code for kind in kinds)
    findings = [Finding(kind.path, kind.line, f"code {kind.code} is used twice")
                for kind in kinds if uses[kind.code] > 1]
    findings += [Finding(kind.path, kind.line, f"code {kind.code} is not snake_case")
                 for kind in kinds if not re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", kind.code)]
    findings += [Finding(kind.path, kind.line, f"{kind.code}: status {kind.status} is no error")
                 for kind in kinds if not 400 <= kind.status <= 599]
    findings += [Finding(kind.path, kind.line, f"{kind.code}: the message is no sentence")
                 for kind in kinds if not re.fullmatch(r"[A-Z].*[.!?]", kind.message)]
    return findings


def render_page(kinds):
    rows = [f"| {kind.status} | `{kind.code}` | {kind.message} | {kind.retry} | {origin(kind)} |"
            for kind in kinds]
    return HEAD + "| status | code | meaning | repeat | from |\n|---|---|---|---|---|\n" + \
        "\n".join(rows) + "\n"


def origin(kind):
    parts = kind.path.split("/")
    return parts[2] if parts[1] == "features" else parts[1]


class Errors(unittest.TestCase):
    def setUp(self):
        self.kinds = parse_kinds(project.cpp_files())

    def test_codes_are_unique_and_well_formed(self):
        self.assertGreater(len(self.kinds), 10)
        project.assert_clean(self, find_bad_kinds(self.kinds))

    def test_no_definition_escapes_the_pattern(self):
        definition = re.compile(r"^\s*(?:inline )?const ErrorKind \w+\{", re.MULTILINE)
        defined = sum(len(definition.findall(file.text))
                      for file in project.cpp_files()
                      if file.path.startswith("src/") and not project.is_test_code(file.path))
        self.assertEqual(defined, len(self.kinds))

    def test_the_page_is_fresh(self):
        self.assertEqual(PAGE.read_text() if PAGE.exists() else "", render_page(self.kinds),
                         "run: python3 tests/arch/test_errors.py --write")

    def test_bad_kinds_are_found(self):
        sample = ('inline const ErrorKind a{"twice", 400, RetryClass::never, "A."};\n'
                  'inline const ErrorKind b{"twice", 400, RetryClass::never,\n   "B" " b."};\n'
                  'inline const ErrorKind c{"NotSnake", 200, RetryClass::wait, "no sentence"};\n')
        findings = find_bad_kinds(parse_kinds([SourceFile("src/a/a.hpp", sample)]))
        self.assertEqual(len(findings), 5)


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(render_page(parse_kinds(project.cpp_files())))
    else:
        unittest.main()
