"""Every route, called as the owner of another workspace, on both engines.

Goal: none shows or changes what belongs to another workspace. CASES is the one table of how each
route is called; test_identities.py walks it as everybody else. Method: the route table comes from
`wapi routes`; a route that needs a session or key and has no entry in CASES fails the test, so that
none can be forgotten.
"""
import json
import secrets
import time
import unittest
from dataclasses import dataclass, field

import support
from stack import Stack, json_request

# Routes without a session, by operation id. A new one must be added here on purpose. getMetrics has
# a token of its own, see Metrics below.
OPERATORS = {"logOutOperator", "listWorkspaces", "changeTenant", "suspendWorkspace",
             "resumeWorkspace", "listQueues", "listAllDeadLetters", "replayAllDeadLetters",
             "discardAllDeadLetters", "listWebhookEvents", "replayAllWebhookEvents"}
OPEN = {"logInOperator", "signUp", "logIn", "logInSecondFactor", "requestPasswordReset",
        "resetPassword", "verifyEmail", "refreshSession", "logOut", "acceptInvite", "getHealth",
        "getMetrics", "getApiDescription", "getApiDocs", "getApiDocsScript", "verifyWebhook",
        "verifyMetaWebhook", "receiveWebhook", "receiveMetaWebhook", "receiveDeauthorize",
        "receiveDataDeletion", "getDataDeletion", "openConsole", "openConsoleFolder", "getConsole",
        "openRealtime"}


@dataclass(frozen=True)
class Case:
    """How the stranger calls a route, and what must come back.

    ids: values of the path's parameters, names of the owner's ids. body: a function of the owner's
    workspace. status: what the stranger gets; 404 wherever the owner's thing is named.
    """

    status: tuple[int, ...] = (200,)
    ids: dict[str, str] = field(default_factory=dict)
    body: object = None
    query: object = None


def naming(kind: str, body=None) -> Case:
    """A route whose {id} is a thing of the owner's: it is not there for a stranger."""
    return Case((404,), {"id": kind}, body)


CASES = {
    "getMe": Case(),
    "listSessions": Case(),
    "endSession": naming("session"),
    "logOutAll": Case(body=lambda owner: {"keepCurrent": True}),
    "changePassword": Case((403,), body=lambda owner: {
        "currentPassword": "not the password", "newPassword": "one two three four"}),
    "requestEmailVerification": Case((501,), body=lambda owner: {}),
    "getSecondFactor": Case(),
    "enrolSecondFactor": Case((403,), body=lambda owner: {"password": "not the password"}),
    "confirmSecondFactor": Case((409,), body=lambda owner: {"code": "123456"}),
    "renewRecoveryCodes": Case((409,), body=lambda owner: {"password": support.PASSWORD,
                                                           "code": "123456"}),
    "disableSecondFactor": Case((409,), body=lambda owner: {"password": support.PASSWORD,
                                                            "code": "123456"}),
    "getWorkspace": Case(),
    "changeWorkspace": Case(body=lambda owner: {"name": "Renamed by the stranger"}),
    "connectNumber": Case((409,), body=lambda owner: {
        "wabaId": owner.ids["waba_id"], "phoneNumberId": owner.phone_number_id,
        "accessToken": owner.ids["access_token"]}),
    "getOnboardingStatus": Case(),
    "listContacts": Case(query=lambda owner: f"?phone={support.CUSTOMER_PHONE}"),
    "createContact": Case((201,), body=lambda owner: {"name": "Mine", "phone": "+436609999999"}),
    "getContact": naming("contact"),
    "changeContact": naming("contact", lambda owner: {"name": "Taken"}),
    "replaceContact": naming("contact", lambda owner: {"name": "Taken"}),
    "optOutContact": naming("contact", lambda owner: {}),
    "optInContact": naming("contact", lambda owner: {}),
    "mergeContacts": naming("contact", lambda owner: {"from": owner.ids["duplicate"]}),
    "removeContact": naming("spare"),
    "exportContacts": Case(query=lambda owner: "?format=jsonl"),
    "uploadContactImport": Case((422,)),
    "listContactImports": Case(),
    "getContactImport": naming("import"),
    "startContactImport": naming("import", lambda owner: {"mapping": ["name", "phone"]}),
    "cancelContactImport": naming("other_import"),
    "downloadRefusedRows": naming("import"),
    "listSegments": Case(),
    "createSegment": Case((201,), body=lambda owner: {"name": "Mine", "filter": {}}),
    "getSegment": naming("segment"),
    "replaceSegment": naming("segment", lambda owner: {"name": "Taken", "filter": {}}),
    "removeSegment": naming("segment"),
    "exportContactData": naming("contact"),
    "eraseContact": naming("contact", lambda owner: {"confirm": owner.ids["contact"]}),
    "getErasure": naming("erasure"),
    "sendMessage": Case((404,), body=lambda owner: {"contactId": owner.ids["contact"],
                                                    "body": "Hello"}),
    "sendTemplate": Case((404,), body=lambda owner: {
        "contactId": owner.ids["contact"],
        "template": {"name": "hello_world", "language": "en_US"}}),
    "listConversations": Case(query=lambda owner: f"?contactId={owner.ids['contact']}"),
    "getConversation": naming("conversation"),
    "listMessages": naming("conversation"),
    "listAssignees": Case((404,),
                          query=lambda owner: f"?conversationId={owner.ids['conversation']}"),
    "countConversations": Case(),
    "assignConversation": naming("conversation", lambda owner: {"assigneeId": None}),
    "resolveConversation": naming("conversation", lambda owner: {}),
    "reopenConversation": naming("conversation", lambda owner: {}),
    "snoozeConversation": naming("conversation", lambda owner: {
        "until": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))}),
    "listMentionable": naming("conversation"),
    "listNotes": naming("conversation"),
    "addNote": naming("conversation", lambda owner: {"text": "Mine"}),
    "removeNote": naming("note"),
    "listQuickReplies": Case(),
    "createQuickReply": Case((201,), body=lambda owner: {
        "shortcut": "mine" + secrets.token_hex(4), "text": "Hello", "shared": True}),
    "changeQuickReply": naming("quick_reply", lambda owner: {"text": "Taken"}),
    "removeQuickReply": naming("quick_reply"),
    "renderQuickReply": Case((404,), {"id": "quick_reply"},
                             query=lambda owner: f"?contactId={owner.ids['contact']}"),
    "listViews": Case(),
    "createView": Case((201,), body=lambda owner: {
        "name": "Mine " + secrets.token_hex(4), "filter": {}, "shared": True}),
    "changeView": naming("view", lambda owner: {"name": "Taken"}),
    "removeView": naming("view"),
    "search": Case(query=lambda owner: "?q=Vienna"),
    "getContactTimeline": naming("contact"),
    "getOverview": Case(),
    "readConversation": naming("conversation", lambda owner: {}),
    "createApiKey": Case((201,), body=lambda owner: {"name": "Mine",
                                                     "permissions": ["viewContacts"]}),
    "listApiKeys": Case(),
    "changeApiKey": naming("api_key", lambda owner: {"name": "Taken"}),
    "revokeApiKey": naming("api_key"),
    "getPermissionMatrix": Case(),
    "listRoles": Case(),
    "createRole": Case((201,), body=lambda owner: {"name": "Mine", "permissions": []}),
    "changeRole": naming("role", lambda owner: {"name": "Taken"}),
    "removeRole": naming("role"),
    "listMembers": Case(),
    "changeMemberRole": naming("member", lambda owner: {"role": "viewer"}),
    "changeMemberOverrides": naming("member", lambda owner: {"grant": [], "deny": []}),
    "changeMemberRestrictions": naming("member", lambda owner: {"assignedTags": ["x"],
                                                                "assignedPhones": []}),
    "removeMember": naming("member"),
    "inviteMember": Case((201,), body=lambda owner: {"email": "friend@example.com",
                                                     "role": "agent"}),
    "listUsers": Case(),
    "getUser": naming("member"),
    "listInvites": Case(),
    "resendInvite": naming("invite", lambda owner: {}),
    "cancelInvite": naming("invite"),
    "listTemplates": Case(),
    "syncTemplates": Case(),
    "listAuditLogs": Case(query=lambda owner: f"?resourceId={owner.ids['contact']}"),
    "exportAuditLogs": Case(query=lambda owner: "?format=jsonl"),
    "verifyAuditLogs": Case(),
    "getQueueStatus": Case(),
    "listDeadLetters": Case(),
    "getDeadLetter": naming("letter"),
    "replayDeadLetter": naming("letter", lambda owner: {}),
    "discardDeadLetter": naming("letter"),
    # 200, and each of the letters by itself is not there.
    "replayDeadLetters": Case(body=lambda owner: {"ids": ["1"]}),
    "discardDeadLetters": Case(body=lambda owner: {"ids": ["1"]}),
    "replayWebhookEvents": Case((200, 202), body=lambda owner: {
        "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}),
}


def target(route: dict, case: Case, owner) -> str:
    path = route["path"]
    for name, kind in case.ids.items():
        path = path.replace("{" + name + "}", owner.ids[kind])
    return path + (case.query(owner) if case.query else "")


class StrangerTests:
    """Mixed into one class per engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)
        cls.routes = cls.server.routes()

    def closed_routes(self):
        return [route for route in self.routes if route["auth"] in ("session", "api_key")]

    def snapshot(self):
        """What the owner sees; it must be the same after a stranger's attempts."""
        ids = self.server.owner.ids
        paths = ["/workspace", "/admin/team/roles", "/admin/team/members",
                 "/admin/team/invites", "/api-keys",
                 "/contacts", f"/contacts/{ids['contact']}", "/segments",
                 "/contact-imports", "/conversations",
                 f"/conversations/{ids['conversation']}/messages",
                 f"/conversations/{ids['conversation']}/notes", "/quick-replies", "/views",
                 f"/contacts/{ids['contact']}/timeline", "/templates",
                 f"/queues/dead/{ids['letter']}", "/queues/dead"]
        seen = {}
        for path in paths:
            status, answer = self.server.as_owner("GET", path)
            self.assertEqual(status, 200, (path, answer))
            seen[path] = answer
        return seen

    def test_every_route_is_either_open_on_purpose_or_has_a_case(self):
        names = {route["operationId"] for route in self.routes}
        closed = {route["operationId"] for route in self.closed_routes()}
        operators = {route["operationId"] for route in self.routes if route["auth"] == "operator"}
        self.assertEqual(operators, OPERATORS)
        self.assertEqual(names - closed - operators, OPEN)
        self.assertEqual(closed, set(CASES))

    def test_a_token_is_only_taken_from_the_authorization_header(self):
        for token in (self.server.owner.token, self.server.owner.ids["secret"]):
            for path, headers in ((f"/api/v1/contacts?token={token}", {}),
                                  (f"/api/v1/contacts?api_key={token}", {}),
                                  ("/api/v1/contacts", {"Cookie": f"token={token}"}),
                                  ("/api/v1/contacts", {"X-Api-Key": token}),
                                  ("/api/v1/contacts", {"Authorization": token}),
                                  ("/api/v1/contacts", {"Authorization": f"Basic {token}"})):
                with self.subTest(path=path.split("?")[0], headers=list(headers)):
                    self.assertEqual(self.server.call("GET", path, headers=headers)[0], 401)

    def test_operators_routes_refuse_everybody_else_owners_too(self):
        tokens = {"nothing": None, "an owner's": self.server.owner.token,
                  "of another kind": "wop_" + "A" * 43, **self.server.bad_tokens()}
        for route in self.routes:
            if route["auth"] != "operator":
                continue
            path = route["path"].replace("{id}", self.server.owner.workspace_id)
            body = None if route["verb"] == "GET" else {"reason": "none"}
            for name, token in tokens.items():
                with self.subTest(route=route["operationId"], token=name):
                    status, answer = self.server.call(route["verb"], path, token,
                                                      body)
                    self.assertEqual((status, answer["error"]["code"]), (401, "unauthorized"))

    def test_a_stranger_reaches_nothing_of_another_workspace(self):
        before = self.snapshot()
        owner, stranger = self.server.owner, self.server.stranger
        hidden = [owner.workspace_id, owner.phone_number_id, owner.ids["contact"],
                  owner.ids["conversation"], owner.ids["message"], owner.ids["letter"],
                  owner.ids["api_key"], owner.ids["secret"], support.CUSTOMER_PHONE,
                  owner.ids["access_token"], "Hello from Vienna", "Corner Shop"]
        for route in self.closed_routes():
            case = CASES[route["operationId"]]
            body = case.body(owner) if case.body else None
            with self.subTest(route=route["operationId"]):
                status, answer = self.server.call(route["verb"], target(route, case, owner),
                                                  stranger.token, body)
                self.assertIn(status, case.status, answer)
                shown = [secret for secret in hidden if secret in json.dumps(answer)]
                self.assertEqual(shown, [], answer)
        self.assertEqual(self.snapshot(), before)

    def test_the_owner_reaches_what_the_stranger_does_not(self):
        """The canary: the same paths exist, so that a 404 above is not a mistake in the path."""
        for route in self.closed_routes():
            case = CASES[route["operationId"]]
            if route["verb"] != "GET" or not case.ids:
                continue
            with self.subTest(route=route["operationId"]):
                path = target(route, case, self.server.owner)
                status, answer = self.server.call("GET", path, self.server.owner.token)
                self.assertEqual(status, 200, answer)

    def test_ids_that_are_no_ids_are_404(self):
        for route in self.closed_routes():
            case = CASES[route["operationId"]]
            for wrong in ("0", "-1", "x" * 300, "%27%20OR%201=1", "..%2f..", "%00"):
                if not case.ids:
                    continue
                with self.subTest(route=route["operationId"], id=wrong):
                    body = case.body(self.server.owner) if case.body else None
                    path = route["path"].replace("{id}", wrong)
                    status, _ = self.server.call(route["verb"], path, self.server.owner.token, body)
                    self.assertIn(status, (400, 404))


class Metrics(unittest.TestCase):
    """/metrics is for the holder of METRICS_TOKEN; without one, for this machine alone."""

    def ask(self, stack, **headers):
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return json_request(stack.wapi.port, "GET", "/metrics", None, sent)[0]

    def test_with_a_token_only_its_holder_is_answered(self):
        token = secrets.token_hex(16)
        with Stack(environment={"METRICS_TOKEN": token}) as stack:
            self.assertEqual(self.ask(stack, Authorization=f"Bearer {token}"), 200)
            for wrong in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {token}0"},
                          {"Authorization": token}, {"Authorization": f"Basic {token}"},
                          {"X_Forwarded_For": "127.0.0.1"}):
                with self.subTest(headers=list(wrong)):
                    self.assertEqual(self.ask(stack, **wrong), 401)

    def test_without_a_token_nobody_behind_a_proxy_is_answered(self):
        stack = support.server("sqlite").stack
        self.assertEqual(self.ask(stack), 200)
        for header in ("X_Forwarded_For", "Forwarded", "X_Real_IP", "Via"):
            with self.subTest(header=header):
                self.assertEqual(self.ask(stack, **{header: "127.0.0.1"}), 401)

    def test_a_session_does_not_open_them(self):
        server = support.server("sqlite")
        self.assertEqual(self.ask(server.stack, Authorization=f"Bearer {server.owner.token}",
                                  Via="1.1 proxy"), 401)


class StrangersOnSqlite(StrangerTests, unittest.TestCase):
    engine = "sqlite"


class StrangersOnPostgres(StrangerTests, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
