"""Mail of the real program, to a real SMTP server, on both engines.

Goal: the links that people need arrive, work once, and are not lost when the mail server or the
program is down; no secret lies in the database or the log; without a mail server the program says
so. Method: aiosmtpd as the mail server, plain, with STARTTLS, with TLS and a password; it is
stopped, refuses and fails while wapi runs, and wapi is killed.
"""
import json
import socket
import tempfile
import time
import unittest
from pathlib import Path

import support
from alone import alone
from mail_server import PASSWORD as SMTP_PASSWORD
from mail_server import MailServer
from stack import Stack

NEW_PASSWORD = "one two three four"
ANN = "ann@shop.example"


class MailCase(unittest.TestCase):
    """A stack that sends to `self.mail`."""

    database_url = staticmethod(lambda: None)

    def begin(self, mail=None, **settings):
        self.mail = mail or MailServer()
        if self.mail.controller is None:
            self.mail.start()
        self.addCleanup(self.mail.stop)
        self.stack = self.enterContext(Stack(
            self.database_url(), {**support.SETTINGS, **self.mail.settings, **settings}))

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return support.json_request(self.stack.wapi.port, method, "/api/v1" + path, body, headers)

    def sign_up(self, email=ANN):
        status, answer = self.call("POST", "/auth/signup", {
            "name": "Ann Änderung", "email": email, "password": support.PASSWORD,
            "workspaceName": "Corner Shop"})
        self.assertEqual(status, 201, answer)
        return answer["token"]

    def wait_for_log(self, event):
        """Until the program has written that."""
        deadline = time.monotonic() + 30
        while event not in self.stack.wapi.log.read_text():
            self.assertLess(time.monotonic(), deadline, event)
            time.sleep(0.02)

    def log_in(self, password, email=ANN):
        return self.call("POST", "/auth/login", {"email": email, "password": password})[0]

    def ask(self, email=ANN):
        return self.call("POST", "/auth/password-reset", {"email": email})

    def reset(self, token, password=NEW_PASSWORD):
        return self.call("POST", "/auth/password-reset/confirm",
                         {"token": token, "newPassword": password})


class Links:
    """What people do by mail; the classes below give the engine."""

    def setUp(self):
        self.begin()

    def test_a_signup_is_followed_by_a_mail_that_verifies_the_address(self):
        token = self.sign_up()
        self.assertFalse(self.call("GET", "/auth/me", token=token)[1]["user"]["emailVerified"])
        mail = self.mail.wait_for(ANN)
        self.assertEqual(mail.sender, "mail@shop.example")
        [sender] = mail.message["From"].addresses
        self.assertEqual((sender.display_name, sender.addr_spec),
                         ("Corner Shop", "mail@shop.example"))
        self.assertEqual(mail.message["Subject"], "Confirm your e-mail address")
        self.assertTrue(mail.text.startswith("Hello Ann Änderung,"), mail.text)
        self.assertIn("https://wapi.example/app/verify-email#token=", mail.text)
        confirm = {"token": mail.token}
        self.assertEqual(self.call("POST", "/auth/email-verification/confirm", confirm)[0], 200)
        self.assertTrue(self.call("GET", "/auth/me", token=token)[1]["user"]["emailVerified"])
        status, answer = self.call("POST", "/auth/email-verification/confirm", confirm)
        self.assertEqual((status, answer["error"]["code"]), (404, "link_invalid"))
        status, answer = self.call("POST", "/auth/email-verification", {}, token)
        self.assertEqual((status, answer["emailVerified"]), (200, True))

    def test_a_forgotten_password_is_replaced_and_every_session_ends(self):
        token = self.sign_up()
        self.mail.wait_for(ANN)
        self.assertEqual(self.ask()[0], 202)
        link = self.mail.wait_for(ANN, 2)
        self.assertEqual(link.message["Subject"], "Choose a new password")
        self.assertEqual(self.reset(link.token, "short")[0], 422)
        self.assertEqual(self.reset(link.token)[0], 200)
        self.assertEqual(self.call("GET", "/auth/me", token=token)[0], 401)
        self.assertEqual(self.log_in(support.PASSWORD), 401)
        self.assertEqual(self.log_in(NEW_PASSWORD), 200)
        self.assertEqual(self.reset(link.token, "four three two one")[0], 404)
        self.assertEqual(self.mail.wait_for(ANN, 3).message["Subject"],
                         "Your password was changed")

    def test_a_change_of_the_password_voids_the_link_and_is_told_by_mail(self):
        token = self.sign_up()
        self.mail.wait_for(ANN)
        self.ask()
        link = self.mail.wait_for(ANN, 2)
        self.assertEqual(self.call("POST", "/auth/password", {
            "currentPassword": support.PASSWORD, "newPassword": NEW_PASSWORD}, token)[0], 200)
        self.assertEqual(self.reset(link.token, "four three two one")[0], 404)
        self.assertEqual(self.log_in(NEW_PASSWORD), 200)
        self.assertEqual(self.mail.wait_for(ANN, 3).message["Subject"],
                         "Your password was changed")

    def test_asking_tells_nobody_who_has_an_account(self):
        self.sign_up()
        known, unknown = self.ask(), self.ask("nobody@shop.example")
        self.assertEqual(known, unknown)
        self.mail.wait_for(ANN, 2)
        self.assertEqual({to for mail in self.mail.mails for to in mail.recipients}, {ANN})

    def test_an_invite_arrives_and_its_link_lets_join(self):
        token = self.sign_up()
        status, answer = self.call("POST", "/admin/team/invite",
                                   {"email": "adam@shop.example", "role": "agent"}, token)
        self.assertEqual((status, answer["mailed"]), (201, True))
        mail = self.mail.wait_for("adam@shop.example")
        self.assertEqual(mail.message["Subject"], "Ann Änderung invites you to Corner Shop")
        self.assertIn(answer["link"], mail.text)
        status, answer = self.call("POST", "/auth/accept-invite", {
            "token": mail.token, "name": "Adam", "password": NEW_PASSWORD})
        self.assertEqual(status, 201, answer)

    def test_mails_outlive_a_mail_server_that_is_down_and_a_killed_program(self):
        self.sign_up()
        self.mail.wait_for(ANN)
        self.mail.stop()
        self.stack.restart({"MAIL_RETRY_MS": "3000,3000,3000,3000"})
        self.assertEqual(self.ask()[0], 202)
        self.wait_for_log("mail.not_sent")
        self.stack.kill9()
        self.mail.start()
        self.stack.start_wapi()
        link = self.mail.wait_for(ANN, 2)
        self.assertEqual(self.reset(link.token)[0], 200)

    def test_a_mail_server_that_comes_back_gets_what_waited(self):
        self.mail.stop()
        self.sign_up()
        self.wait_for_log("mail.not_sent")
        health = self.stack.health()["mail"]
        self.assertEqual(health["pending"] + health["delayed"], 1)
        self.mail.start()
        self.assertIn("#token=", self.mail.wait_for(ANN).text)

    def test_a_mail_that_is_refused_for_good_is_a_dead_letter_and_one_for_now_is_not(self):
        self.mail.answers += ["450 later", "250 OK", "550 no such box"]
        self.sign_up()
        self.mail.wait_for(ANN)
        self.sign_up("gone@shop.example")
        deadline = time.monotonic() + 30
        letters = []
        while not letters and time.monotonic() < deadline:
            letters = [json.loads(line) for line in
                       self.stack.command("dead-letters", "list").splitlines()]
        self.assertEqual([(one["queue"], one["kind"]) for one in letters],
                         [("mail", "email_verification")])
        self.assertIn("550", letters[0]["lastError"])
        self.assertNotIn("gone@shop.example", json.dumps(letters))
        self.stack.command("dead-letters", "replay", letters[0]["id"])
        self.assertIn("#token=", self.mail.wait_for("gone@shop.example").text)


class LinksOnSqlite(Links, MailCase):
    def test_no_token_is_in_the_database_or_the_log(self):
        token = self.sign_up()
        self.mail.wait_for(ANN)
        self.ask()
        self.mail.wait_for(ANN, 2)
        answer = self.call("POST", "/admin/team/invite",
                           {"email": "adam@shop.example", "role": "agent"}, token)[1]
        self.mail.wait_for("adam@shop.example")
        secrets = [mail.token for mail in self.mail.mails]
        self.assertIn(answer["link"].split("#token=")[1], secrets)
        self.stack.wapi.stop()
        written = b"".join(path.read_bytes() for path in self.stack.folder.rglob("*")
                           if path.is_file())
        self.assertIn(ANN.encode(), written, "the canary: what is there is found")
        self.assertEqual([one for one in secrets if one.encode() in written], [])


class LinksOnPostgres(Links, MailCase):
    database_url = staticmethod(support.new_postgres_url)


class Transport(MailCase):
    """Encryption and passwords between wapi and the mail server."""

    def secure(self, how, **options):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="wapi-mail-")))
        return MailServer(secure=how, folder=folder, **options)

    def test_starttls_is_used_where_it_is_offered(self):
        self.begin(self.secure("starttls"))
        self.sign_up()
        self.assertTrue(self.mail.wait_for(ANN).encrypted)

    def test_smtps_with_a_password(self):
        self.begin(self.secure("smtps", password=True), LOG_LEVEL="debug")
        self.sign_up()
        self.assertTrue(self.mail.wait_for(ANN).encrypted)
        self.assertEqual(set(self.mail.logins), {True})
        self.stack.wapi.stop()
        self.assertNotIn(SMTP_PASSWORD, self.stack.wapi.log.read_text())

    def test_a_certificate_that_is_not_trusted_gets_no_mail(self):
        for how in ("starttls", "smtps"):
            with self.subTest(how=how):
                self.begin(self.secure(how), SMTP_CA_FILE="", MAIL_RETRY_MS="50")
                self.sign_up()
                self.wait_for_dead()
                self.assertEqual(self.mail.mails, [])

    def test_a_wrong_password_is_tried_again(self):
        mail = MailServer(password=True)
        self.begin(mail, SMTP_URL=f"smtp://mailer%40shop.example:wrong@127.0.0.1:{mail.port}",
                   MAIL_RETRY_MS="50")
        self.sign_up()
        self.wait_for_dead()
        self.assertEqual(mail.logins.count(False), 2)
        self.assertEqual(mail.mails, [])

    @alone
    def test_a_mail_server_that_is_silent_does_not_hold_up_the_end(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(30)
            self.begin(SMTP_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
            self.sign_up()
            with silent.accept()[0]:
                begin = time.monotonic()
                self.stack.wapi.stop()
                self.assertLess(time.monotonic() - begin, 8)
        self.stack.restart(self.mail.settings)
        letters = self.stack.command("dead-letters", "list")
        self.assertEqual(letters, "", "given up for now, not for good")

    def wait_for_dead(self):
        deadline = time.monotonic() + 30
        while not self.stack.command("dead-letters", "list"):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)


class NotSetUp(unittest.TestCase):
    """Without SMTP_URL."""

    def test_without_a_mail_server_the_program_says_so_and_writes_no_link(self):
        with Stack(environment={**support.SETTINGS, "MAIL_TO_LOG": "false"}) as stack:
            stack.sign_up()
            for email in ("owner@example.com", "nobody@example.com"):
                status, answer = stack.api("POST", "/auth/password-reset", {"email": email})
                self.assertEqual((status, answer["error"]["code"]), (501, "mail_not_set_up"))
            status, answer = stack.api("POST", "/admin/team/invite",
                                       {"email": "adam@example.com", "role": "agent"})
            self.assertEqual((status, answer["mailed"]), (201, False))
            stack.wapi.stop()
            self.assertNotIn("token=", stack.wapi.log.read_text())

    def test_for_development_mails_are_in_the_log(self):
        environment = {**support.SETTINGS, "MAIL_TO_LOG": "true", "LOG_LEVEL": "info"}
        with Stack(environment=environment) as stack:
            stack.sign_up()
            deadline = time.monotonic() + 30
            while "/verify-email#token=" not in stack.wapi.log.read_text():
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.02)
            self.assertIn("MAIL_TO_LOG", stack.wapi.log.read_text())


if __name__ == "__main__":
    unittest.main()
