"""SQL stands in stores only: *_store*.cpp of a feature, src/db and src/queue.

Goal: whoever asks what touches a table reads a few files. Method: string literals that begin like
a statement, and definitions of db::Sql, are looked for everywhere else in src.
"""

import re
import unittest

import project
from project import Finding, SourceFile

STATEMENT = re.compile(
    r"""["(]\s*(?:SELECT|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\s""")
DEFINITION = re.compile(r"\bdb::Sql\s+\w+\s*[{=(]")
STORE = re.compile(r"^src/(?:db|queue)/|^src/features/\w+/\w+_store(?:_\w+)?\.[ch]pp$")


def find_stray_sql(files):
    """{path: (how many, first finding)}"""
    measures = {}
    for file in files:
        if not file.path.startswith("src/") or project.is_test_code(file.path):
            continue
        if STORE.search(file.path):
            continue
        text = project.blank(file.text, keep_strings=True)
        found = sorted(match.start() for pattern in (STATEMENT, DEFINITION)
                       for match in pattern.finditer(text))
        if found:
            finding = Finding(file.path, project.line_of(text, found[0]),
                              "SQL belongs in the feature's store")
            measures[file.path] = (len(found), finding)
    return measures


class StraySql(unittest.TestCase):
    def test_sql_stands_in_stores_only(self):
        measures = find_stray_sql(project.cpp_files())
        project.assert_clean(self, project.check_exceptions("stray_sql", measures))

    def test_sql_outside_a_store_is_found(self):
        files = [SourceFile("src/features/a/a_service.cpp", 'run("SELECT 1 FROM x");'),
                 SourceFile("src/features/a/a_http.cpp", "const db::Sql find_x{{.name = n}};"),
                 SourceFile("src/features/a/a_store.cpp", 'run("DELETE FROM x");')]
        self.assertEqual(list(find_stray_sql(files)),
                         ["src/features/a/a_service.cpp", "src/features/a/a_http.cpp"])


if __name__ == "__main__":
    unittest.main()
