"""The audit log's export and verification, by the real program on both engines.

Goal: a file of any size arrives whole and can be read by what reads CSV and JSON elsewhere, a
client that goes away costs nothing, and the log can be proved from the console. Method: a
workspace with more entries than a piece of the file holds; Python's csv and json take the answers
apart.
"""
import csv
import http.client
import io
import json
import unittest

import support

ENTRIES = 450  # more than two pieces


class AuditExport:
    """The tests; the classes below give the engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)
        cls.owner = cls.server.sign_up(f"audit-{cls.engine}@example.com", "=1+1 Audited Shop")
        for index in range(ENTRIES):
            status, answer = cls.api("PATCH", "/workspace", {"name": f"Shop {index}"})
            assert status == 200, answer

    @classmethod
    def api(cls, method, path, body=None, headers=None):
        return cls.server.call(method, "/api/v1" + path, cls.owner.token, body, headers)

    def export(self, query, version=11, method="GET"):
        """Status, header fields and text of an export, by HTTP/1.1 or 1.0."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.stack.wapi.port,
                                                timeout=30)
        connection._http_vsn = version  # pylint: disable=protected-access
        connection._http_vsn_str = f"HTTP/{version // 10}.{version % 10}"
        try:
            connection.request(method, f"/api/v1/audit-logs/export?{query}",
                               headers={"Authorization": f"Bearer {self.owner.token}",
                                        "User-Agent": "=HYPERLINK(\"http://example.com\")"})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def test_json_lines_are_the_pages_of_the_list(self):
        status, fields, text = self.export("format=jsonl&action=settings.updated")
        self.assertEqual((status, fields["Content-Type"]), (200, "application/x-ndjson"))
        self.assertEqual(fields["Transfer-Encoding"], "chunked")
        exported = [json.loads(line) for line in text.splitlines()]
        listed, cursor = [], ""
        while cursor is not None:
            page = self.api("GET", f"/audit-logs?action=settings.updated&limit=200{cursor}")[1]
            listed += page["logs"]
            cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
        self.assertEqual(exported, listed)
        self.assertGreaterEqual(len(exported), ENTRIES)

    def test_csv_is_read_back_and_holds_no_formula(self):
        self.export("format=csv")  # leaves an entry with a formula for a user agent
        status, fields, text = self.export("format=csv")
        self.assertEqual(status, 200)
        self.assertEqual(fields["Content-Disposition"], 'attachment; filename="audit-logs.csv"')
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertGreater(len(rows), ENTRIES)
        self.assertEqual(rows[-1]["action"], "user.created")
        self.assertIn("'=HYPERLINK(\"http://example.com\")", {row["userAgent"] for row in rows})
        for row in rows:
            for cell in row.values():
                self.assertNotRegex(cell, r"^[=+@\t\r\n-]")

    def test_http_1_0_gets_the_same_file(self):
        query = "format=csv&action=user.created"
        _status, fields, text = self.export(query, version=10)
        self.assertNotIn("Transfer-Encoding", fields)
        self.assertEqual(text, self.export(query)[2])
        self.assertEqual(text.count("\r\n"), 2)

    def test_head_tells_the_type_and_sends_nothing(self):
        status, fields, text = self.export("format=jsonl", method="HEAD")
        self.assertEqual((status, fields["Content-Type"], text), (200, "application/x-ndjson", ""))

    def test_clients_that_go_away_leave_room_for_the_next(self):
        for _ in range(10):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.stack.wapi.port,
                                                    timeout=30)
            connection.request("GET", "/api/v1/audit-logs/export?format=jsonl",
                               headers={"Authorization": f"Bearer {self.owner.token}"})
            self.assertEqual(connection.getresponse().read(1), b"{")
            connection.close()
        status = 429
        while status == 429:  # the last two may not have been missed yet
            status, _fields, _text = self.export("format=jsonl")
        self.assertEqual(status, 200)

    def test_the_log_is_proved_by_a_request(self):
        status, answer = self.api("GET", "/audit-logs/verify")
        self.assertEqual((status, answer["whole"], answer["firstBadEntry"]), (200, True, None))
        self.assertGreater(answer["entries"], ENTRIES)

    def test_a_retention_below_ninety_days_is_refused(self):
        for days in (89, 0, -1, 3651, "90", 1.5):
            status, answer = self.api("PATCH", "/workspace",
                                      {"settings": {"audit": {"retentionDays": days}}})
            self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]),
                             (422, "invalid_request", "settings.audit.retentionDays"))
        status, answer = self.api("PATCH", "/workspace",
                                  {"settings": {"audit": {"retentionDays": 365}}})
        self.assertEqual((status, answer["settings"]["audit"]["retentionDays"]), (200, 365))


class AuditExportOnSqlite(AuditExport, unittest.TestCase):
    engine = "sqlite"


class AuditExportOnPostgres(AuditExport, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
