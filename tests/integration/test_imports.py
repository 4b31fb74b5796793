"""Imports, exports and segments of contacts, by the real program on both engines.

Goal: a file that people send arrives whole and once, whatever ends the server on its way, and what
comes back as a file can be read by Python's csv and sent again. Method: an own server per engine,
killed with SIGKILL in the middle; counts are compared with the file.
"""
import csv
import io
import json
import time
import unittest

import support
from stack import http_request

ROWS = 20_000
KILLS = 3
PHONE = "+43660{:07}"


def file_of(rows: int, bad: int = 0) -> bytes:
    """`rows` people; of the first `bad` the phone is none."""
    lines = ["Name;Mobile number;Tags;=City"]
    for row in range(rows):
        phone = "none" if row < bad else PHONE.format(row)
        lines.append(f'"Person; {row}";{phone};a|b;=Vienna')
    return ("\ufeff" + "\r\n".join(lines)).encode()


class Imports:
    """The tests; the classes below give the engine."""

    engine = ""
    database_url = staticmethod(lambda: None)

    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(cls.database_url())
        cls.addClassCleanup(cls.server.stack.stop)

    def setUp(self):
        # A workspace of its own for each test.
        name = self._testMethodName
        self.owner = self.server.sign_up(f"{name}-{self.engine}@example.com", "Shop")

    def api(self, method, path, body=None):
        return self.server.call(method, "/api/v1" + path, self.owner.token, body)

    def get(self, path):
        """Status, header fields and text of a file."""
        status, fields, text = http_request(
            self.server.stack.wapi.port, "GET", "/api/v1" + path, None,
            {"Authorization": f"Bearer {self.owner.token}"})
        return status, fields, text.decode()

    def start(self, file, **options):
        """Uploads with the guessed mapping, starts, and gives the id."""
        made = self.server.upload(file, "?fileName=people.csv", self.owner.token)
        status, answer = self.api("POST", f"/contact-imports/{made['id']}/start",
                                  {"mapping": made["guess"], **options})
        self.assertEqual(status, 202, answer)
        return made["id"]

    def wait(self, import_id, done=lambda one: one["endedAt"] is not None):
        """The import when `done` says so."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            one = self.api("GET", f"/contact-imports/{import_id}")[1]
            if done(one):
                return one
            time.sleep(0.02)
        raise AssertionError(f"not done: {one}")

    def count(self, query=""):
        """Contacts by the export, which has each once."""
        lines = self.get(f"/contacts/export?format=jsonl{query}")[2].splitlines()
        self.assertEqual(len({json.loads(line)["phone"] for line in lines}), len(lines))
        return len(lines)

    def test_each_row_counts_once_whatever_kills_the_server(self):
        import_id = self.start(file_of(ROWS, bad=37))
        for kill in range(1, KILLS + 1):
            self.wait(import_id, lambda one, kill=kill: one["endedAt"] or
                      one["rowsDone"] >= ROWS * kill // (KILLS + 1))
            self.server.stack.kill9()
            self.server.stack.start_wapi()
        one = self.wait(import_id)
        self.assertEqual((one["state"], one["rowsTotal"], one["rowsDone"]), ("done", ROWS, ROWS))
        self.assertEqual((one["created"], one["updated"], one["skipped"], one["refused"]),
                         (ROWS - 37, 0, 0, 37))
        self.assertEqual(self.count(), ROWS - 37)
        logs = self.server.call("GET", "/api/v1/audit-logs?action=contact.imported",
                                self.owner.token)[1]["logs"]
        self.assertEqual(sorted(log["details"]["state"] for log in logs), ["done", "queued"])
        self.assertEqual([log["details"]["created"] for log in logs if "created" in log["details"]],
                         [ROWS - 37])

    def test_the_refused_rows_can_be_mended_and_sent_again(self):
        one = self.wait(self.start(file_of(100, bad=10)))
        status, fields, text = self.get(f"/contact-imports/{one['id']}/refused")
        self.assertEqual((status, fields["Content-Disposition"]),
                         (200, 'attachment; filename="refused.csv"'))
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(len(rows), 10)
        self.assertEqual(rows[0]["line"], "2")
        self.assertIn("phone number", rows[0]["reason"])
        self.assertEqual((rows[0]["Name"], rows[0]["'=City"]), ("Person; 0", "'=Vienna"))
        for number, row in enumerate(rows):
            row["Mobile number"] = PHONE.format(5_000_000 + number)
        mended = io.StringIO(newline="")
        writer = csv.DictWriter(mended, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
        made = self.server.upload(mended.getvalue().encode(), "", self.owner.token)
        mapping = [None, None, *made["guess"][2:]]
        mapping[-1] = "attributes.City"
        self.assertEqual(self.api("POST", f"/contact-imports/{made['id']}/start",
                                  {"mapping": mapping})[0], 202)
        self.assertEqual(self.wait(made["id"])["created"], 10)
        phone = PHONE.format(5_000_000)[1:]
        contact = self.api("GET", f"/contacts?phone=%2B{phone}")[1]["contacts"][0]
        self.assertEqual(contact["attributes"], {"City": "=Vienna"})

    def test_an_export_can_be_imported_and_changes_nothing(self):
        self.wait(self.start(file_of(300)))
        text = self.get("/contacts/export?format=csv&tag=a&tag=b&optedOut=false&neverWrote=true")[2]
        self.assertEqual(len(list(csv.DictReader(io.StringIO(text, newline="")))), 300)
        made = self.server.upload(text.encode(), "", self.owner.token)
        mapping = [name if name in ("phone", "name", "tags") else None for name in made["header"]]
        self.api("POST", f"/contact-imports/{made['id']}/start", {"mapping": mapping})
        one = self.wait(made["id"])
        self.assertEqual((one["created"], one["skipped"], one["refused"]), (0, 300, 0))

    def test_an_import_that_is_cancelled_stops(self):
        import_id = self.start(file_of(ROWS))
        self.wait(import_id, lambda one: one["rowsDone"] > 0)
        status, answer = self.api("POST", f"/contact-imports/{import_id}/cancel")
        if status == 200:  # else it was faster
            self.assertEqual(self.count(), answer["created"])
            self.assertLess(answer["created"], ROWS)
        self.assertEqual(self.api("POST", f"/contact-imports/{import_id}/cancel")[0], 409)

    def test_a_segment_lists_who_it_says(self):
        self.wait(self.start(file_of(30), tags=["fair"]))
        status, segment = self.api("POST", "/segments", {
            "name": "Fair", "filter": {"tags": ["fair"], "attributes": {"=City": "=Vienna"}}})
        self.assertEqual(status, 201, segment)
        self.assertEqual(self.count(f"&segment={segment['id']}"), 30)
        self.assertEqual(self.count(f"&segment={segment['id']}&tag=other"), 0)
        page = self.api("GET", f"/contacts?segment={segment['id']}&limit=20")[1]
        self.assertEqual(len(page["contacts"]), 20)
        page = self.api("GET", f"/contacts?segment={segment['id']}&cursor={page['nextCursor']}")[1]
        self.assertEqual((len(page["contacts"]), page["nextCursor"]), (10, None))

    def test_a_file_that_is_none_is_refused_in_words(self):
        for body, words in ((b"PK\x03\x04...", "workbook"), (b"a\n\xff\xfe", "UTF-8"),
                            (b"", "no rows"), (b'phone\n"1', "never closed")):
            status, _fields, answer = http_request(
                self.server.stack.wapi.port, "POST", "/api/v1/contact-imports", body,
                {"Authorization": f"Bearer {self.owner.token}"})
            error = json.loads(answer)["error"]
            self.assertEqual((status, error["code"]), (422, "import_file_invalid"))
            self.assertIn(words, error["message"])
        self.assertEqual(self.api("GET", "/contact-imports")[1]["imports"], [])


class ImportsOnSqlite(Imports, unittest.TestCase):
    engine = "sqlite"


class ImportsOnPostgres(Imports, unittest.TestCase):
    engine = "postgres"
    database_url = staticmethod(support.new_postgres_url)


if __name__ == "__main__":
    unittest.main()
