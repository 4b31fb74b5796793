"""Nothing the programs write shows a secret: logs at debug, database, answers, commands.

Goal: promise 9, for every secret of an installation, on both engines and with AWS. Method: a shop
does what touches secrets, well and badly: connecting, sending, refused and damaged tokens, rotating
the master key; every answer and output is kept beside the logs, and all of it is searched for every
secret in plain, hexadecimal and base64. Secrets that are planted must be found.
"""
import json
import secrets
import subprocess
import sys
import unittest
from pathlib import Path

from shop import PROJECT, Shop

sys.path.insert(0, str(PROJECT / "tests/integration"))
from aws_stand_in import AwsStandIn  # noqa: E402
from leaks import search  # noqa: E402
from vault_rows import Rows, unwrap  # noqa: E402

PASSWORD = "correct horse battery staple"
KNOWN = "Corner Shop"  # is in every database
BAD_TOKEN = "EAAGnotATokenOfThisMeta" + secrets.token_hex(8)


class Kept:
    """Everything that a caller or operator of the stack saw, in files beside its logs."""

    def __init__(self, stack):
        self.stack = stack
        self.answers = stack.folder / "answers.log"
        self.outputs = stack.folder / "outputs.log"
        self.plain_api = stack.api
        stack.api = self.api

    def api(self, method, path, body=None, headers=None):
        status, answer = self.plain_api(method, path, body, headers)
        with open(self.answers, "a", encoding="utf-8") as file:
            file.write(f"{method} {path} {status} {json.dumps(answer)}\n")
        return status, answer

    def run(self, *words, **settings):
        done = subprocess.run([str(self.stack.binaries / "wapi"), *words], cwd=self.stack.folder,
                              env={**self.stack.environment, **settings}, capture_output=True,
                              text=True, timeout=60, check=False)
        with open(self.outputs, "a", encoding="utf-8") as file:
            file.write(f"{words} {done.returncode}\n{done.stdout}\n{done.stderr}\n")
        return done.returncode


class Leaks:
    """The tests; the classes below give the engine and the store."""

    engine = ""
    aws = None
    data_keys_expected = 1

    def setUp(self):
        settings = {"LOG_LEVEL": "debug", "VAULT_CACHE_MS": "0"}
        self.shop = self.enterContext(Shop(self.engine, {**settings, **self.aws_settings()}))
        self.stack = self.shop.stack
        self.kept = Kept(self.stack)
        self.waba_id, self.number, self.token = self.stack.sim_credentials()
        self.api_key = ""
        self.old_key = self.stack.environment["TOKEN_MASTER_KEY"]

    def aws_settings(self):
        return {}

    def all_secrets(self):
        found = {"access token": self.token, "refused token": BAD_TOKEN, "password": PASSWORD,
                 "app secret": self.stack.app_secret, "verify token": self.stack.verify_token}
        for name in ("TOKEN_MASTER_KEY", "TOKEN_MASTER_KEY_PREVIOUS"):
            found[name] = self.stack.environment[name]
            found[f"bytes of {name}"] = bytes.fromhex(self.stack.environment[name])
        found["API key"] = self.api_key[18:]  # what follows the prefix, which is shown
        found |= self.data_keys()
        for name in ("JWT_SECRET", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            if name in self.stack.environment:
                found[name] = self.stack.environment[name]
        return found

    def data_keys(self):
        """The key that seals the workspace's secrets, which only the master key's holder knows."""
        master_key = bytes.fromhex(self.stack.environment["TOKEN_MASTER_KEY"])
        rows = Rows(self.shop.sql, self.engine == "postgres").read()
        self.assertEqual(len(rows), self.data_keys_expected)
        opened = {f"data key {number}": unwrap(master_key, row[0], row[2])
                  for number, row in enumerate(rows)}
        self.assertNotIn(None, opened.values())
        return opened

    def live(self):
        """What touches secrets, well and badly."""
        customer = self.shop.new_customer()
        self.assertIn(self.shop.send(customer, "Your order is ready")[0], (200, 202))
        self.stack.api("POST", "/onboarding/connect", {
            "wabaId": self.waba_id, "phoneNumberId": self.number, "accessToken": BAD_TOKEN,
            "pin": "482915"})
        self.stack.api("POST", "/onboarding/connect", {
            "wabaId": self.waba_id, "phoneNumberId": self.number, "accessToken": self.token})
        for path in ("/workspace", "/onboarding/esb/status", "/audit-logs", "/auth/me",
                     "/queues/status", "/templates", "/no-such-path"):
            self.stack.api("GET", path)
        self.stack.api("POST", "/auth/login", {"email": "owner@example.com", "password": PASSWORD})
        self.stack.api("POST", "/auth/login", {"email": "owner@example.com", "password": "wrong"})
        self.use_api_key()
        self.stack.signed_webhook({"object": "whatsapp_business_account", "entry": []}, "forged")
        self.rotate()
        self.damage()
        self.shop.wait_until_outbox_is_empty()

    def use_api_key(self):
        """The answer that shows the key is the only one that is not kept."""
        status, answer = self.kept.plain_api("POST", "/api-keys", {
            "name": "Till", "permissions": ["viewContacts"]})
        self.assertEqual(status, 201, answer)
        self.api_key = answer["secret"]
        for token, status in ((self.api_key, 200), (self.api_key + "0", 401)):
            for method, path in (("GET", "/contacts"), ("GET", "/api-keys")):
                got = self.stack.api(method, path, None, {"Authorization": f"Bearer {token}"})[0]
                self.assertEqual(got, 403 if (path, status) == ("/api-keys", 200) else status)
        self.stack.api("GET", "/api-keys")

    def rotate(self):
        self.stack.restart({"TOKEN_MASTER_KEY": secrets.token_hex(32),
                            "TOKEN_MASTER_KEY_PREVIOUS": self.old_key})
        for words in (("vault", "rotate"), ("vault", "status"), ("audit", "verify"), ("routes",),
                      ("vault", "measure", "--reads", "3", "--name", f"token:{self.waba_id}",
                       "--workspace", self.stack.account.workspace["id"])):
            self.assertEqual(self.kept.run(*words), 0, words)
        broken = self.stack.environment["TOKEN_MASTER_KEY"][:-1] + "g"
        self.assertEqual(self.kept.run("serve", TOKEN_MASTER_KEY=broken), 1)
        self.assertEqual(self.kept.run("serve", TOKEN_MASTER_KEY_PREVIOUS=broken), 1)

    def damage(self):
        """A secret that does not open; at AWS one that cannot be read."""
        self.shop.sql("UPDATE vault_secrets SET version = version + 1")
        status, answer = self.stack.api("POST", "/templates/sync", {})
        self.assertEqual((status, answer["error"]["code"]), (500, "vault_secret_invalid"))

    def test_no_secret_is_in_anything_that_was_written(self):
        self.live()
        self.assertTrue(self.kept.answers.read_text() and self.kept.outputs.read_text())
        for name, secret in self.all_secrets().items():
            with self.subTest(secret=name):
                search(self.stack, secret, KNOWN)

    def test_a_planted_secret_is_found(self):
        for place in (self.kept.answers, self.kept.outputs, self.stack.wapi.log):
            before = place.read_bytes() if place.exists() else b""
            place.write_bytes(before + f'{{"token":"{self.token}"}}\n'.encode())
            with self.subTest(place=place.name), self.assertRaisesRegex(AssertionError, place.name):
                search(self.stack, self.token, KNOWN)
            place.write_bytes(before + b"-\n")
        self.shop.sql("UPDATE workspaces SET settings = '{\"x\":\"" + self.token + "\"}'")
        with self.assertRaisesRegex(AssertionError, "token found in"):
            search(self.stack, self.token, KNOWN)

    def test_the_server_leaves_no_core_file(self):
        limits = Path(f"/proc/{self.stack.wapi.pid}/limits").read_text().splitlines()
        core = next(line for line in limits if line.startswith("Max core file size"))
        self.assertEqual(core.split()[4:6], ["0", "0"])


class LeaksOnSqlite(Leaks, unittest.TestCase):
    engine = "sqlite"


class LeaksOnPostgres(Leaks, unittest.TestCase):
    engine = "postgres"


class LeaksWithAws(Leaks, unittest.TestCase):
    engine = "sqlite"
    data_keys_expected = 0

    def aws_settings(self):
        self.aws = self.enterContext(AwsStandIn())
        return self.aws.settings

    def damage(self):
        self.aws.fail("AccessDeniedException", 1)
        status, answer = self.stack.api("POST", "/templates/sync", {})
        self.assertEqual((status, answer["error"]["code"]), (500, "secret_store_refused"))
        held = self.aws.state()["secrets"][f"wapi-tokens-{self.stack.account.workspace['id']}"]
        self.assertIn(self.token, held.values())


if __name__ == "__main__":
    unittest.main()
