"""Backups as an operator makes them beside the running server, on both engines.

Goal: everything that was acknowledged before a backup is in it, with secrets sealed; it is restored
whole or not at all, and refused where it does not fit; a kill leaves no file under its name.
Method: the real program under load and with signals, then a second server on what was restored.
"""
import json
import random
import secrets
import signal
import stat
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

import support
from stack import Stack

KILLS = 12


def body_of(stack, number: int) -> dict:
    """A text of a customer of their own."""
    phone = f"43660{number:07d}"
    message = {"from": phone, "id": f"wamid.BACKUP.{number}", "timestamp": str(int(time.time())),
               "type": "text", "text": {"body": f"text {number}"}}
    value = {"messaging_product": "whatsapp", "messages": [message],
             "metadata": {"display_phone_number": "15550001111",
                          "phone_number_id": stack.account.phone_number_ids[0]},
             "contacts": [{"wa_id": phone, "profile": {"name": f"Customer {number}"}}]}
    return {"object": "whatsapp_business_account",
            "entry": [{"id": stack.account.waba_id,
                       "changes": [{"field": "messages", "value": value}]}]}


class Load(threading.Thread):
    """Delivers webhooks one after another and counts those that were answered 200."""

    def __init__(self, stack) -> None:
        super().__init__(daemon=True)
        self.stack, self.acknowledged, self.stopped = stack, 0, False

    def run(self) -> None:
        while not self.stopped:
            if self.stack.signed_webhook(body_of(self.stack, self.acknowledged)) == 200:
                self.acknowledged += 1


class Backups:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(Stack(self.database_url(), support.SETTINGS))
        self.stack.set_up_account()
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "shop.backup"

    def wapi(self, *words, **settings):
        """Exit code, what was printed, and the error."""
        done = subprocess.run([str(self.stack.binaries / "wapi"), *words], cwd=self.folder,
                              env={**self.stack.environment, **settings}, capture_output=True,
                              text=True, timeout=120, check=False)
        return done.returncode, done.stdout, done.stderr

    def elsewhere(self) -> dict:
        """Settings of a server with a place of its own and nothing in it."""
        url = self.database_url()
        if url:
            return {"DATABASE_URL": url}
        return {"WAPI_DATA_DIR": str(self.folder / f"data-{secrets.token_hex(4)}")}

    def backup(self) -> dict:
        code, printed, error = self.wapi("backup", str(self.file))
        self.assertEqual(code, 0, error)
        return json.loads(printed)

    def load(self) -> Load:
        load = Load(self.stack)
        load.start()
        while load.acknowledged < 50:
            time.sleep(0.01)
        return load

    def test_what_was_acknowledged_before_is_served_after(self):
        load = self.load()
        before = load.acknowledged
        made = self.backup()
        load.stopped = True
        load.join()
        self.assertTrue(made["backedUp"])
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o600)
        place = self.elsewhere()
        code, printed, error = self.wapi("restore", str(self.file), **place)
        self.assertEqual(code, 0, error)
        self.assertEqual(json.loads(printed)["sha256"], made["sha256"])
        code, printed, error = self.wapi("audit", "verify", **place)
        self.assertEqual(code, 0, error + printed)
        self.stack.wapi.stop()
        self.stack.restart(place)
        self.assert_served(before)

    def assert_served(self, acknowledged: int) -> None:
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while self.stack.pending() and time.monotonic() < deadline:
            time.sleep(0.05)
        for number in (0, acknowledged // 2, acknowledged - 1):
            phone = f"43660{number:07d}"
            status, page = self.stack.api("GET", f"/contacts?phone=%2B{phone}")
            self.assertEqual(status, 200, page)
            self.assertEqual(len(page["contacts"]), 1, phone)
        status, answer = self.stack.api("POST", "/templates/sync", {})
        self.assertEqual(status, 200, f"the token must open: {answer}")

    def test_secrets_are_sealed_in_it(self):
        self.stack.signed_webhook(body_of(self.stack, 1))
        made = self.backup()
        content = self.file.read_bytes()
        environment = self.stack.environment
        for name in ("TOKEN_MASTER_KEY", "JWT_SECRET", "META_APP_SECRET", "META_VERIFY_TOKEN"):
            for form in (environment[name].encode(), environment[name].upper().encode()):
                self.assertNotIn(form, content, name)
        self.assertNotIn(bytes.fromhex(environment["TOKEN_MASTER_KEY"]), content)
        self.assertNotIn(b"EAAJ", content, "an access token")
        status = json.loads(self.wapi("vault", "status")[1])
        self.assertEqual(made["masterKeyIds"], [status["currentKeyId"]])

    def test_a_restore_says_what_does_not_fit_and_changes_nothing(self):
        self.backup()
        code, _printed, error = self.wapi("restore", str(self.file))
        self.assertEqual(code, 1)
        self.assertIn("already", error)
        place = self.elsewhere()
        other = secrets.token_hex(32)
        code, _printed, error = self.wapi("restore", str(self.file), TOKEN_MASTER_KEY=other,
                                          **place)
        self.assertEqual(code, 1)
        for words in ("TOKEN_MASTER_KEY", "--without-secrets"):
            self.assertIn(words, error)
        self.assertNotIn(other, error)
        self.assertNotIn(self.stack.environment["TOKEN_MASTER_KEY"], error)
        previous = {"TOKEN_MASTER_KEY": other,
                    "TOKEN_MASTER_KEY_PREVIOUS": self.stack.environment["TOKEN_MASTER_KEY"]}
        self.assertEqual(self.wapi("restore", str(self.file), **previous, **place)[0], 0)
        whole = self.file.read_bytes()
        self.file.write_bytes(whole[:-10])
        code, _printed, error = self.wapi("restore", str(self.file), "--force", **place)
        self.assertEqual(code, 1)
        self.assertIn("cut off", error)

    def test_without_the_master_key_the_rest_is_restored(self):
        self.stack.signed_webhook(body_of(self.stack, 7))
        self.backup()
        place = {**self.elsewhere(), "TOKEN_MASTER_KEY": secrets.token_hex(32)}
        code, _printed, error = self.wapi("restore", str(self.file), "--without-secrets", **place)
        self.assertEqual(code, 0, error)
        self.stack.restart(place)
        status, found = self.stack.api("GET", "/onboarding/status")
        self.assertEqual(status, 200, found)
        self.assertIn("reconnect_needed", json.dumps(found))

    def test_a_kill_leaves_no_half_file_under_the_name(self):
        for number in range(300):
            self.assertEqual(self.stack.signed_webhook(body_of(self.stack, number)), 200)
        begin = time.monotonic()
        self.backup()
        took = time.monotonic() - begin
        chance = random.Random(1)
        whole = 0
        for attempt in range(KILLS):
            file = self.folder / f"killed-{attempt}"
            process = subprocess.Popen([str(self.stack.binaries / "wapi"), "backup", str(file)],
                                       cwd=self.folder, env=self.stack.environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, took))
            process.send_signal(signal.SIGKILL)
            process.wait()
            if file.exists():
                whole += 1
                code, _printed, error = self.wapi("restore", str(file), **self.elsewhere())
                self.assertEqual(code, 0, error)
        self.assertLess(whole, KILLS, "no kill came in time: the test shows nothing")


class BackupsOnSqlite(Backups, unittest.TestCase):
    def test_a_restore_beside_a_running_server_is_refused(self):
        self.stack.signed_webhook(body_of(self.stack, 1))
        self.backup()
        code, _printed, error = self.wapi("restore", str(self.file), "--force")
        self.assertEqual(code, 1)
        self.assertIn("stop all servers", error)
        self.stack.signed_webhook(body_of(self.stack, 2))
        self.assertEqual(self.contacts_of(1, 2), [1, 1])
        self.stack.kill9()
        code, _printed, error = self.wapi("restore", str(self.file), "--force")
        self.assertEqual(code, 0, error)
        code, printed, error = self.wapi("audit", "verify")
        self.assertEqual(code, 0, error + printed)
        self.stack.start_wapi()
        self.assertEqual(self.contacts_of(1, 2), [1, 0])

    def contacts_of(self, *numbers: int) -> list[int]:
        """How many contacts each has, once no webhook waits."""
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while self.stack.pending() and time.monotonic() < deadline:
            time.sleep(0.05)
        return [len(self.stack.api("GET", f"/contacts?phone=%2B43660{number:07d}")[1]["contacts"])
                for number in numbers]


class BackupsOnPostgres(Backups, unittest.TestCase):
    @staticmethod
    def database_url():
        return support.new_postgres_url()

    def test_a_restore_beside_a_running_server_is_refused(self):
        self.backup()
        code, _printed, error = self.wapi("restore", str(self.file), "--force")
        self.assertEqual(code, 1)
        self.assertIn("stop all servers", error)


if __name__ == "__main__":
    unittest.main()
