"""Words that must not be in the code, each with the folders where it may stand after all.

Goal: no loose ends, no way around the wrappers, no paths of one machine. Method: patterns over the
text without string literals (and, where the word is about code, without comments).
"""

import re
import unittest
from dataclasses import dataclass, field

import project
from project import Finding, SourceFile

# Put together here so that this file does not hold what it looks for.
LOOSE_ENDS = "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"])
MACHINE_PATHS = "|".join(["/wor" + "k/", "/far" + r"m\b", "/hom" + "e/", "/roo" + "t/"])


@dataclass(frozen=True)
class Ban:
    pattern: str
    reason: str
    allowed_in: tuple = ()
    only_in: tuple = ("src/", "cloudsim/", "bench/", "tests/")
    only_names: str = ""
    comments: bool = False  # look into comments too
    strings: bool = False   # look into literals too
    compiled: re.Pattern = field(init=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "compiled", re.compile(self.pattern))

    def applies(self, path):
        return (path.startswith(self.only_in) and not path.startswith(self.allowed_in or ("//",))
                and re.search(self.only_names, path))


CPP = r"\.[ch]pp$"
BANS = [
    Ban(rf"\b(?:{LOOSE_ENDS})\b", "finish it or write an issue", comments=True, only_names=CPP),
    Ban(rf"(?<![\w.])(?:{MACHINE_PATHS})", "a path of one machine", comments=True, strings=True,
        only_in=("",)),
    Ban(r"\bco_spawn\b|\bdetached\b", "spawn with async::Tasks, which names and counts",
        only_names=CPP, allowed_in=("src/async/", "src/net/server", "src/db/", "tests/", "bench/")),
    Ban(r"\bstd::(?:cout|cerr)\b", "log with base/log.hpp", only_in=("src/",), only_names=CPP,
        allowed_in=("src/app/cli/",)),
    Ban(r"\busing namespace (?:std|boost)\s*;", "name what you use", only_names=CPP),
    Ban(r"\bgetenv\b", "configuration comes from app/config", only_in=("src/",),
        only_names=r"(?<!_test)\.[ch]pp$",
        allowed_in=("src/app/",)),
    Ban(r"\bstd::this_thread::sleep_for\b", "wait for a condition; tasks use async::sleep_for",
        only_names=CPP, only_in=("src/", "cloudsim/"), allowed_in=("src/db/",)),
    Ban(r"_clock::now\(|\bSystemClock\b|\bSystemRng\b", "rules take time and randomness as values",
        only_names=r"_rules\w*\.[ch]pp$", only_in=("src/features/",)),
    Ban(r"\bstd::rand\b|\bsrand\b|\bstrcpy\b|\bsprintf\b",
        "use base/rng.hpp and fmt", only_names=CPP),
    Ban(r"\bstd::regex\b", "backtracks without a limit on input from outside", only_names=CPP,
        only_in=("src/", "cloudsim/"), allowed_in=("src/features/audit/audit_rules.cpp",)),
    Ban(r"\b(?:db|net|queue|async)::", "rules are pure: values in, decision out",
        only_names=r"_rules\w*\.[ch]pp$", only_in=("src/features/",)),
    Ban(r"\bNOLINT\b", "change the code or the check", comments=True, only_names=CPP),
]


def strip(file, ban):
    if not file.path.endswith((".cpp", ".hpp")):
        return file.text
    return project.blank(file.text, keep_strings=ban.strings, keep_comments=ban.comments)


def find_banned_words(files, bans):
    return [Finding(file.path, project.line_of(file.text, match.start()),
                    f"{match.group(0)}: {ban.reason}")
            for ban in bans for file in files if ban.applies(file.path)
            for match in ban.compiled.finditer(strip(file, ban))]


def find_bad_openings(files):
    """A file opens with a comment of at most 12 lines; a header then guards itself. A source that
    implements the header of its own name may leave the comment to it."""
    headers = {file.path for file in files if file.path.endswith(".hpp")}
    findings = []
    for file in files:
        lines = file.text.splitlines()
        size = next((at for at, line in enumerate(lines) if not line.startswith("//")), len(lines))
        has_header = file.path.removesuffix(".cpp") + ".hpp" in headers
        if size > 12 or (size == 0 and not has_header):
            findings.append(Finding(file.path, 1, "open with a comment: what, why, whose rules"))
        if file.path.endswith(".hpp") and "#pragma once" not in lines[size:size + 2]:
            findings.append(Finding(file.path, 1, "a header needs #pragma once below its comment"))
    return findings


class Words(unittest.TestCase):
    def test_no_banned_word_is_used(self):
        files = project.cpp_files() + project.script_files() + project.markdown_files()
        project.assert_clean(self, find_banned_words(files, BANS))

    def test_every_file_opens_with_what_it_is_for(self):
        project.assert_clean(self, find_bad_openings(project.cpp_files()))

    def test_every_banned_word_is_found_in_a_bad_sample(self):
        samples = ["// " + LOOSE_ENDS.split("|")[0], 'open("' + "/hom" + 'e/me/file");',
                   "boost::asio::co_spawn(io, f());", "std::cout << 1;", "using namespace std;",
                   "getenv(name);", "std::this_thread::sleep_for(1s);", "auto t = SystemClock{};",
                   "std::rand();", "std::regex r;", "db::Txn& txn;", "// NOLINT"]
        self.assertEqual(len(samples), len(BANS))
        for ban, sample in zip(BANS, samples):
            file = SourceFile("src/features/a/a_rules.cpp", sample)
            self.assertTrue(find_banned_words([file], [ban]), sample)

    def test_a_word_in_a_string_or_another_folder_is_left_alone(self):
        files = [SourceFile("src/base/a.cpp", 'auto a = "co_spawn"; // co_spawn'),
                 SourceFile("src/async/a.cpp", "co_spawn(io, f());")]
        self.assertEqual(find_banned_words(files, BANS), [])

    def test_a_bad_opening_is_found(self):
        self.assertTrue(find_bad_openings([SourceFile("a.cpp", "#include <a>\n")]))
        self.assertTrue(find_bad_openings([SourceFile("a.cpp", "// a\n" * 13)]))
        self.assertTrue(find_bad_openings([SourceFile("a.hpp", "// a\n\n#include <a>\n")]))


if __name__ == "__main__":
    unittest.main()
