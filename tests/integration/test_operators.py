"""Operators over the wire and on the command line, on both engines.

Goal: who runs the installation sees its workspaces and suspends one; then nobody acts in it,
nothing is sent, webhooks are kept, and all goes on when it is resumed. Method: the real programs
with the simulated Meta; a message waits in the outbox while the workspace is suspended.
"""
import json
import subprocess
import time
import unittest

import support
from stack import Stack
from test_second_factor import totp

EMAIL = "olaf@wapi.example"
# Meta refuses for a moment, so that a message waits; then it is repeated soon.
QUICK = {**support.SETTINGS, "SEND_RETRY_MS": "300,300,300,300,300,300,300,300"}


class Operators:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(Stack(self.database_url(), QUICK))
        self.stack.set_up_account()
        self.workspace = self.stack.account.workspace["id"]
        self.token = self.create_and_log_in()

    def wapi(self, *words, password=None):
        return subprocess.run([str(self.stack.binaries / "wapi"), *words], text=True,
                              env=self.stack.environment, cwd=self.stack.folder, timeout=60,
                              input=password, capture_output=True, check=False)

    def create_and_log_in(self):
        done = self.wapi("user", "create", "--operator", "--email", EMAIL, "--name", "Olaf",
                         password=support.PASSWORD + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["email"], EMAIL)
        status, answer = self.call("POST", "/login", {"email": EMAIL,
                                                      "password": support.PASSWORD}, token="")
        self.assertEqual(status, 200, answer)
        return answer["token"]

    def call(self, method, path, body=None, token=None):
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return support.json_request(self.stack.wapi.port, method, "/api/v1/operator" + path, body,
                                    headers)

    def suspend(self, reason="Unpaid"):
        return self.call("POST", f"/workspaces/{self.workspace}/suspend", {"reason": reason})

    def resume(self):
        return self.call("POST", f"/workspaces/{self.workspace}/resume", {})

    def test_the_command_line_makes_lists_and_removes_operators(self):
        again = self.wapi("user", "create", "--operator", "--email", EMAIL,
                          password=support.PASSWORD + "\n")
        self.assertEqual((again.returncode, "already" in again.stderr), (1, True), again.stderr)
        weak = self.wapi("user", "create", "--operator", "--email", "uta@wapi.example",
                         password="short\n")
        self.assertEqual((weak.returncode, "10" in weak.stderr), (1, True), weak.stderr)
        listed = self.wapi("user", "list", "--operator").stdout
        self.assertEqual([json.loads(line)["email"] for line in listed.splitlines()], [EMAIL])
        self.assertEqual(self.call("GET", "/workspaces")[0], 200)
        gone = self.wapi("user", "remove", "--operator", "--email", EMAIL)
        self.assertEqual(gone.returncode, 0, gone.stderr)
        self.assertEqual(self.call("GET", "/workspaces")[0], 401)
        self.assertNotEqual(self.wapi("user", "create", "--email", "x@y.example").returncode, 0)

    def test_the_command_line_helps_who_has_lost_the_second_factor(self):
        me = self.stack.api("GET", "/auth/me")[1]["user"]["email"]
        reset = ("user", "reset-second-factor", "--email", me)
        off = self.wapi(*reset)
        self.assertEqual((off.returncode, "off" in off.stderr), (1, True), off.stderr)
        secret = self.stack.api("POST", "/auth/second-factor/enrol",
                                {"password": support.PASSWORD})[1]["secret"]
        self.assertEqual(self.stack.api("POST", "/auth/second-factor/confirm",
                                        {"code": totp(secret)})[0], 200)
        done = self.wapi(*reset)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout),
                         {"email": me, "reset": True, "secretRemoved": True})
        self.assertEqual(self.stack.api("GET", "/auth/me")[0], 401, "sessions have ended")
        status, answer = support.json_request(
            self.stack.wapi.port, "POST", "/api/v1/auth/login",
            {"email": me, "password": support.PASSWORD})
        self.assertEqual((status, "token" in answer), (200, True))
        unknown = self.wapi("user", "reset-second-factor", "--email", "nobody@example.com")
        self.assertEqual((unknown.returncode, "no account" in unknown.stderr), (1, True))

    def test_an_operator_sees_workspaces_and_nothing_in_them(self):
        status, answer = self.call("GET", "/workspaces")
        self.assertEqual(status, 200, answer)
        [one] = answer["workspaces"]
        self.assertEqual((one["id"], one["members"], one["numbers"], one["suspendedAt"]),
                         (self.workspace, 1, 1, None))
        for path in ("/contacts", "/auth/me", "/workspace", "/audit-logs", "/conversations"):
            status = support.json_request(self.stack.wapi.port, "GET", "/api/v1" + path, None,
                                          {"Authorization": f"Bearer {self.token}"})[0]
            self.assertEqual(status, 401, path)

    def test_in_a_suspended_workspace_nobody_acts_until_it_is_resumed(self):
        self.assertEqual(self.suspend()[0], 200)
        for method, path in (("GET", "/contacts"), ("GET", "/conversations"),
                             ("POST", "/messages/send"), ("PATCH", "/workspace")):
            status, answer = self.stack.api(method, path, {} if method != "GET" else None)
            self.assertEqual((status, answer["error"]["code"]), (403, "workspace_suspended"), path)
        status, answer = self.stack.api("GET", "/workspace")
        self.assertEqual((status, answer["suspended"], answer["suspendedReason"]),
                         (200, True, "Unpaid"))
        self.assertEqual(self.stack.api("GET", "/auth/me")[0], 200)
        other = support.json_request(self.stack.wapi.port, "POST", "/api/v1/auth/signup", {
            "name": "Nora", "email": "nora@example.com", "password": support.PASSWORD,
            "workspaceName": "Other"})[1]["token"]
        self.assertEqual(support.json_request(
            self.stack.wapi.port, "GET", "/api/v1/contacts", None,
            {"Authorization": f"Bearer {other}"})[0], 200)
        self.assertEqual(self.resume()[0], 200)
        self.assertEqual(self.stack.api("GET", "/contacts")[0], 200)
        logs = self.stack.api("GET", "/audit-logs?action=workspace.suspended")[1]["logs"]
        self.assertEqual((logs[0]["details"], logs[0]["actor"]["kind"]),
                         ({"reason": "Unpaid"}, "operator"))
        self.assertEqual(self.stack.api("GET", "/audit-logs?action=workspace.resumed")[1]["total"],
                         1)

    def test_an_operator_changes_plan_and_limit(self):
        path = f"/workspaces/{self.workspace}"
        status, answer = self.call("PATCH", path, {"plan": "pro", "ownLimit": 2345})
        self.assertEqual((status, answer["workspace"]["plan"], answer["workspace"]["ownLimit"]),
                         (200, "pro", 2345))
        [one] = self.call("GET", "/workspaces?q=SHOP&suspended=false")[1]["workspaces"]
        self.assertEqual((one["id"], one["requestsPerMinute"]), (self.workspace, 2345))
        self.assertEqual(self.stack.api("GET", "/workspace")[1]["plan"], "pro")
        status, answer = self.call("PATCH", path, {"ownLimit": None})
        self.assertEqual((status, answer["workspace"]["ownLimit"]), (200, None))
        for body in ({"plan": "gold"}, {"ownLimit": 0}, {"ownLimit": "many"}):
            self.assertEqual(self.call("PATCH", path, body)[0], 422, body)
        self.assertEqual(self.call("GET", "/workspaces?suspended=perhaps")[0], 422)
        entries = self.stack.api("GET", "/audit-logs?action=settings.updated")[1]["logs"]
        self.assertEqual({entry["actor"]["kind"] for entry in entries[:3]}, {"operator"})

    def test_an_operator_replays_and_discards_the_dead_letters_of_a_workspace(self):
        self.bury("wamid.broken")
        [letter] = self.call("GET", f"/dead-letters?workspaceId={self.workspace}")[1]["jobs"]
        self.assertEqual(letter["workspaceId"], self.workspace)
        queues = {one["name"]: one for one in self.call("GET", "/queues")[1]["queues"]}
        self.assertEqual(queues["webhooks"]["dead"], 1)
        [event] = self.call("GET", "/webhook-events")[1]["events"]
        self.assertEqual(event["id"], letter["eventId"])
        status, answer = self.call("POST", "/dead-letters/replay", {"ids": [letter["id"], "1"]})
        self.assertEqual((status, [one["error"] for one in answer["results"]]),
                         (200, [None, "dead_letter_not_found"]))
        [again] = self.wait_for_letters()
        self.assertEqual(again["id"], letter["id"], "it fails as before")
        self.assertEqual(self.call("POST", "/dead-letters/discard", {"ids": [again["id"]]})[0], 200)
        self.assertEqual(self.call("GET", "/dead-letters")[1]["jobs"], [])
        self.assertEqual(self.call("POST", "/webhook-events/replay",
                                   {"ids": [event["id"]], "workspaceId": self.workspace})[0], 202)
        actors = {entry["actor"]["kind"] for action in ("webhook.replayed", "webhook.discarded")
                  for entry in self.stack.api("GET", f"/audit-logs?action={action}")[1]["logs"]}
        self.assertIn("operator", actors)

    def bury(self, wamid):
        """A message that can never be applied, as it has no id."""
        message = support.text_message(wamid, "Lost?")
        del message["id"]
        self.assertEqual(self.stack.signed_webhook({
            "object": "whatsapp_business_account", "entry": [{
                "id": self.stack.account.waba_id, "changes": [{"field": "messages", "value": {
                    "messaging_product": "whatsapp", "metadata": {
                        "display_phone_number": "15550001111",
                        "phone_number_id": self.stack.account.phone_number_ids[0]},
                    "messages": [message]}}]}]}), 200)
        self.wait_for_letters()

    def wait_for_letters(self):
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while not (jobs := self.call("GET", "/dead-letters")[1]["jobs"]):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        return jobs

    def test_webhooks_of_a_suspended_workspace_are_kept_and_applied(self):
        self.suspend()
        server = support.Workspace("", "", self.workspace)
        server.phone_number_id = self.stack.account.phone_number_ids[0]
        body = {"object": "whatsapp_business_account", "entry": [{
            "id": self.stack.account.waba_id, "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550001111",
                             "phone_number_id": server.phone_number_id},
                "contacts": [{"profile": {"name": "Karl"}, "wa_id": support.CUSTOMER_PHONE}],
                "messages": [support.text_message("wamid.suspended", "Are you there?")]}}]}]}
        self.assertEqual(self.stack.signed_webhook(body), 200)
        self.stack.wait_until_idle()
        self.resume()
        conversations = self.stack.api("GET", "/conversations")[1]["conversations"]
        self.assertEqual(conversations[0]["lastMessage"]["body"], "Are you there?")

    def test_what_waits_in_the_outbox_does_not_leave_while_suspended(self):
        """A STOP's confirmation is due while nobody may send: it waits, and leaves afterwards."""
        self.suspend()
        number = self.stack.account.phone_number_ids[0]
        body = {"object": "whatsapp_business_account", "entry": [{
            "id": self.stack.account.waba_id, "changes": [{"field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "15550001111", "phone_number_id": number},
                "contacts": [{"profile": {"name": "Karl"}, "wa_id": support.CUSTOMER_PHONE}],
                "messages": [support.text_message("wamid.stop", "STOP")]}}]}]}
        self.assertEqual(self.stack.signed_webhook(body), 200)
        self.stack.wait_until_idle()
        self.wait_until_put_back()
        self.assertEqual(self.outbound(), {"queued"})

    def wait_until_put_back(self):
        """Until the sender has looked at the one message in the outbox and left it for later."""
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while True:
            outbox = self.stack.health()["outbox"]
            self.assertEqual(outbox["pending"] + outbox["delayed"], 1, "it is still there")
            if outbox["delayed"] == 1:
                return
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def outbound(self):
        """Statuses of what the workspace has to send, read where no permission is asked."""
        self.resume()
        talk = self.stack.api("GET", "/conversations")[1]["conversations"][0]["id"]
        messages = self.stack.api("GET", f"/conversations/{talk}/messages")[1]["messages"]
        return {one["status"] for one in messages if one["direction"] == "outbound"}


class OperatorsOnSqlite(Operators, unittest.TestCase):
    pass


class OperatorsOnPostgres(Operators, unittest.TestCase):
    database_url = staticmethod(support.new_postgres_url)


if __name__ == "__main__":
    unittest.main()
