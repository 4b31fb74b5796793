"""What is written in JavaScript parses; what it generates comes from the version that is asked for.

Goal: no broken script is found by its first user. Method: node reads every script; the peers' own
tests run; the version in generated files is that of the package file.
"""

import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

import project

PHONE_SCRIPT = project.ROOT / "cloudsim/phone_page.js.inc"
PHONE_TABLE = project.ROOT / "src/base/phone_table.inc"
PACKAGE = "libphonenumber-js"
RAW_STRING = re.compile(r'^R"js\((.*)\)js"\s*$', re.S)


def scripts():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard",
                             "*.js", "*.mjs"], cwd=project.ROOT, capture_output=True, text=True,
                            check=True)
    return [project.ROOT / name for name in listed.stdout.split()]


def syntax_error(path):
    """What node says about a script; empty when it parses."""
    done = subprocess.run(["node", "--check", str(path)], capture_output=True, text=True,
                          check=False)
    return "" if done.returncode == 0 else done.stderr or "node failed"


def syntax_error_of_text(text):
    with tempfile.TemporaryDirectory(prefix="wapi-script-") as folder:
        path = Path(folder) / "script.js"
        path.write_text(text, encoding="utf-8")
        return syntax_error(path)


def named_version(text):
    return re.search(rf"{PACKAGE} ([\d.]+)", text)[1]


class Scripts(unittest.TestCase):
    def test_every_script_parses(self):
        found = scripts()
        self.assertTrue(found)
        self.assertEqual([error for path in found if (error := syntax_error(path))], [])

    def test_the_phone_page_parses(self):
        script = RAW_STRING.match(PHONE_SCRIPT.read_text(encoding="utf-8"))[1]
        self.assertEqual(syntax_error_of_text(script), "")

    def test_a_syntax_error_is_found(self):
        self.assertIn("SyntaxError", syntax_error_of_text("function broken( {\n"))

    def test_the_peers_pass_their_tests(self):
        done = subprocess.run(["node", "--test"], cwd=project.ROOT / "bench/peers",
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r"# pass [1-9]")


class GeneratedFiles(unittest.TestCase):
    def test_the_phone_table_comes_from_the_version_that_is_asked_for(self):
        package = json.loads((project.ROOT / "tools/package.json").read_text())
        lock = json.loads((project.ROOT / "tools/package-lock.json").read_text())
        wanted = package["devDependencies"][PACKAGE]
        self.assertEqual(lock["packages"][f"node_modules/{PACKAGE}"]["version"], wanted)
        self.assertEqual(named_version(PHONE_TABLE.read_text()), wanted,
                         "run tools/generate_phone_table.mjs")

    def test_another_version_is_seen(self):
        self.assertEqual(named_version(f"// Source: {PACKAGE} 1.2.3, metadata"), "1.2.3")


if __name__ == "__main__":
    unittest.main()
