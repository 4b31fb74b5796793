"""Rotating the master key as an operator does it, beside the running server, on both engines.

Goal: a rotation stops nothing, says what is left to do, and the old key may go when it says so.
Method: the real program with one, two and the wrong keys; what it prints, its exit codes, and
requests that need the token.
"""
import json
import secrets
import subprocess
import unittest

import support
from stack import Stack, StackFailed


def run_vault(stack, *words, **settings):
    """Runs `wapi vault WORDS` beside the server; gives exit code, parsed output and error."""
    done = subprocess.run([str(stack.binaries / "wapi"), "vault", *words], cwd=stack.folder,
                          env={**stack.environment, **settings}, capture_output=True, text=True,
                          timeout=60, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, lines[0] if lines else None, done.stderr


class Rotation:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(Stack(self.database_url(),
                                             {"VAULT_CACHE_MS": "0", **support.SETTINGS}))
        self.stack.set_up_account()
        self.old = self.stack.environment["TOKEN_MASTER_KEY"]
        self.new = secrets.token_hex(32)

    def assert_token_is_read(self):
        status, answer = self.stack.api("POST", "/templates/sync", {})
        self.assertEqual(status, 200, answer)

    def status(self, **settings):
        code, found, error = run_vault(self.stack, "status", **settings)
        self.assertEqual(code, 0, error)
        return found

    def audit_entries(self, action):
        return self.stack.api("GET", f"/audit-logs?action={action}")[1]["logs"]

    def test_a_key_is_replaced_without_a_moment_in_which_tokens_cannot_be_read(self):
        self.assertEqual(self.status()["keys"][0]["state"], "current")
        self.stack.restart({"TOKEN_MASTER_KEY": self.new, "TOKEN_MASTER_KEY_PREVIOUS": self.old})
        self.assert_token_is_read()
        before = self.status()
        self.assertEqual([(key["state"], key["workspaces"]) for key in before["keys"]],
                         [("previous", 1)])
        self.assertFalse(before["previousKeyMayBeRemoved"])
        code, sum_, error = run_vault(self.stack, "rotate")
        self.assertEqual((code, sum_["rotated"]), (0, 1), error)
        self.assert_token_is_read()
        after = self.status()
        self.assertTrue(after["previousKeyMayBeRemoved"])
        self.assertEqual(after["backend"], "database")
        self.assertGreaterEqual(after["secrets"], 1)
        self.assertEqual(run_vault(self.stack, "rotate")[1]["rotated"], 0)
        del self.stack.environment["TOKEN_MASTER_KEY_PREVIOUS"]
        self.stack.restart()
        self.assert_token_is_read()
        entries = self.audit_entries("token.rotated")
        self.assertEqual(len(entries), 1)
        self.assertEqual(entries[0]["details"]["toKeyId"], after["currentKeyId"])

    def test_servers_that_still_write_with_the_old_key_read_what_was_rotated(self):
        # The first step of several nodes: all know the new key before one writes with it.
        self.stack.restart({"TOKEN_MASTER_KEY_PREVIOUS": self.new})
        swapped = {"TOKEN_MASTER_KEY": self.new, "TOKEN_MASTER_KEY_PREVIOUS": self.old}
        self.assertEqual(run_vault(self.stack, "rotate", **swapped)[1]["rotated"], 1)
        self.assert_token_is_read()
        self.assertTrue(self.status(**swapped)["previousKeyMayBeRemoved"])

    def test_a_rotation_without_the_old_key_says_so_and_changes_nothing(self):
        for previous in ({}, {"TOKEN_MASTER_KEY_PREVIOUS": secrets.token_hex(32)}):
            with self.subTest(previous=bool(previous)):
                code, sum_, error = run_vault(self.stack, "rotate", TOKEN_MASTER_KEY=self.new,
                                              **previous)
                self.assertEqual(code, 1)
                self.assertEqual((sum_["rotated"], sum_["unknownKey"]), (0, 1))
                self.assertIn("TOKEN_MASTER_KEY_PREVIOUS", error)
                self.assertNotIn(self.new, error)
        found = self.status(TOKEN_MASTER_KEY=self.new)
        self.assertEqual(found["keys"][0]["state"], "unknown")
        self.assertFalse(found["previousKeyMayBeRemoved"])
        self.assert_token_is_read()

    def test_a_wrong_master_key_is_refused_at_the_start_in_plain_words(self):
        right = self.status()["currentKeyId"]
        wrong = self.status(TOKEN_MASTER_KEY=self.new)["currentKeyId"]
        with self.assertRaises(StackFailed) as failed:
            self.stack.restart({"TOKEN_MASTER_KEY": self.new})
        self.assertIn(f"TOKEN_MASTER_KEY (id {wrong}) is not the key of this database",
                      str(failed.exception))
        self.assertIn(right, str(failed.exception))
        self.assertNotIn(self.new, str(failed.exception))
        self.stack.restart({"TOKEN_MASTER_KEY": self.old})
        self.assert_token_is_read()

    def test_a_token_that_does_not_open_is_an_error_and_an_entry(self):
        # The platform's data key, of second factors, is made after the key was changed: the server
        # starts with it, but does not open the workspace's.
        self.stack.restart({"TOKEN_MASTER_KEY": self.new, "TOKEN_MASTER_KEY_PREVIOUS": self.old})
        status, answer = self.stack.api("POST", "/auth/second-factor/enrol",
                                        {"password": support.PASSWORD})
        self.assertEqual(status, 200, answer)
        del self.stack.environment["TOKEN_MASTER_KEY_PREVIOUS"]
        self.stack.restart()
        status, answer = self.stack.api("POST", "/templates/sync", {})
        self.assertEqual((status, answer["error"]["code"]), (500, "vault_secret_invalid"))
        entry = self.audit_entries("token.rejected")[0]
        self.assertEqual(entry["resource"]["id"], f"token:{self.stack.account.waba_id}")

    def test_the_time_of_reads_is_measured(self):
        workspace = self.stack.account.workspace["id"]
        words = ("measure", "--workspace", workspace, "--reads", "20", "--name")
        code, found, error = run_vault(self.stack, *words, f"token:{self.stack.account.waba_id}")
        self.assertEqual(code, 0, error)
        self.assertGreater(found["coldMicroseconds"]["mean"], found["cachedMicroseconds"]["mean"])
        code, _found, error = run_vault(self.stack, *words, "token:unknown")
        self.assertEqual(code, 1)
        self.assertIn("no such secret", error)


class RotationOnSqlite(Rotation, unittest.TestCase):
    pass


class RotationOnPostgres(Rotation, unittest.TestCase):
    @staticmethod
    def database_url():
        return support.new_postgres_url()


class VaultSettings(unittest.TestCase):
    def test_a_previous_key_that_is_weak_or_the_same_ends_the_start_with_its_name(self):
        stack = support.server("sqlite").stack
        for value in ("3f8a", "5" * 64, stack.environment["TOKEN_MASTER_KEY"]):
            with self.subTest(value=value[:4]):
                done = subprocess.run(
                    [str(stack.binaries / "wapi"), "serve"], cwd=stack.folder,
                    env={**stack.environment, "TOKEN_MASTER_KEY_PREVIOUS": value},
                    capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn("TOKEN_MASTER_KEY_PREVIOUS", done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_wrong_usage_is_refused(self):
        stack = support.server("sqlite").stack
        for words in ((), ("rotate", "--batch", "0"), ("rotate", "--batch", "501"), ("measure",)):
            with self.subTest(words=words):
                self.assertNotEqual(run_vault(stack, *words)[0], 0)


if __name__ == "__main__":
    unittest.main()
