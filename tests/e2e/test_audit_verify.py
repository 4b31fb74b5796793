"""`wapi audit verify` proves the audit log, and finds what was done to it behind the server's back.

Goal: exit code 0 and every workspace whole on an honest log; exit code 1 and the number of the
first bad entry after a row was changed, removed or inserted, on both engines. Method: rows are
changed in the database itself, past the program.
"""
import json
import subprocess
import unittest

from shop import Shop

ENTRIES_MIN = 5


class AuditVerify:
    """The tests; the classes below give the engine."""

    engine = ""

    def setUp(self):
        self.shop = self.enterContext(Shop(self.engine, own_limits=True))
        self.workspace = self.shop.stack.account.workspace["id"]
        for index in range(ENTRIES_MIN):
            status, _ = self.shop.stack.api("PATCH", "/workspace", {"name": f"Shop {index}"})
            self.assertEqual(status, 200)
        self.shop.stack.wapi.stop()

    def noted_heads(self):
        """A file with what an honest verification printed."""
        code, lines, _sentence = self.verify()
        self.assertEqual(code, 0)
        noted = self.shop.stack.folder / "heads.jsonl"
        noted.write_text("".join(json.dumps(line) + "\n" for line in lines.values()))
        return str(noted)

    def verify(self, *arguments):
        """Exit code, the printed lines by workspace, and the sentence on standard error."""
        stack = self.shop.stack
        done = subprocess.run([str(stack.binaries / "wapi"), "audit", "verify", *arguments],
                              env=stack.environment, cwd=stack.folder, capture_output=True,
                              text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return done.returncode, {line["workspaceId"]: line for line in lines}, done.stderr

    def assert_broken(self, entry):
        code, lines, sentence = self.verify()
        self.assertEqual((code, lines[self.workspace]["firstBadEntry"]), (1, entry))
        self.assertIn("audit log of 1 of 1 workspaces", sentence)

    def test_an_honest_log_is_whole(self):
        for arguments in ((), ("--workspace", self.workspace)):
            code, lines, sentence = self.verify(*arguments)
            self.assertEqual((code, list(lines), sentence), (0, [self.workspace], ""))
            line = lines[self.workspace]
            self.assertIsNone(line["firstBadEntry"])
            stored = self.shop.sql("SELECT COUNT(*) FROM audit_logs")[0][0]
            self.assertEqual(line["entries"], int(stored))
            self.assertGreater(line["entries"], ENTRIES_MIN)
            self.assertGreaterEqual(line["milliseconds"], 0)

    def test_a_changed_entry_is_named(self):
        self.shop.sql("UPDATE audit_logs SET actor_id = 'somebody' WHERE seq = 3")
        self.assert_broken(3)

    def test_a_removed_entry_is_named(self):
        self.shop.sql("DELETE FROM audit_logs WHERE seq = 4")
        self.assert_broken(4)

    def test_an_inserted_entry_is_named(self):
        newest = int(self.shop.sql("SELECT MAX(seq) FROM audit_logs")[0][0])
        rest = ("action, actor_kind, actor_id, resource_type, resource_id, details, ip, "
                "user_agent, request_id, created_us, hash")
        self.shop.sql(f"INSERT INTO audit_logs (workspace_id, seq, {rest}) "
                      f"SELECT workspace_id, {newest + 1}, {rest} FROM audit_logs WHERE seq = 1")
        self.assert_broken(newest + 1)

    def test_newest_entries_cut_off_with_their_head_are_found_by_noted_heads(self):
        noted = self.noted_heads()
        newest = int(self.shop.sql("SELECT MAX(seq) FROM audit_logs")[0][0])
        self.assertEqual(self.verify("--heads", noted)[0], 0)
        self.shop.sql(f"DELETE FROM audit_logs WHERE seq > {newest - 2}")
        self.shop.sql(f"UPDATE audit_heads SET seq = {newest - 2}, "
                      f"hash = (SELECT hash FROM audit_logs WHERE seq = {newest - 2})")
        self.assertEqual(self.verify()[0], 0)
        code, lines, _sentence = self.verify("--heads", noted)
        self.assertEqual((code, lines[self.workspace]["firstBadEntry"]), (1, newest - 1))

    def test_heads_that_are_none_are_said_so(self):
        noted = self.shop.stack.folder / "heads.jsonl"
        noted.write_text('{"workspaceId":"x"}\n')
        code, _lines, sentence = self.verify("--heads", str(noted))
        self.assertEqual(code, 1)
        self.assertIn("line 1 of", sentence)

    def test_a_log_that_was_emptied_with_its_head_is_found(self):
        self.shop.sql("DELETE FROM audit_logs")
        self.shop.sql("DELETE FROM audit_heads")
        self.assert_broken(1)

    def test_a_workspace_that_is_not_there_is_said_so(self):
        code, lines, sentence = self.verify("--workspace", "nobody")
        self.assertEqual((code, lines), (1, {}))
        self.assertIn("there is no workspace nobody", sentence)


class AuditVerifyOnSqlite(AuditVerify, unittest.TestCase):
    engine = "sqlite"


class AuditVerifyOnPostgres(AuditVerify, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
