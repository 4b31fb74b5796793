"""The description of the API: fresh, free of lint, and every example in it works.

Goal: a developer can believe api/openapi.json and paste from it. Method: the description is made
anew and compared; Redocly's linter reads it; a story sends the example of every operation to a
server of its own, with the ids of that server put in. The shape of every answer is checked by
contract.py, here and in all other integration tests.
"""
import base64
import hashlib
import hmac
import json
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import contract
import support
from stack import http_request
from test_second_factor import totp

sys.path.insert(0, str(support.PROJECT / "tools"))
import openapi  # noqa: E402

TOOLS = support.PROJECT / "tools/node_modules/.bin"


@dataclass(frozen=True)
class Step:
    """One operation of the story. What is put in is named by what is known by then.

    id: for `{id}` of the path. body: fields of the example to replace, by name. learn: what later
    steps may use, from the answer. cookie: with the refresh cookie of the last login.
    """

    operation: str
    status: int = 200
    id: str = ""
    body: dict[str, str] = field(default_factory=dict)
    learn: dict[str, object] = field(default_factory=dict)
    query: str = ""
    cookie: bool = False


STORY = [
    Step("getHealth"), Step("getMetrics"), Step("getApiDescription"), Step("getApiDocs"),
    Step("getApiDocsScript"), Step("openRealtime", 426),
    Step("signUp", 201), Step("logIn"), Step("refreshSession", cookie=True),
    Step("logOut", cookie=True), Step("getMe"), Step("getWorkspace"), Step("changeWorkspace"),
    Step("requestPasswordReset", 202), Step("resetPassword", body={"token": "mailed_token"}),
    Step("requestEmailVerification", 202), Step("verifyEmail", body={"token": "mailed_token"}),
    Step("getSecondFactor"),
    Step("enrolSecondFactor", learn={"secret": lambda answer: answer["secret"]}),
    Step("confirmSecondFactor", body={"code": "code"}, learn={
        "recovery": lambda answer: answer["recoveryCodes"][0]}),
    Step("logInSecondFactor", body={"challengeToken": "challenge", "code": "next_code"}),
    Step("renewRecoveryCodes", body={"code": "recovery"}, learn={
        "recovery": lambda answer: answer["recoveryCodes"][0]}),
    Step("disableSecondFactor", body={"code": "recovery"}),
    Step("listSessions", learn={"other_session": lambda answer: next(
        one["id"] for one in answer["sessions"] if not one["current"])}),
    Step("endSession", id="other_session"), Step("logOutAll"), Step("changePassword"),
    Step("logInOperator", learn={"operator_token": lambda answer: answer["token"]}),
    Step("listWorkspaces"), Step("changeTenant", id="other_workspace"),
    Step("suspendWorkspace", id="other_workspace"), Step("resumeWorkspace", id="other_workspace"),
    Step("listQueues"), Step("listAllDeadLetters"), Step("listWebhookEvents"),
    Step("replayAllDeadLetters"), Step("discardAllDeadLetters"),
    Step("replayAllWebhookEvents", 202), Step("logOutOperator"),
    Step("connectNumber", body={"wabaId": "waba_id", "phoneNumberId": "phone_number_id",
                                "accessToken": "access_token"}),
    Step("getOnboardingStatus"), Step("syncTemplates"), Step("listTemplates"),
    Step("verifyWebhook", query="handshake"), Step("verifyMetaWebhook", query="handshake"),
    Step("receiveWebhook"), Step("receiveMetaWebhook"),
    Step("createContact", 201, learn={"contact_made": lambda answer: answer["id"]}),
    Step("listContacts"), Step("getContact", id="contact_made"),
    Step("changeContact", id="contact_made"), Step("replaceContact", id="contact_made"),
    Step("optOutContact", id="contact_made", learn={
        "seen": lambda answer: {"optedOutAt": answer["optOut"]["optedOutAt"]}}),
    Step("optInContact", id="contact_made", body={"expected": "seen"}),
    Step("exportContactData", id="contact_made"),
    Step("mergeContacts", id="contact_made", body={"from": "duplicate"}),
    Step("removeContact", id="spare"), Step("exportContacts", query="export"),
    Step("uploadContactImport", 201, learn={"import_made": lambda answer: answer["id"]}),
    Step("listContactImports"), Step("getContactImport", id="import_made"),
    Step("startContactImport", 202, id="import_made"),
    Step("downloadRefusedRows", id="import_made"),
    Step("cancelContactImport", id="other_import"),
    Step("createSegment", 201, learn={"segment_made": lambda answer: answer["id"]}),
    Step("listSegments"), Step("getSegment", id="segment_made"),
    Step("replaceSegment", id="segment_made"), Step("removeSegment", id="segment_made"),
    Step("eraseContact", 202, id="contact_made", body={"confirm": "contact_made"}, learn={
        "erasure_made": lambda answer: answer["erasure"]["id"]}),
    Step("getErasure", id="erasure_made"),
    Step("receiveDeauthorize", body={"signed_request": "signed_request"}),
    Step("receiveDataDeletion", body={"signed_request": "signed_request"}, learn={
        "deletion_made": lambda answer: answer["confirmation_code"]}),
    Step("getDataDeletion", id="deletion_made"),
    Step("listConversations"), Step("getConversation", id="conversation"),
    Step("listMessages", id="conversation"), Step("readConversation", id="conversation"),
    Step("countConversations"), Step("listAssignees"),
    Step("assignConversation", id="conversation"),
    Step("resolveConversation", id="conversation"), Step("reopenConversation", id="conversation"),
    Step("snoozeConversation", id="conversation", body={"until": "in_an_hour"}),
    Step("listMentionable", id="conversation"),
    Step("addNote", 201, id="conversation", learn={"note_made": lambda answer: answer["id"]}),
    Step("listNotes", id="conversation"), Step("removeNote", id="note_made"),
    Step("createQuickReply", 201, learn={"reply_made": lambda answer: answer["id"]}),
    Step("listQuickReplies"), Step("changeQuickReply", id="reply_made"),
    Step("renderQuickReply", id="reply_made", query="for_contact"),
    Step("removeQuickReply", id="reply_made"),
    Step("createView", 201, learn={"view_made": lambda answer: answer["id"]}),
    Step("listViews"), Step("changeView", id="view_made"), Step("removeView", id="view_made"),
    Step("search", query="words"), Step("getOverview"),
    Step("getContactTimeline", id="contact"),
    Step("sendMessage", body={"contactId": "contact"}),
    Step("sendTemplate", body={"contactId": "contact"}),
    Step("createApiKey", 201, learn={"key_made": lambda answer: answer["apiKey"]["id"]}),
    Step("listApiKeys"), Step("changeApiKey", id="key_made"), Step("revokeApiKey", id="key_made"),
    Step("getPermissionMatrix"), Step("listRoles"),
    Step("createRole", 201, learn={"role_made": lambda answer: answer["id"]}),
    Step("changeRole", id="role_made"), Step("removeRole", id="role_made"),
    Step("inviteMember", 201, learn={
        "invite_made": lambda answer: answer["invite"]["id"]}),
    Step("listInvites"),
    Step("resendInvite", id="invite_made", learn={
        "invite_token": lambda answer: answer["link"].split("#token=")[1]}),
    Step("acceptInvite", 201, body={"token": "invite_token"}, learn={
        "member_made": lambda answer: answer["user"]["id"]}),
    Step("cancelInvite", id="invite"),
    Step("listMembers"), Step("listUsers"), Step("getUser", id="member_made"),
    Step("changeMemberRole", id="member_made"), Step("changeMemberOverrides", id="member_made"),
    Step("changeMemberRestrictions", id="member_made"), Step("removeMember", id="member_made"),
    Step("listAuditLogs"), Step("exportAuditLogs", query="export"), Step("verifyAuditLogs"),
    Step("getQueueStatus"), Step("listDeadLetters"),
    Step("getDeadLetter", id="letter"), Step("replayDeadLetter", id="letter"),
    Step("discardDeadLetter", id="letter"), Step("replayDeadLetters"), Step("discardDeadLetters"),
    Step("replayWebhookEvents", 202),
]


class Description(unittest.TestCase):
    def test_the_generated_files_are_fresh(self):
        with tempfile.TemporaryDirectory() as folder:
            files = openapi.write_files(Path(folder), openapi.read_program(), openapi.read_slices())
        stale = [str(path.relative_to(support.PROJECT)) for path in openapi.find_stale(files)]
        self.assertEqual(stale, [], "run ./x generate")
        self.assertGreaterEqual(len(files), 4)

    def test_slices_share_a_title_that_one_of_them_describes(self):
        lists, contacts = {"title": "Contacts"}, {"title": "Contacts", "about": "Customers."}
        self.assertEqual(openapi.chapters([lists, contacts]),
                         [{"name": "Contacts", "description": "Customers."}])
        for wrong in ([lists], [contacts, contacts]):
            with self.assertRaises(openapi.DescriptionFailed):
                openapi.chapters(wrong)

    def test_the_linter_finds_nothing(self):
        done = subprocess.run([str(TOOLS / "redocly"), "lint", "--format=json",
                               str(openapi.DESCRIPTION)], cwd=support.PROJECT,
                              capture_output=True, text=True, check=False)
        found = json.loads(done.stdout)["problems"]
        self.assertEqual([(one["ruleId"], one["message"]) for one in found], [])
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_broken_description_is_found_by_the_linter(self):
        """The canary of the test before."""
        with tempfile.TemporaryDirectory() as folder:
            broken = json.loads(openapi.DESCRIPTION.read_text())
            broken["paths"]["/api/v1/contacts"]["get"]["responses"]["200"] = {
                "$ref": "#/components/responses/Nowhere"}
            Path(folder, "openapi.json").write_text(json.dumps(broken))
            done = subprocess.run([str(TOOLS / "redocly"), "lint", "--format=json",
                                   f"{folder}/openapi.json"], capture_output=True, check=False)
        self.assertNotEqual(done.returncode, 0)


class Contract(unittest.TestCase):
    """The checker itself must be able to fail."""

    def assert_broken(self, *answer):
        with self.assertRaises(contract.ContractBroken):
            contract.check(*answer)

    def test_what_is_not_described_is_found(self):
        role = {"id": "1", "name": "Night shift", "permissions": [], "builtIn": False, "members": 0}
        path = "/api/v1/admin/team/roles"
        contract.check("POST", path, 201, role)
        self.assert_broken("POST", path, 201, {**role, "secret": "x"})
        self.assert_broken("POST", path, 201, {"id": "1"})
        self.assert_broken("POST", path, 201, {**role, "permissions": ["fly"]})
        self.assert_broken("POST", path, 204, None)
        self.assert_broken("POST", path, 201, role, {"title": "Night shift"})
        self.assert_broken("POST", path, 409, {"success": False, "error": {
            "code": "window_closed", "message": "No.", "requestId": "1"}})


def signed_request(app_secret: str) -> str:
    """As Meta signs it, about a user who has connected nothing."""
    payload = base64.urlsafe_b64encode(json.dumps({
        "user_id": "1", "algorithm": "HMAC-SHA256", "issued_at": int(time.time())}).encode())
    payload = payload.rstrip(b"=")
    signature = hmac.new(app_secret.encode(), payload, hashlib.sha256).digest()
    return (base64.urlsafe_b64encode(signature).rstrip(b"=") + b"." + payload).decode()


class Examples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(None, {"MAIL_TO_LOG": "true", "LOG_LEVEL": "info"})
        cls.addClassCleanup(cls.server.stack.stop)
        cls.server.stack.customer_writes(support.CUSTOMER_PHONE, "Opens the window at Meta too")
        cls.operations = {operation["operationId"]: (verb, path, operation)
                          for path, verbs in contract.contract().description["paths"].items()
                          for verb, operation in verbs.items()}
        subprocess.run([str(cls.server.stack.binaries / "wapi"), "user", "create", "--operator",
                        "--email", "olaf@example.com"], check=True, text=True,
                       input=support.PASSWORD, env=cls.server.stack.environment,
                       cwd=cls.server.stack.folder, capture_output=True)
        cls.known = {**cls.server.owner.ids,
                     "other_workspace": cls.server.stranger.workspace_id,
                     "phone_number_id": cls.server.owner.phone_number_id,
                     "export": "?format=csv", "words": "?q=vien",
                     "for_contact": f"?contactId={cls.server.owner.ids['contact']}",
                     "in_an_hour": time.strftime("%Y-%m-%dT%H:%M:%SZ",
                                                 time.gmtime(time.time() + 3600)),
                     "signed_request": signed_request(cls.server.stack.app_secret),
                     "handshake": "?hub.mode=subscribe&hub.challenge=1&hub.verify_token="
                                  + cls.server.stack.verify_token}
        cls.cookie = ""

    def request_of(self, step):
        verb, path, operation = self.operations[step.operation]
        path = re.sub(r"\{(id|code)\}", self.known.get(step.id, ""), path)
        path += self.known.get(step.query, "")
        body = None
        if "requestBody" in operation:
            (content,) = operation["requestBody"]["content"].values()
            body = content["example"]
            if not isinstance(body, str):
                body = {**body, **{name: self.known[value] for name, value in step.body.items()}}
        return verb.upper(), path, body

    def send(self, step):
        verb, path, body = self.request_of(step)
        data = None if body is None else json.dumps(body).encode()
        if isinstance(body, str):
            data = body.encode()
        elif body is not None and "signed_request" in body:
            data = urllib.parse.urlencode(body).encode()
        token = self.known.get("operator_token") if "/operator/" in path else None
        headers = {"Authorization": f"Bearer {token or self.server.owner.token}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if step.operation.startswith("receive"):
            headers["X-Hub-Signature-256"] = self.server.stack.sign(data)
        if step.cookie:
            headers["Cookie"] = self.cookie
        port = self.server.stack.wapi.port
        status, fields, answer = http_request(port, verb, path, data, headers)
        if "Set-Cookie" in fields:
            type(self).cookie = fields["Set-Cookie"].split(";")[0]
        return status, json.loads(answer) if "json" in fields["Content-Type"] else answer.decode()

    def prepare(self, operation):
        """What only the server, a mailbox or an app can tell, before the step that needs it."""
        if operation == "discardDeadLetter":
            self.known["letter"] = self.server.wait_for("/queues/dead", "jobs")["id"]
        elif operation == "resetPassword":
            self.known["mailed_token"] = self.mailed("olga@example.com", "/app/reset-password")
        elif operation == "verifyEmail":
            self.known["mailed_token"] = self.mailed(self.server.owner.email, "/app/verify-email")
        elif operation == "confirmSecondFactor":
            self.known["code"] = totp(self.known["secret"])
        elif operation == "logInSecondFactor":
            self.known["next_code"] = totp(self.known["secret"], 1)
            self.known["challenge"] = self.server.call("POST", "/api/v1/auth/login", body={
                "email": self.server.owner.email, "password": support.PASSWORD,
            })[1]["challengeToken"]

    def mailed(self, email, page):
        """The token of the newest mail to that address, which is in the log."""
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            lines = self.server.stack.wapi.log.read_text().splitlines()
            mails = [line for line in lines if f'"{email}"' in line and f"{page}#token=" in line]
            if mails:
                return mails[-1].split("#token=")[1][:43]
            time.sleep(0.02)
        raise AssertionError(f"no mail to {email}")

    def get(self, path, **headers):
        return http_request(self.server.stack.wapi.port, "GET", "/api/v1" + path, None, headers)

    def test_the_server_gives_the_description_and_a_page_that_fetches_nothing_elsewhere(self):
        status, fields, body = self.get("/openapi.json")
        self.assertEqual((status, body), (200, openapi.DESCRIPTION.read_bytes()))
        self.assertEqual(self.get("/openapi.json", **{"If-None-Match": fields["ETag"]})[::2],
                         (304, b""))
        status, fields, page = self.get("/docs")
        self.assertEqual(status, 200)
        self.assertIn("default-src 'none'; script-src 'self';", fields["Content-Security-Policy"])
        self.assertNotIn(b"://", page)
        status, fields, script = self.get("/docs/redoc.js")
        self.assertEqual((status, fields["Content-Type"]), (200, "text/javascript"))
        self.assertIn(b"redoc", script)

    def test_the_story_has_every_operation_once(self):
        names = [step.operation for step in STORY]
        self.assertEqual(sorted(names), sorted(self.operations))

    def test_every_example_works(self):
        for step in STORY:
            with self.subTest(operation=step.operation):
                self.prepare(step.operation)
                status, answer = self.send(step)
                self.assertEqual(status, step.status, answer)
                verb, path, body = self.request_of(step)
                contract.check(verb, path, status, answer, body)
                for name, find in step.learn.items():
                    self.known[name] = find(answer)


if __name__ == "__main__":
    unittest.main()
