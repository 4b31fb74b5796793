"""Who may include whom: every #include is read and compared with the table in docs/ARCHITECTURE.md.

Goal: the layers and the slices stay apart, so that a feature can be understood from its folder.
Method: each file belongs to one part (base, db, a feature's store, ...); each part has a list of
folders it may include from and of system headers that belong to other parts.
"""

import re
import unittest

import project
from project import Finding, SourceFile

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.MULTILINE)
FEATURE = re.compile(r"wapi_feature\((\w+)(?:\s+DEPENDS\s+([\w\s]+?))?\s*\)")

# Part -> folders of src it may include from; its own folder is always allowed.
LAYERS = {
    "base": set(),
    "async": {"base"},
    "db": {"base", "async"},
    "net": {"base", "async"},
    "redis": {"base", "async"},
    # docs/adr/0006: the Graph client speaks through the HTTP client's interface.
    "whatsapp": {"base", "async", "net/http_client.hpp"},
    "queue": {"base", "async", "db"},
}
FEATURE_LAYERS = {
    "rules": {"base"},
    "store": {"base", "db"},
    "http": {"base", "async", "net"},
    "service": {"base", "async", "db", "queue", "whatsapp"},
}

# Pure types and functions of Meta's wire format, which rules and stores may use too.
WIRE_TYPES = {"whatsapp/webhook.hpp", "whatsapp/graph_types.hpp", "whatsapp/error_catalogue.hpp"}
# The signature is checked by the handler, over the raw bytes, before anything reads them.
SIGNATURE = "whatsapp/signature.hpp"

# System headers that only some folders may see, so that a library can be exchanged in one place.
SYSTEM = [
    (re.compile(r"^sqlite3\.h$"), ("src/db/sqlite/",)),
    (re.compile(r"^libpq"), ("src/db/postgres/",)),
    (re.compile(r"^csv\.h$"), ("src/base/",)),
    (re.compile(r"^curl/"), ("src/net/", "src/app/cli/")),
    (re.compile(r"^boost/beast(?!/http/verb\.hpp)"), ("src/net/",)),
    (re.compile(r"^boost/asio"),
     ("src/async/", "src/net/", "src/db/", "src/redis/", "src/app/", "src/main.cpp", "cloudsim/")),
    (re.compile(r"^(openssl|sodium)"), ("src/base/", "src/features/passwords/", "src/app/cli/",
                                     "bench/load/", "cloudsim/")),
    (re.compile(r"^(iostream)$"), ("src/app/cli/", "cloudsim/main.cpp", "bench/")),
]


def parse_features(cmake_text):
    """Features in the order of CMakeLists.txt, each with the features it declares."""
    return {name: set((depends or "").split()) for name, depends in FEATURE.findall(cmake_text)}


def feature_part(feature, stem):
    """Which part of its slice a file is: by its name."""
    if stem.endswith("_rules") or "_rules_" in stem:
        return "rules"
    if stem.endswith("_store") or "_store_" in stem:
        return "store"
    if stem.endswith("_http") or "_http_" in stem:
        return "http"
    return "service"


def allowed_in_feature(file, target, features):
    _, _, feature, *_ = file.path.split("/")
    part = feature_part(feature, file.stem)
    folder, *rest = target.split("/")
    if folder != "features":
        return (folder in FEATURE_LAYERS[part] or (target in WIRE_TYPES and part != "http")
                or (target == SIGNATURE and part == "http"))
    other, header = rest[0], rest[-1]
    if other != feature:
        return other in features.get(feature, set()) and header == f"{other}.hpp"
    own_part = feature_part(feature, header.rsplit(".", 1)[0])
    if part == "rules":
        # The main header lists the feature's errors, which rules return.
        return own_part == "rules" or header == f"{feature}.hpp"
    if part == "store":
        return own_part != "http"
    if part == "http":
        return own_part != "store"
    return own_part != "http"


def allowed(file, target, features):
    """May `file` include the project's header `target` (relative to src/)?"""
    if project.is_test_code(file.path):
        return True
    top, *rest = file.path.split("/")
    if top == "cloudsim":
        return target.startswith(("cloudsim/", "base/", "async/", "net/"))
    if file.path.startswith("bench/limits/"):
        return True  # measures the feature itself
    if top == "bench":
        return target.startswith(("bench/", "base/"))
    folder = rest[0]
    if folder in {"app", "main.cpp"}:
        return True
    if folder == "features":
        return allowed_in_feature(file, target, features)
    return any(target == entry or target.startswith(entry + "/")
               for entry in LAYERS[folder] | {folder})


def find_bad_includes(files, features):
    findings = []
    for file in files:
        text = project.blank(file.text, keep_strings=True)
        for match in INCLUDE.finditer(text):
            kind, target = match.groups()
            line = project.line_of(text, match.start(1))
            if kind == '"' and not allowed(file, target, features):
                findings.append(Finding(file.path, line, f"may not include {target}"))
            if kind == "<" and not project.is_test_code(file.path):
                findings += [Finding(file.path, line, f"<{target}> belongs to {', '.join(places)}")
                             for pattern, places in SYSTEM
                             if pattern.match(target) and not file.path.startswith(places)]
    return findings


def find_cycle(features):
    """A feature may depend only on features declared above it, which makes a cycle impossible."""
    findings, seen = [], set()
    for name, depends in features.items():
        findings += [Finding("CMakeLists.txt", 1, f"{name} depends on {other}, declared later")
                     for other in sorted(depends - seen)]
        seen.add(name)
    return findings


class Includes(unittest.TestCase):
    def setUp(self):
        self.features = parse_features((project.ROOT / "CMakeLists.txt").read_text())

    def test_every_include_is_allowed(self):
        findings = find_bad_includes(project.cpp_files(), self.features)
        project.assert_clean(self, findings)

    def test_features_depend_only_on_features_declared_before_them(self):
        self.assertGreater(len(self.features), 5)
        findings = find_cycle(self.features)
        project.assert_clean(self, findings)

    def test_the_rule_finds_bad_includes(self):
        features = {"audit": set(), "contacts": {"audit"}, "opt_out": {"contacts"}}
        bad = {
            "src/base/bad.cpp": "db/db.hpp",
            "src/net/bad.cpp": "features/audit/audit.hpp",
            "src/queue/bad.cpp": "net/http.hpp",
            "src/whatsapp/bad.cpp": "net/server.hpp",
            "src/features/contacts/contacts_rules.cpp": "db/txn.hpp",
            "src/features/contacts/contacts_http.cpp": "db/db.hpp",
            "src/features/contacts/contacts_service.cpp": "net/http.hpp",
            "src/features/contacts/contacts_store.cpp": "features/audit/audit_store.hpp",
            "src/features/audit/audit_service.cpp": "features/contacts/contacts.hpp",
            "src/features/opt_out/opt_out_service.cpp": "features/contacts/contacts_rules.hpp",
            "cloudsim/bad.cpp": "whatsapp/signature.hpp",
        }
        files = [SourceFile(path, f'#include "{target}"\n') for path, target in bad.items()]
        files.append(SourceFile("src/base/worse.cpp", "#include <boost/asio/post.hpp>\n"))
        found = {finding.path for finding in find_bad_includes(files, features)}
        self.assertEqual(found, {file.path for file in files})

    def test_the_rule_leaves_good_includes_alone(self):
        features = {"audit": set(), "contacts": {"audit"}}
        service = "src/features/contacts/contacts_service.cpp"
        good = [(service, "features/audit/audit.hpp"),
                (service, "features/contacts/contacts_store.hpp"),
                ("src/whatsapp/graph_client.cpp", "net/http_client.hpp"),
                ("src/app/app.cpp", "features/contacts/contacts_http.hpp")]
        files = [SourceFile(path, f'#include "{target}"\n// #include "app/x.hpp"\n')
                 for path, target in good]
        self.assertEqual(find_bad_includes(files, features), [])

    def test_the_rule_finds_a_dependency_on_a_later_feature(self):
        self.assertTrue(find_cycle(parse_features("wapi_feature(a DEPENDS b)\nwapi_feature(b)")))


if __name__ == "__main__":
    unittest.main()
