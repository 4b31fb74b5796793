"""Rate limits of the real program: what a client sees, and what an operator changes meanwhile.

Goal: a workspace over its limit gets 429 with what it needs to know, another feels nothing, Meta
and the health page are never limited, and `wapi limits` takes effect on the running server within
the time it promises, with an audit entry. Method: the program with the product's own limits, on
both engines; requests over the wire, the command line beside the server.
"""
import json
import time
import unittest
import uuid

import support
from stack import Stack, http_request, json_request
from test_operator import run_wapi

FOLLOWS_SECONDS = 5.0  # limits_kept
MARGIN_SECONDS = 10.0  # for a slow machine
FREE_PER_MINUTE = 100
LOGIN_PER_MINUTE = 60
PLATFORM_LOG = str(uuid.UUID(int=0))


class Limits:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(
            Stack(self.database_url(), support.SETTINGS, own_limits=True))
        self.loud = self.sign_up("loud@example.com")
        self.quiet = self.sign_up("quiet@example.com")

    def sign_up(self, email):
        status, answer = json_request(self.stack.wapi.port, "POST", "/api/v1/auth/signup", {
            "name": "Olga", "email": email, "password": support.PASSWORD, "workspaceName": "Shop"})
        self.assertEqual(status, 201, answer)
        return support.Workspace(email, answer["token"], answer["workspace"]["id"])

    def ask(self, workspace, path="/contacts?limit=1"):
        """Status, header fields and parsed body of a request of the workspace's owner."""
        status, fields, body = http_request(
            self.stack.wapi.port, "GET", "/api/v1" + path,
            headers={"Authorization": f"Bearer {workspace.token}"})
        return status, fields, json.loads(body)

    def use_up(self, workspace):
        """Asks until it is refused; gives the refusal."""
        for _ in range(2 * FREE_PER_MINUTE):
            status, fields, body = self.ask(workspace)
            if status != 200:
                return status, fields, body
        return self.fail("never refused")

    def operator(self, *words, code=0):
        got, lines, error = run_wapi(self.stack, "limits", *words)
        self.assertEqual(got, code, error)
        return lines if code == 0 else error

    def wait_for_limit(self, workspace, limit):
        """Seconds until answers show this limit."""
        begin = time.monotonic()
        while True:
            shown = int(self.ask(workspace)[1]["X-RateLimit-Limit"])
            taken = time.monotonic() - begin
            if shown == limit:
                return taken
            self.assertLess(taken, FOLLOWS_SECONDS + MARGIN_SECONDS, f"still {shown}")
            time.sleep(0.5)

    def test_over_the_limit_it_is_429_and_another_workspace_feels_nothing(self):
        before = time.time()
        status, fields, _ = self.ask(self.loud)
        self.assertEqual((status, fields["X-RateLimit-Limit"], fields["X-RateLimit-Remaining"]),
                         (200, "100", "99"))
        self.assertLessEqual(abs(int(fields["X-RateLimit-Reset"]) - before), 5)
        status, fields, body = self.use_up(self.loud)
        self.assertEqual((status, body["error"]["code"]), (429, "rate_limited"))
        self.assertEqual(fields["X-RateLimit-Remaining"], "0")
        self.assertGreaterEqual(int(fields["Retry-After"]), 1)
        self.assertGreater(int(fields["X-RateLimit-Reset"]), time.time() + 30)
        self.assertEqual(int(self.ask(self.quiet)[1]["X-RateLimit-Remaining"]), 99)
        time.sleep(int(fields["Retry-After"]))
        self.assertEqual(self.ask(self.loud)[0], 200, "who waits as told is let through")
        self.assertGreaterEqual(self.stack.metric('wapi_rate_limited_total{class="workspace"}'), 1)

    def test_a_send_over_the_limit_is_refused_before_its_body_is_looked_at(self):
        self.use_up(self.loud)
        status, answer = json_request(self.stack.wapi.port, "POST", "/api/v1/messages/send",
                                      {"nonsense": True},
                                      {"Authorization": f"Bearer {self.loud.token}"})
        self.assertEqual((status, answer["error"]["code"]), (429, "rate_limited"))

    def test_nobody_is_told_401_also_over_the_limit(self):
        self.use_up(self.loud)
        self.assertEqual(self.ask(support.Workspace("", "wrong", ""))[0], 401)

    def test_health_and_webhooks_are_never_limited(self):
        event = {"object": "whatsapp_business_account", "entry": []}
        for _ in range(2 * FREE_PER_MINUTE):
            self.assertEqual(self.stack.signed_webhook(event), 200)
            status, fields, _ = http_request(self.stack.wapi.port, "GET", "/api/v1/health")
            self.assertEqual(status, 200)
            self.assertNotIn("X-RateLimit-Limit", fields)

    def submit(self, form):
        """Status and header fields of a form that no handler could read."""
        status, fields, _ = http_request(self.stack.wapi.port, "POST", f"/api/v1/auth/{form}", b"{",
                                         {"Content-Type": "application/json"})
        return status, fields

    def test_each_group_of_forms_has_its_own_limit(self):
        self.operator("set-form", "other", "61")  # to tell it from that of the login
        time.sleep(FOLLOWS_SECONDS)
        limits = {form: self.submit(form)[1]["X-RateLimit-Limit"]
                  for form in ("signup", "login", "refresh", "logout")}
        self.assertEqual(limits, {"signup": "20", "login": str(LOGIN_PER_MINUTE),
                                  "refresh": "300", "logout": "300"})

    def test_a_public_form_is_limited_by_address_before_its_body_is_looked_at(self):
        statuses = []
        for _ in range(LOGIN_PER_MINUTE + 20):
            status, fields = self.submit("login")
            statuses.append(status)
        self.assertEqual((statuses[0], statuses[-1]), (400, 429))
        self.assertGreaterEqual(statuses.count(400), LOGIN_PER_MINUTE)
        self.assertEqual(fields["X-RateLimit-Limit"], str(LOGIN_PER_MINUTE))
        self.assertEqual(self.ask(self.loud)[0], 200, "sessions are another matter")

    def test_an_operators_change_is_in_force_within_seconds_and_audited(self):
        self.use_up(self.loud)
        self.operator("set-workspace", self.loud.workspace_id, "700")
        self.assertLess(self.wait_for_limit(self.loud, 700), FOLLOWS_SECONDS + MARGIN_SECONDS)
        self.operator("set-plan", "free", "300", "--per-key", "50")
        self.wait_for_limit(self.quiet, 300)
        self.assertEqual(self.ask(self.loud)[1]["X-RateLimit-Limit"], "700")
        self.operator("clear", "--workspace", self.loud.workspace_id)
        self.wait_for_limit(self.loud, 300)
        logs = self.ask(self.loud, "/audit-logs?action=settings.updated")[2]["logs"]
        self.assertEqual([entry["details"]["perMinute"] for entry in logs], [300, 700])
        code, lines, error = run_wapi(self.stack, "audit", "verify")
        self.assertEqual(code, 0, error)
        entries = {line["workspaceId"]: line["entries"] for line in lines}
        self.assertEqual(entries[PLATFORM_LOG], 2, "the plan's figure, and that of its keys")

    def test_the_operator_sees_what_is_in_force_and_wrong_words_change_nothing(self):
        shown = {(line["kind"], line["name"]): line for line in self.operator("show")}
        self.assertEqual(shown["plan", "enterprise"]["perMinute"], 10_000)
        self.assertEqual(shown["form", "login"]["perMinute"], LOGIN_PER_MINUTE)
        self.assertIsNone(shown["plan", "free"]["changedAt"])
        for words, sentence in (
                (("set-plan", "gold", "5"), "There are only these: free, starter, pro, enterprise"),
                (("set-plan", "free", "0"), "From 1 to 1000000"),
                (("set-plan", "free", "50", "--per-key", "0"), "From 1 to 1000000"),
                (("set-form", "free", "5"),
                 "signup, login, session, other, operator, unauthorized"),
                (("set-workspace", "nobody", "5"), "no such workspace"),
                (("show", "--workspace", "nobody"), "no such workspace"),
                (("clear", "--plan", "free"), "the default already")):
            with self.subTest(words=words):
                self.assertIn(sentence, self.operator(*words, code=1))
        self.assertEqual(self.operator("show"), list(shown.values()))
        line = self.operator("set-form", "login", "5")[0]
        self.assertEqual((line["perMinuteBefore"], line["perMinute"]), (60, 5))
        self.operator("set-workspace", self.loud.workspace_id, "7")
        line = self.operator("show", "--workspace", self.loud.workspace_id)[0]
        self.assertEqual((line["perMinute"], line["changedAt"] is None), (7, False))
        self.assertIn(line, self.operator("show"))


class LimitsOnSqlite(Limits, unittest.TestCase):
    pass


class LimitsOnPostgres(Limits, unittest.TestCase):
    @staticmethod
    def database_url():
        return support.new_postgres_url()


if __name__ == "__main__":
    unittest.main()
