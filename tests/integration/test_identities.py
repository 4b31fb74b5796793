"""Every route of the table x every identity that may come along, on both engines.

Goal: a route lets in who has its permission, by session or by API key where keys may go, and nobody
else: not nobody, not who is of another workspace, not with a token or key that is expired, revoked,
forged or out of place. Method: the routes, their kind and their permission come from `wapi routes`,
the roles' rights from the matrix, how a route is called from test_strangers.CASES. Each route is
called as each identity and the answer compared with what the table promises. Who may pass must be
answered by the route itself: 2xx or an error of the feature, never one of the gate or the router,
so that a path that does not exist cannot pass for a refusal. The owner does each thing for real
before. The canaries give the walk tables that are wrong; it must find each.
"""
import re
import time
import unittest
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

import contract
import support
import test_strangers

NOBODYS_ID = "00000000-0000-7000-8000-000000000000"
BUILT_IN = ("owner", "manager", "agent", "viewer")
EXPIRES_IN = timedelta(seconds=3)
# Said by the router, the dispatcher or an authenticator, before any feature has a say.
GATE = {"unauthorized", "token_expired", "session_ended", "session_required", "forbidden",
        "not_found", "method_not_allowed", "rate_limited", "api_key_expired",
        "api_key_address_refused", "malformed_request", "internal_error", "unavailable",
        "overloaded"}
PASSES = None  # the expectation for who may call

# What the owner gets for real where it is not 2xx, by operation id: the feature's own refusal.
REFUSED_BY_THE_FEATURE = {
    "changeMemberRole": "last_owner",
    "changeMemberRestrictions": "owner_unlimited",
    "removeMember": "last_owner",
    "uploadContactImport": "import_file_invalid",  # without a body
    # test_second_factor and test_mail do these for real.
    "changePassword": "wrong_password",
    "enrolSecondFactor": "wrong_password",
    "confirmSecondFactor": "second_factor_off",
    "renewRecoveryCodes": "second_factor_off",
    "disableSecondFactor": "second_factor_off",
    "requestEmailVerification": "mail_not_set_up",
}
# What the owner does for real after the rest, in this order; then what removes something, and last
# what ends other sessions and removes the contact of all others.
LATE = ["optOutContact", "optInContact"]
LAST = ("logOutAll", "eraseContact")


@dataclass
class Identity:
    """Who calls. expect: from a route to the code of the refusal, or PASSES."""

    name: str
    token: str | None
    expect: object
    headers: dict[str, str] = field(default_factory=dict)


def always(code):
    return lambda route: code


def by_session(permissions):
    """What a member with these permissions gets."""
    return lambda route: PASSES if route["permission"] in {"", *permissions} else "forbidden"


def by_key(permissions):
    """What an API key with these permissions gets."""
    allowed = by_session(permissions)
    return lambda route: allowed(route) if route["auth"] == "api_key" else "session_required"


STATUS = {"forbidden": 403, "session_required": 403, "api_key_address_refused": 403,
          "not_found": 404}


class Walk:
    """A workspace with everybody in it, and the table that is walked."""

    def __init__(self, server):
        self.server = server
        self.routes = server.routes()
        status, matrix = server.as_owner("GET", "/admin/team/permissions")
        assert status == 200, matrix
        self.matrix = {row["name"]: row["roles"] for row in matrix["permissions"]}
        self.all = list(self.matrix)
        self.used_up: list[str] = []
        self.roles = {name: server.make_role(f"Role {name}") for name in ("with", "without")}
        self.members = {name: server.join(f"{name}@example.com", role)
                        for name, role in self.roles.items()}
        self.constant = [*self.bad_tokens(), *self.built_in_roles(), *self.foreigners(),
                         *self.useless_keys()]
        self.lost = self.key_of_who_lost_everything()

    # --- who comes along -------------------------------------------------------------------------

    def bad_tokens(self):
        yield Identity("nobody", None, always("unauthorized"))
        yield Identity("expired token", self.server.expired_token(), always("token_expired"))
        for name, token in self.server.bad_tokens().items():
            yield Identity(f"token: {name}", token, always("unauthorized"))

    def built_in_roles(self):
        for role in BUILT_IN:
            token = (self.server.owner.token if role == "owner"
                     else self.server.join(f"{role}.walk@example.com", role))
            yield Identity(role, token,
                           by_session([name for name in self.all if self.matrix[name][role]]))

    def foreigners(self):
        there = {"X-Workspace-Id": self.server.owner.workspace_id}
        outsider = self.server.sign_up("outsider@example.com", "Third Shop")
        key = self.server.make_key(self.all, outsider.token)
        yield Identity("member of another workspace", outsider.token, always("not_found"), there)
        yield Identity("key of another workspace", key["secret"], always("not_found"), there)
        yield Identity("removed member", self.removed_member()[0], always("session_ended"))

    def removed_member(self):
        """Token and API key of somebody who was in the team."""
        token = self.server.join(f"leaves{time.monotonic_ns()}@example.com", "owner")
        key = self.server.make_key(self.all, token)["secret"]
        me = self.server.call("GET", "/api/v1/auth/me", token)[1]["user"]["id"]
        status, answer = self.server.as_owner("DELETE", f"/admin/team/members/{me}")
        assert status == 200, answer
        return token, key

    def useless_keys(self):
        ends = datetime.now(timezone.utc) + EXPIRES_IN
        expired = self.server.make_key(self.all, expiresAt=ends.isoformat())["secret"]
        revoked = self.server.make_key(self.all)
        status, answer = self.server.as_owner("DELETE", f"/api-keys/{revoked['apiKey']['id']}")
        assert status == 200, answer
        good = self.server.make_key(self.all)["secret"]
        tampered = good[:-1] + ("0" if good[-1] != "0" else "1")
        elsewhere = self.server.make_key(self.all, allowedNetworks=["192.0.2.0/24"])["secret"]
        while datetime.now(timezone.utc) <= ends:
            time.sleep(0.05)
        yield Identity("expired key", expired, always("api_key_expired"))
        yield Identity("revoked key", revoked["secret"], always("unauthorized"))
        yield Identity("tampered key", tampered, always("unauthorized"))
        yield Identity("prefix of a key", good[:17], always("unauthorized"))
        yield Identity("key of a removed member", self.removed_member()[1], always("unauthorized"))
        yield Identity("key from another address", elsewhere, always("api_key_address_refused"))

    def key_of_who_lost_everything(self):
        """A key with every scope whose maker has a role that permits nothing any more."""
        role = self.server.make_role("Lost")
        self.permit(role, self.all)
        token = self.server.join("lost@example.com", role)
        key = self.server.make_key(self.all, token)["secret"]
        self.permit(role, [])
        return Identity("key whose maker lost the permission", key, by_key([]))

    def permit(self, role, names):
        status, answer = self.server.as_owner("PATCH", f"/admin/team/roles/{role}",
                                              {"permissions": names})
        assert status == 200, answer

    def with_and_without(self, permission):
        """Members and API keys that have this permission alone, and all but it."""
        sets = {"with": [permission] if permission else [],
                "without": [name for name in self.all if name != permission]}
        for name, names in sets.items():
            self.permit(self.roles[name], names)
            yield Identity(f"custom role {name} the permission", self.members[name],
                           by_session(names))
            # A key has one scope at least; one of no matter where none is asked for.
            scopes = names or ["viewReports"]
            key = self.server.make_key(scopes)
            self.used_up.append(key["apiKey"]["id"])
            yield Identity(f"key {name} the scope", key["secret"], by_key(scopes))

    def revoke_used_up(self):
        """A workspace has a limited number of keys."""
        while self.used_up:
            status, answer = self.server.as_owner("DELETE", f"/api-keys/{self.used_up.pop()}")
            assert status == 200, answer

    # --- the walk --------------------------------------------------------------------------------

    def call(self, route, identity):
        """Status and error code, empty when there is none. Things named by id do not exist, so
        that whoever may pass changes little."""
        case = test_strangers.CASES.get(route["operationId"])
        path = re.sub(r"\{[^}]*\}", NOBODYS_ID, route["path"])
        body = case.body(self.server.owner) if case and case.body else None
        status, answer = self.server.call(route["verb"], path, identity.token, body,
                                          identity.headers)
        error = answer.get("error", {}) if isinstance(answer, dict) else {}
        return status, error.get("code", "")

    def complaint(self, route, identity):
        """Empty when the answer is what the table promises."""
        try:
            status, code = self.call(route, identity)
        except contract.ContractBroken as broken:
            return f"{route['verb']} {route['path']} as {identity.name}: {broken}"
        if route["auth"] == "operator":  # nobody of a workspace is one
            wanted = "unauthorized"
            fits = (status, code) == (401, wanted)
        elif route["auth"] not in ("session", "api_key"):
            wanted = self.open_answers[route["operationId"]]
            fits = (status, code) == wanted and code not in GATE - {"session_ended"}
        else:
            wanted = identity.expect(route)
            if wanted is PASSES:
                refused = 400 <= status < 500 or status == 501  # 501: this server sends no mail
                fits = 200 <= status < 300 or (refused and code and code not in GATE)
            else:
                fits = (status, code) == (STATUS.get(wanted, 401), wanted)
        return "" if fits else (f"{route['verb']} {route['path']} as {identity.name}: "
                                f"{status} {code}, expected {wanted or 'to pass'}")

    def run(self, routes):
        """Calls each as each; complaints, and how many of both were tried."""
        nobody = self.constant[0]
        self.open_answers = {route["operationId"]: self.call(route, nobody) for route in routes
                             if route["auth"] not in ("session", "api_key")}
        complaints, tried = [], set()
        for permission in sorted({route["permission"] for route in routes}):
            identities = [*self.constant, self.lost, *self.with_and_without(permission)]
            for route in routes:
                if route["permission"] == permission:
                    for identity in identities:
                        tried.add((route["operationId"], identity.name))
                        complaints.append(self.complaint(route, identity))
            self.revoke_used_up()
        return [text for text in complaints if text], tried


class IdentityTests:
    """Mixed into one class per engine."""

    engine = ""
    database_url = staticmethod(lambda: None)

    @classmethod
    def setUpClass(cls):
        # A server of its own: what passes here really happens.
        cls.server = support.Server(cls.database_url())
        cls.addClassCleanup(cls.server.stack.stop)
        cls.server.stack.customer_writes(support.CUSTOMER_PHONE, "Opens the window at Meta too")
        cls.walk = Walk(cls.server)

    def test_1_the_owner_does_each_thing_for_real(self):
        owner = self.server.owner
        for route in sorted(self.server.closed_routes(), key=self.last_what_changes_most):
            case = test_strangers.CASES[route["operationId"]]
            if route["operationId"] == "discardDeadLetter":  # the first was replayed just before
                owner.ids["letter"] = self.server.wait_for("/queues/dead", "jobs")["id"]
            body = case.body(owner) if case.body else None
            with self.subTest(route=route["operationId"]):
                status, answer = self.server.call(
                    route["verb"], test_strangers.target(route, case, owner), owner.token, body)
                wanted = REFUSED_BY_THE_FEATURE.get(route["operationId"])
                if wanted:
                    self.assertEqual(answer["error"]["code"], wanted)
                else:
                    self.assertIn(status, range(200, 300), answer)

    @staticmethod
    def last_what_changes_most(route):
        name = route["operationId"]
        return name in LAST, route["verb"] == "DELETE", LATE.index(name) if name in LATE else -1

    def test_2_every_route_as_every_identity(self):
        complaints, tried = self.walk.run(self.walk.routes)
        names = {name for _, name in tried}
        print(f"{self.engine}: {len(self.walk.routes)} routes x {len(names)} identities tried")
        self.assertEqual(complaints, [])
        self.assertEqual(len(tried), len(self.walk.routes) * len(names))
        self.assertGreater(len(self.walk.routes), 50)
        self.assertGreater(len(names), 25)

    def test_3_a_table_that_is_wrong_is_found(self):
        """The canaries: each change of the table alone must make the walk complain."""
        rows = {route["operationId"]: route for route in self.walk.routes}
        contacts, members = rows["listContacts"], rows["listMembers"]
        for name, wrong in {
                "path that does not exist": {**contacts, "path": "/api/v1/no-such-thing"},
                "verb that does not exist": {**contacts, "verb": "DELETE"},
                "another permission": {**contacts, "permission": "manageTeam"},
                "no permission": {**contacts, "permission": ""},
                "open": {**contacts, "auth": "none", "permission": ""},
                "closed to keys": {**contacts, "auth": "session"},
                "open to keys": {**members, "auth": "api_key"}}.items():
            with self.subTest(wrong=name):
                complaints, _ = self.walk.run([wrong])
                self.assertNotEqual(complaints, [])


class IdentitiesOnSqlite(IdentityTests, unittest.TestCase):
    engine = "sqlite"


class IdentitiesOnPostgres(IdentityTests, unittest.TestCase):
    engine = "postgres"
    database_url = staticmethod(support.new_postgres_url)


if __name__ == "__main__":
    unittest.main()
