"""Every header compiles alone: it includes all that it uses, in whatever order it is included.

Goal: no header works by luck of what came before it. Method: clang checks the syntax of each header
as a file of its own, with the flags of the dev preset but without the precompiled header. A header
is not checked again until its text, the flags, or what it reaches through #include has changed.

Most of the time goes into Asio and Boost.JSON, reached through a few of our own headers. Those are
compiled once for each combination, and used for the headers that include just this combination
anyway: what they provide is not provided by luck.
"""

import hashlib
import json
import re
import shlex
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import project
from project import Finding, SourceFile

CACHE = project.ROOT / "build/arch-cache"
COMMANDS = project.ROOT / "build/dev/compile_commands.json"
COMPILER = "clang++-19"
INCLUDE = re.compile(r'#\s*include\s+"([^"]+)"')
JOBS = 2
HEAVY = {"src/async/async.hpp", "src/base/json.hpp", "src/db/db.hpp", "src/net/http.hpp",
         "src/base/crypto.hpp", "tests/support/test_db.hpp"}
FALLBACK_FLAGS = ["-std=c++23", "-Isrc", "-I.", "-DBOOST_ASIO_SEPARATE_COMPILATION",
                  "-DBOOST_BEAST_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED",
                  "-DBOOST_ASIO_DISABLE_BOOST_COROUTINE", "-DSPDLOG_FMT_EXTERNAL"]


def read_flags():
    """Flags of the dev preset that matter to a header: language, definitions, include folders."""
    if not COMMANDS.exists():
        return FALLBACK_FLAGS
    flags = set()
    for entry in json.loads(COMMANDS.read_text()):
        if not entry["file"].endswith(".cpp"):
            continue  # an assembler is told of folders that C++ has in an order of its own
        words = shlex.split(entry["command"])
        for word, following in zip(words, words[1:] + [""]):
            if word.startswith(("-I", "-D", "-std=")):
                flags.add((word,))
            elif word == "-isystem":
                flags.add((word, following))
    wanted = [word for flag in sorted(flags) for word in flag if "cmake_pch" not in word]
    return wanted or FALLBACK_FLAGS


def closure(path, texts, seen=None):
    """The project's own headers that `path` reaches, itself included."""
    seen = set() if seen is None else seen
    if path in seen or path not in texts:
        return seen
    seen.add(path)
    for target in INCLUDE.findall(texts[path]):
        closure(f"src/{target}" if f"src/{target}" in texts else target, texts, seen)
    return seen


def digest(path, texts, flags):
    """Of the header's text and of the #include lines it reaches: the bodies of other headers cannot
    make it lean on luck."""
    content = hashlib.sha256(" ".join(flags).encode())
    content.update(texts[path].encode())
    for name in sorted(closure(path, texts)):
        lines = re.findall(r"^\s*#\s*include.*$", texts[name], re.MULTILINE)
        content.update(name.encode() + b"\0" + "\n".join(lines).encode())
    return content.hexdigest()


def prepare(heavy, flags, folder):
    """Compiles a combination of heavy headers; flags that use it."""
    if not heavy:
        return []
    source = Path(folder) / f"{len(list(Path(folder).glob('*.hpp')))}.hpp"
    source.write_text("".join(f'#include "{project.ROOT / path}"\n' for path in heavy))
    compiled = source.with_suffix(".pch")
    subprocess.run([COMPILER, "-x", "c++-header", *flags, "-o", str(compiled), str(source)],
                   cwd=project.ROOT, check=True, capture_output=True, timeout=300)
    return ["-include-pch", str(compiled)]


def compile_alone(path, flags):
    """Finding or None. The header is included, not compiled as the main file, so that pragma once
    and unused functions are no matter."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as unit:
        unit.write(f'#include "{project.ROOT / path}"\n')
        unit.flush()
        result = subprocess.run([COMPILER, "-fsyntax-only", *flags, unit.name], cwd=project.ROOT,
                                capture_output=True, text=True, timeout=300, check=False)
    if result.returncode == 0:
        return None
    first = next((line for line in result.stderr.splitlines() if "error:" in line), result.stderr)
    return Finding(path, 1, f"does not compile alone: {first}")


def check_headers(files, flags, cache):
    """Checks each header of `files` that has no mark in the cache folder; marks those that pass."""
    texts = {file.path: file.text for file in files}
    cache.mkdir(parents=True, exist_ok=True)
    marks = {file.path: cache / digest(file.path, texts, flags)
             for file in files if file.path.endswith(".hpp")}
    todo = [path for path, mark in marks.items() if not mark.exists()]
    heavy = {path: tuple(sorted(closure(path, texts) & HEAVY - {path})) for path in todo}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(JOBS) as pool:
        prepared = {key: prepare(key, flags, folder) for key in sorted(set(heavy.values()))}
        findings = list(pool.map(
            lambda path: compile_alone(path, flags + prepared[heavy[path]]), todo))
    for path, finding in zip(todo, findings):
        if finding is None:
            marks[path].touch()
    for stale in set(cache.iterdir()) - set(marks.values()):
        stale.unlink()
    return [finding for finding in findings if finding is not None]


class Headers(unittest.TestCase):
    def test_every_header_compiles_alone(self):
        project.assert_clean(self, check_headers(project.cpp_files(), read_flags(), CACHE))

    def test_a_header_that_leans_on_others_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder) / "bad.hpp"
            header.write_text("#pragma once\nstd::string name();\n")
            file = SourceFile(str(header), header.read_text())
            cache = Path(folder) / "cache"
            self.assertEqual(len(check_headers([file], ["-std=c++23"], cache)), 1)
            self.assertEqual(list(cache.iterdir()), [])

    def test_a_changed_include_renews_the_check(self):
        texts = {"src/a.hpp": '#include "b.hpp"\n', "src/b.hpp": "#include <string>\nint b;\n"}
        before = digest("src/a.hpp", texts, [])
        for path, text in (("src/b.hpp", "int b;\n"), ("src/a.hpp", '#include "b.hpp"\nint a;\n')):
            self.assertNotEqual(before, digest("src/a.hpp", {**texts, path: text}, []))
        body = {**texts, "src/b.hpp": "#include <string>\nint other;\n"}
        self.assertEqual(before, digest("src/a.hpp", body, []))


if __name__ == "__main__":
    unittest.main()
