"""Nothing lies around unused: sources are built, headers included, links lead somewhere.

Goal: what is in the tree is alive. Method: module folders are read from the CMake files, includes
and markdown links from the files themselves.
"""

import re
import unittest

import project
from project import Finding, SourceFile

MODULE = re.compile(r"wapi_(?:module|test)\(\s*\w+\s+(?:DIR|SOURCES)\s+([^\s)]+)")
FEATURE = re.compile(r"wapi_feature\((\w+)")
SOURCE = re.compile(r"[\w./-]+\.[ch]pp")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INCLUDE = re.compile(r'#\s*include\s+"([^"]+)"')


def cmake_files():
    found = [project.ROOT / "CMakeLists.txt", *(project.ROOT / "cmake").glob("*.cmake"),
             *(project.ROOT / "tests").glob("**/CMakeLists.txt"),
             *(project.ROOT / "bench").glob("CMakeLists.txt"),
             *(project.ROOT / "bench/load").glob("CMakeLists.txt")]
    return [SourceFile(path.relative_to(project.ROOT).as_posix(), path.read_text())
            for path in found]


def built_folders(cmake):
    """Folders whose *.cpp are all built, and single files that are named."""
    folders, names = set(), set()
    for file in cmake:
        base = file.path.rpartition("/")[0]
        folders |= {f"src/features/{name}/" for name in FEATURE.findall(file.text)}
        folders |= {folder.strip('"') + "/" for folder in MODULE.findall(file.text)}
        for current, folder in re.findall(r"(CURRENT_)?SOURCE_DIR\}/([\w/]+)/\*", file.text):
            folders.add(f"{base}/{folder}/" if current else f"{folder}/")
        names |= {f"{base}/{name}" if base else name for name in SOURCE.findall(file.text)}
        names |= set(SOURCE.findall(file.text))
        names |= {path.removeprefix("/") for path in names}
    return folders, names


def unbuilt_sources(files, cmake):
    folders, names = built_folders(cmake)
    return [Finding(file.path, 1, "no CMake line builds this")
            for file in files if file.path.endswith(".cpp")
            and not any(file.path.startswith(folder) for folder in folders)
            and file.path not in names]


def unused_headers(files):
    included = {target for file in files for target in INCLUDE.findall(file.text)}
    return [Finding(file.path, 1, "nothing includes this header")
            for file in files if file.path.endswith(".hpp")
            and file.path.removeprefix("src/") not in included and file.path not in included]


def broken_links(files, exists):
    """Links to files that are not there. `exists` tells whether a path of the project is."""
    findings = []
    for file in files:
        text = re.sub(r"```.*?```", lambda match: re.sub(r"[^\n]", " ", match.group(0)), file.text,
                      flags=re.DOTALL)
        for match in LINK.finditer(text):
            target = match.group(1).split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            path = (project.ROOT / file.path).parent / target
            if not exists(path):
                line = project.line_of(text, match.start())
                findings.append(Finding(file.path, line, f"broken link {target}"))
    return findings


def unlinked_pages(files):
    """Pages below docs/ that no other page links to."""
    linked = set()
    for file in files:
        for target in LINK.findall(file.text):
            path = (project.ROOT / file.path).parent / target.split("#")[0]
            linked.add(path.resolve())
    return [Finding(file.path, 1, "no page links to this page") for file in files
            if file.path.startswith("docs/") and (project.ROOT / file.path).resolve() not in linked]


def undeclared_folders(folders, cmake):
    built, _ = built_folders(cmake)
    return [Finding(folder, 1, "no CMake line declares this folder") for folder in folders
            if f"{folder}/" not in built]


def folders_of(files):
    found = set()
    for file in files:
        parts = file.path.split("/")
        if file.path.startswith("src/features/"):
            found.add("/".join(parts[:3]))
        elif file.path.startswith("src/") and len(parts) > 2:
            found.add("/".join(parts[:2]))
    return sorted(found)


def orphaned_corpora(corpora, files):
    fuzzers = {file.stem.removesuffix("_fuzz") for file in files if file.path.endswith("_fuzz.cpp")}
    return ([Finding(f"tests/fuzz/corpus/{name}", 1, "no fuzz target has this name")
             for name in sorted(set(corpora) - fuzzers)]
            + [Finding(f"tests/fuzz/corpus/{name}", 1, "the fuzz target has no corpus")
               for name in sorted(fuzzers - set(corpora))])


class DeadFiles(unittest.TestCase):
    def test_every_source_is_built(self):
        project.assert_clean(self, unbuilt_sources(project.cpp_files(), cmake_files()))

    def test_every_folder_is_declared(self):
        folders = folders_of(project.cpp_files())
        project.assert_clean(self, undeclared_folders(folders, cmake_files()))

    def test_every_header_is_included(self):
        project.assert_clean(self, unused_headers(project.cpp_files()))

    def test_every_link_leads_somewhere(self):
        findings = broken_links(project.markdown_files(), lambda path: path.exists())
        project.assert_clean(self, findings)

    def test_every_page_is_linked(self):
        project.assert_clean(self, unlinked_pages(project.markdown_files()))

    def test_every_fuzz_target_has_a_corpus(self):
        corpora = [path.name for path in (project.ROOT / "tests/fuzz/corpus").glob("*")
                   if any(path.iterdir())]
        project.assert_clean(self, orphaned_corpora(corpora, project.cpp_files()))

    def test_every_feature_explains_itself(self):
        features = [folder for folder in folders_of(project.cpp_files()) if "features/" in folder]
        missing = [Finding(folder, 1, "a feature needs a README.md of 20 to 40 lines")
                   for folder in features if not (project.ROOT / folder / "README.md").exists()]
        project.assert_clean(self, missing)


class Canaries(unittest.TestCase):
    CMAKE = [SourceFile("CMakeLists.txt", "wapi_module(base DIR src/base)\nwapi_feature(audit)\n")]

    def test_a_source_nobody_builds_is_found(self):
        files = [SourceFile("src/stray/a.cpp", ""), SourceFile("src/base/a.cpp", "")]
        self.assertEqual([finding.path for finding in unbuilt_sources(files, self.CMAKE)],
                         ["src/stray/a.cpp"])
        self.assertEqual(len(undeclared_folders(folders_of(files), self.CMAKE)), 1)

    def test_a_header_nobody_includes_is_found(self):
        files = [SourceFile("src/base/a.hpp", ""), SourceFile("src/base/b.hpp", ""),
                 SourceFile("src/base/b.cpp", '#include "base/b.hpp"\n')]
        self.assertEqual([finding.path for finding in unused_headers(files)], ["src/base/a.hpp"])

    def test_a_broken_link_and_an_unlinked_page_are_found(self):
        files = [SourceFile("docs/a.md", "[b](b.md#part) [c](https://example.org)\n")]
        self.assertEqual(len(broken_links(files, lambda path: False)), 1)
        self.assertEqual(len(unlinked_pages(files)), 1)

    def test_a_fuzz_target_without_corpus_is_found(self):
        files = [SourceFile("src/net/target_fuzz.cpp", "")]
        self.assertEqual(len(orphaned_corpora(["other"], files)), 2)


if __name__ == "__main__":
    unittest.main()
