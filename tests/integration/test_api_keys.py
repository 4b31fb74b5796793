"""API keys over the wire: their limits, their traces, whose customers they show, on both engines.

Goal: a key counts for itself and its workspace; what it does is recorded as the key's; it shows
what its maker may see at that moment; revoking counts at the next request; the last use is noted
without a write per request. Method: the real program, for limits with the product's own figures;
what each route does with a key stands in test_identities.py.
"""
import http.client
import json
import statistics
import time
import unittest

import support
from alone import alone
from stack import Stack, http_request
from test_operator import run_wapi

FREE_PER_MINUTE = 100
KEY_PER_MINUTE = 20
UNAUTHORIZED_PER_MINUTE = 300
WAIT_SECONDS_MAX = 10.0
REQUESTS_TIMED = 500


class KeyLimits:
    """Mixed into one class per engine: a server with the product's limits."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(
            Stack(self.database_url(), support.SETTINGS, own_limits=True))
        answer = self.ask("POST", "/auth/signup", None, {
            "name": "Olga", "email": "keys@example.com", "password": support.PASSWORD,
            "workspaceName": "Shop"})[2]
        self.token = answer["token"]

    def ask(self, method, path, token, body=None):
        """Status, header fields and parsed body."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        status, fields, text = http_request(
            self.stack.wapi.port, method, "/api/v1" + path,
            None if body is None else json.dumps(body).encode(), headers)
        return status, fields, json.loads(text)

    def make_key(self):
        status, _, answer = self.ask("POST", "/api-keys", self.token, {
            "name": "Shop", "permissions": ["viewContacts"]})
        self.assertEqual(status, 201, answer)
        return answer["secret"]

    def test_each_key_has_its_own_limit_within_its_workspaces(self):
        code, _, error = run_wapi(self.stack, "limits", "set-plan", "free", str(FREE_PER_MINUTE),
                                  "--per-key", str(KEY_PER_MINUTE))
        self.assertEqual(code, 0, error)
        first, second = self.make_key(), self.make_key()
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while self.ask("GET", "/workspace", first)[1]["X-RateLimit-Limit"] != str(KEY_PER_MINUTE):
            self.assertLess(time.monotonic(), deadline, "the key's figure was not followed")
            time.sleep(0.2)
        for _ in range(2 * KEY_PER_MINUTE):
            status, fields, answer = self.ask("GET", "/workspace", first)
            if status != 200:
                break
        self.assertEqual((status, answer["error"]["code"]), (429, "rate_limited"))
        self.assertEqual((fields["X-RateLimit-Limit"], fields["X-RateLimit-Remaining"]),
                         (str(KEY_PER_MINUTE), "0"))
        self.assertGreaterEqual(int(fields["Retry-After"]), 1)
        self.assertEqual(self.ask("GET", "/workspace", second)[0], 200, "another key goes on")
        status, fields, _ = self.ask("GET", "/workspace", self.token)
        self.assertEqual((status, fields["X-RateLimit-Limit"]), (200, str(FREE_PER_MINUTE)))
        self.assertGreaterEqual(self.stack.metric('wapi_rate_limited_total{class="api_key"}'), 1)

    def test_invented_keys_cost_no_more_reads_than_their_address_may_fail(self):
        known, session = self.make_key(), self.token
        self.assertEqual(self.ask("GET", "/workspace", known)[0], 200)
        invented = [self.ask("GET", "/workspace", f"wapi_{at:012x}_{at:064x}")
                    for at in range(UNAUTHORIZED_PER_MINUTE + 60)]
        statuses = [status for status, _, _ in invented]
        self.assertEqual(set(statuses[:UNAUTHORIZED_PER_MINUTE]), {401})
        refused = [one for one in invented if one[0] == 429]
        self.assertTrue(refused, "never refused")
        _, fields, answer = refused[0]
        self.assertEqual(answer["error"]["code"], "rate_limited")
        self.assertGreaterEqual(int(fields["Retry-After"]), 1)
        read = self.stack.metric('wapi_api_key_refused_total{reason="unknown"}')
        self.assertEqual(read, statuses.count(401))
        for token in (None, "no.token.ofours"):  # one in 0.2 seconds may fail again
            self.assertIn(429, [self.ask("GET", "/workspace", token)[0] for _ in range(60)])
        self.assertEqual(self.ask("GET", "/workspace", known)[0], 200)
        self.assertEqual(self.ask("GET", "/workspace", session)[0], 200)
        fresh = self.make_key()
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while (status := self.ask("GET", "/workspace", fresh)[0]) != 200:
            self.assertEqual(status, 429)
            self.assertLess(time.monotonic(), deadline, "a new key is not let in")
            time.sleep(0.1)

    def test_all_keys_together_use_up_the_workspaces_limit(self):
        keys = [self.make_key() for _ in range(3)]
        statuses = [self.ask("GET", "/workspace", keys[at % 3])[0]
                    for at in range(2 * FREE_PER_MINUTE)]
        self.assertIn(429, statuses)
        self.assertEqual(self.ask("GET", "/workspace", self.token)[0], 429)


class KeyTests:
    """Mixed into one class per engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)

    def shown(self, key):
        """The key as the owner's list shows it."""
        keys = self.server.as_owner("GET", "/api-keys")[1]["apiKeys"]
        return next(one for one in keys if one["id"] == key["apiKey"]["id"])

    def test_what_a_key_does_is_recorded_as_the_keys(self):
        key = self.server.make_key(["createContacts"])
        status, contact = self.server.call("POST", "/api/v1/contacts", key["secret"], {
            "name": "Kay", "phone": "+436607654399"})
        self.assertEqual(status, 201, contact)
        logs = self.server.as_owner("GET", f"/audit-logs?resourceId={contact['id']}")[1]["logs"]
        self.assertEqual([entry["actor"] for entry in logs],
                         [{"kind": "api_key", "id": key["apiKey"]["id"]}])

    def test_making_and_revoking_are_recorded_without_the_key(self):
        key = self.server.make_key(["viewContacts"])
        path = f"/api-keys/{key['apiKey']['id']}"
        self.assertEqual(self.server.call("GET", "/api/v1/contacts", key["secret"])[0], 200)
        self.assertEqual(self.server.as_owner("DELETE", path)[0], 200)
        self.assertEqual(self.server.call("GET", "/api/v1/contacts", key["secret"])[0], 401)
        logs = self.server.as_owner(
            "GET", f"/audit-logs?resourceId={key['apiKey']['id']}")[1]["logs"]
        self.assertEqual([entry["action"] for entry in logs],
                         ["api_key.revoked", "api_key.created"])
        self.assertNotIn(key["secret"][18:], json.dumps(logs))

    def test_a_key_shows_whom_its_maker_may_see(self):
        """At once: when the maker's restrictions change, and when the maker is gone."""
        role = self.server.make_role("Key maker")
        names = ["viewContacts", "viewAllConversations", "manageIntegrations"]
        self.assertEqual(self.server.as_owner("PATCH", f"/admin/team/roles/{role}",
                                              {"permissions": names})[0], 200)
        token = self.server.join("maker@example.com", role)
        maker = self.server.call("GET", "/api/v1/auth/me", token)[1]["user"]["id"]
        key = self.server.make_key(["viewContacts", "viewAllConversations"], token)["secret"]
        contact, talk = self.server.owner.ids["contact"], self.server.owner.ids["conversation"]
        paths = [f"/api/v1/contacts/{contact}", f"/api/v1/conversations/{talk}",
                 f"/api/v1/conversations/{talk}/messages"]
        for tags, status in (([], 200), (["nobody-has-it"], 404), ([], 200)):
            answer = self.server.as_owner("PATCH", f"/admin/team/members/{maker}/restrictions",
                                          {"assignedTags": tags, "assignedPhones": []})
            self.assertEqual(answer[0], 200, answer)
            for path in paths:
                with self.subTest(path=path, tags=tags):
                    self.assertEqual(self.server.call("GET", path, key)[0], status)
            listed = self.server.call("GET", "/api/v1/contacts", key)[1]["contacts"]
            self.assertEqual(contact in [one["id"] for one in listed], status == 200)
        self.assertEqual(self.server.as_owner("DELETE", f"/admin/team/members/{maker}")[0], 200)
        self.assertEqual(self.server.call("GET", paths[0], key)[0], 401)

    def test_the_last_use_is_noted_and_not_once_per_request(self):
        key = self.server.make_key(["viewContacts"])
        self.assertIsNone(self.shown(key)["lastUsedAt"])
        self.server.call("GET", "/api/v1/workspace", key["secret"])
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not self.shown(key)["lastUsedAt"]:
            self.assertLess(time.monotonic(), deadline, "the use was never noted")
            time.sleep(0.02)
        noted = self.shown(key)
        self.assertEqual(noted["lastUsedIp"], "127.0.0.1")
        for _ in range(20):
            self.server.call("GET", "/api/v1/workspace", key["secret"])
        self.assertEqual(self.shown(key)["lastUsedAt"], noted["lastUsedAt"])

    @alone
    def test_a_key_costs_a_request_what_a_session_costs(self):
        """Alternately on one connection, so that what else the machine does hits both."""
        tokens = {"session": self.server.owner.token,
                  "key": self.server.make_key(["viewContacts"])["secret"]}
        took = {name: [] for name in tokens}
        connection = http.client.HTTPConnection("127.0.0.1", self.server.stack.wapi.port)
        self.addCleanup(connection.close)
        for _ in range(REQUESTS_TIMED):
            for name, token in tokens.items():
                begin = time.perf_counter()
                connection.request("GET", "/api/v1/workspace",
                                   headers={"Authorization": f"Bearer {token}"})
                answer = connection.getresponse()
                answer.read()
                took[name].append(time.perf_counter() - begin)
                self.assertEqual(answer.status, 200)
        micros = {name: round(statistics.median(times) * 1e6) for name, times in took.items()}
        print(f"{self.engine}: a request by session {micros['session']} us, "
              f"by API key {micros['key']} us (median of {REQUESTS_TIMED})")
        self.assertLess(micros["key"], 1.5 * micros["session"])

    def test_an_address_is_not_believed_from_a_header(self):
        key = self.server.make_key(["viewContacts"], allowedNetworks=["192.0.2.0/24"])
        status, answer = self.server.call("GET", "/api/v1/contacts", key["secret"],
                                          headers={"X-Forwarded-For": "192.0.2.7"})
        self.assertEqual((status, answer["error"]["code"]), (403, "api_key_address_refused"))


class KeysOnSqlite(KeyTests, unittest.TestCase):
    engine = "sqlite"


class KeysOnPostgres(KeyTests, unittest.TestCase):
    engine = "postgres"


class KeyLimitsOnSqlite(KeyLimits, unittest.TestCase):
    pass


class KeyLimitsOnPostgres(KeyLimits, unittest.TestCase):
    database_url = staticmethod(support.new_postgres_url)


if __name__ == "__main__":
    unittest.main()
