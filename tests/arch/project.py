"""What every architecture rule needs: the project's files, C++ text without comments, findings.

A rule is a function from files to findings, so that each test file can feed it a bad sample (its
canary) as well as the project. Sources of the rules: STYLE.md and docs/ARCHITECTURE.md.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE_FOLDERS = ("src", "cloudsim", "bench", "tests")
SKIPPED_FOLDERS = {"node_modules", "__pycache__", "corpus", "build", ".git"}


# A listed measure may be this much smaller before the list must follow, so that it need not be
# touched with every line that goes.
EXCEPTION_SLACK = 0.95


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class SourceFile:
    """`path` is relative to the project; `text` is the file as written."""

    path: str
    text: str

    @property
    def name(self):
        return self.path.rsplit("/", 1)[-1]

    @property
    def stem(self):
        return self.name.rsplit(".", 1)[0]


def walk(folder, suffixes):
    """Files below `folder` with one of the suffixes, sorted, without what is built or installed."""
    found = []
    for path in sorted((ROOT / folder).rglob("*")):
        relative = path.relative_to(ROOT)
        if path.suffix in suffixes and not SKIPPED_FOLDERS.intersection(relative.parts):
            found.append(SourceFile(relative.as_posix(), path.read_text(encoding="utf-8")))
    return found


@lru_cache(maxsize=None)
def cpp_files():
    return [file for folder in CODE_FOLDERS for file in walk(folder, {".cpp", ".hpp"})]


@lru_cache(maxsize=None)
def script_files():
    return [file for folder in ("tools", "tests", "bench") for file in walk(folder, {".py", ".sh"})]


@lru_cache(maxsize=None)
def markdown_files():
    files = [SourceFile(path.name, path.read_text(encoding="utf-8"))
             for path in sorted(ROOT.glob("*.md"))]
    return files + [file for folder in ("docs", "src", "cloudsim", "bench", "tests", "db")
                    for file in walk(folder, {".md"})]


def is_test_code(path):
    name = path.rsplit("/", 1)[-1]
    return (path.startswith("tests/") or "_test_support." in name or name.startswith("test_")
            or name.endswith(("_test.cpp", "_fuzz.cpp")))


LITERAL = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL)


def blank(text, keep_strings=False, keep_comments=False):
    """C++ text of the same shape (every line and column stays) without comments or literals."""
    def replace(match):
        found = match.group(0)
        is_comment = found.startswith("/")
        if keep_comments if is_comment else keep_strings:
            return found
        return re.sub(r"[^\n]", " ", found)
    return LITERAL.sub(replace, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def load_exceptions(rule):
    """Known offenders of a rule: {path or place: measure}. The lists may only shrink."""
    with open(ROOT / "tests/arch/exceptions.json", encoding="utf-8") as file:
        return json.load(file)[rule]


def check_exceptions(rule, measures):
    """Compares what offends now with what the list allows. `measures`: {place: (measure, finding)}.

    Fails a place that is not listed, one that grew, and a line of the list that is no longer true,
    so that a list can never hide more than it must.
    """
    allowed = load_exceptions(rule)
    findings = [finding for place, (measure, finding) in measures.items()
                if measure > allowed.get(place, 0)]
    for place, limit in allowed.items():
        measure = measures.get(place, (0, None))[0]
        if measure < limit * EXCEPTION_SLACK:
            findings.append(Finding("tests/arch/exceptions.json", 1,
                                    f"{rule}: {place} is {measure or 'fine'} now, not {limit}: "
                                    "shrink the list"))
    return findings


def assert_clean(test, findings):
    """Fails `test` with one finding a line."""
    if findings:
        test.fail("\n" + "\n".join(str(finding) for finding in findings))
