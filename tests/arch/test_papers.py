"""What the papers name exists: tests in docs/security.md, settings, routes.

Goal: a threat model whose proofs are real, and tables of settings and routes that are neither out
of date nor incomplete. Method: names in the pages, looked up in the sources.
"""

import re
import unittest

import project

SECURITY = project.ROOT / "docs/security.md"
GTEST = re.compile(r"\b(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)|"
                   r"\bRC_GTEST_(?:FIXTURE_)?PROP\(\s*(\w+),\s*(\w+)")
# For tests and one benchmark: not for who runs a server.
SETTINGS_OF_TESTS = {"WAPI_BENCH_NO_PERSIST", "SEND_LEASE_MS"}


def known_tests():
    """`Suite.name` of C++ tests and `file.py:function` of Python ones."""
    found = set()
    for file in project.cpp_files():
        for match in GTEST.finditer(file.text):
            found.add(f"{match[1] or match[3]}.{match[2] or match[4]}")
    for file in project.script_files():
        found |= {f"{file.name}:{name}" for name in re.findall(r"def (test_\w+)", file.text)}
    return found


def rows(text):
    """The cells of each row of the tables of a text, heads among them."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def find_unproved(text, tests):
    """Threats without a test, and tests that are not there."""
    findings = []
    for cells in rows(text):
        if len(cells) != 3 or cells[2] == "tests":
            continue
        named = re.findall(r"`([^`]+)`", cells[2])
        findings += [f"no test: {cells[0]}"] if not named else []
        findings += [f"no such test: {name}" for name in named if name not in tests]
    return findings


def settings_read():
    """Every setting that app/config.cpp reads."""
    text = (project.ROOT / "src/app/config.cpp").read_text(encoding="utf-8")
    names = set(re.findall(r"\"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT)\"", text))
    return names - SETTINGS_OF_TESTS


def settings_in_table(text, heading):
    """Names in the table below a heading."""
    section = text.split(heading, 1)[1].split("\n## ", 1)[0]
    return {name for cells in rows(section)
            for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", " ".join(cells))}


def settings_in_file(text):
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.M))


def read(name):
    return (project.ROOT / name).read_text(encoding="utf-8")


def routes_in_sources():
    """Paths of the route tables, without the prefix."""
    return {path.removeprefix("/api/v1")
            for file in project.cpp_files() if not project.is_test_code(file.path)
            for path in re.findall(r"Verb::\w+, \"([^\"]+)\"", file.text)}


def find_strange_routes(text, known):
    """Paths of a text that no route has, alone or below one of the parents it leaves out."""
    parents = ("", "/admin/team", "/auth", "/contacts/{id}")
    named = set(re.findall(r"(?<![\w.])/[a-z][\w/{}-]*", text))
    return sorted(name for name in named
                  if not any(parent + name in known for parent in parents))


class Proofs(unittest.TestCase):
    def test_every_threat_names_tests_that_exist(self):
        text = SECURITY.read_text(encoding="utf-8").split("## From outside", 1)[1]
        self.assertGreater(len(rows(text)), 30)
        self.assertEqual(find_unproved(text, known_tests()), [])

    def test_a_test_that_is_not_there_is_found(self):
        text = "| who | wall | tests |\n| a | b | `A.b`, `A.no` |\n| c | d | none |\n"
        self.assertEqual(find_unproved(text, {"A.b"}), ["no such test: A.no", "no test: c"])


class Settings(unittest.TestCase):
    def test_the_readme_explains_exactly_the_settings_that_are_read(self):
        explained = settings_in_table(read("README.md"), "\n## Settings")
        self.assertGreater(len(settings_read()), 25)
        self.assertEqual(explained, settings_read())

    def test_the_deployment_page_and_the_package_name_settings_that_are_read(self):
        named = settings_in_table(read("docs/deployment.md"), "\n## Environment")
        self.assertEqual(named - settings_read(), set())
        self.assertEqual(settings_in_file(read("packaging/wapi.env")) - settings_read(), set())

    def test_the_deployment_page_has_whatever_the_package_sets_and_every_secret(self):
        named = settings_in_table(read("docs/deployment.md"), "\n## Environment")
        self.assertEqual(settings_in_file(read("packaging/wapi.env")) - named, set())
        secrets = {name for name in settings_read() if re.search("SECRET|TOKEN|MASTER_KEY", name)}
        self.assertEqual(secrets - named - {"AWS_SESSION_TOKEN"}, set())


class Routes(unittest.TestCase):
    def test_the_quick_reference_names_routes_that_exist(self):
        page = read("docs/quick-reference.md")
        table = page.split("\n## Routes", 1)[1].rsplit("\n\n", 1)[0]
        self.assertGreater(table.count("/"), 20)
        self.assertEqual(find_strange_routes(table, routes_in_sources()), [])

    def test_a_route_that_is_not_there_is_found(self):
        self.assertEqual(find_strange_routes("`GET /contacts`, `/members`, `/no-such`",
                                             {"/contacts", "/admin/team/members"}), ["/no-such"])


if __name__ == "__main__":
    unittest.main()
