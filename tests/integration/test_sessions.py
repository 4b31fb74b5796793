"""A person's own sessions, with real logins on both engines.

Goal: whoever lost a device sees its session and ends it, and its tokens are worth nothing from that
moment. Method: one account logs in several times as different programs would.
"""
import unittest

import support


class Sessions:
    """The tests; the classes below give the engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)

    def setUp(self):
        self.email = f"{self.engine}-{self.id().rpartition('.')[2]}@example.com"
        self.first = self.server.sign_up(self.email, "Session Shop").token

    def log_in(self, user_agent):
        status, answer = self.server.call(
            "POST", "/api/v1/auth/login", body={"email": self.email, "password": support.PASSWORD},
            headers={"User-Agent": user_agent})
        self.assertEqual(status, 200, answer)
        return answer["token"]

    def sessions(self, token):
        status, answer = self.server.call("GET", "/api/v1/auth/sessions", token)
        self.assertEqual(status, 200, answer)
        return answer["sessions"]

    def works(self, token):
        return self.server.call("GET", "/api/v1/auth/me", token)[0] == 200

    def test_each_login_is_shown_with_its_place(self):
        phone = self.log_in("phone/1")
        shown = self.sessions(phone)
        self.assertEqual([item["current"] for item in shown], [True, False])
        self.assertEqual((shown[0]["userAgent"], shown[0]["ip"]), ("phone/1", "127.0.0.1"))
        self.assertNotIn("hash", str(shown).lower())

    def test_a_lost_device_is_logged_out_at_once(self):
        lost = self.log_in("lost/1")
        session = next(item for item in self.sessions(lost) if item["current"])
        status, _ = self.server.call("DELETE", f"/api/v1/auth/sessions/{session['id']}", self.first)
        self.assertEqual((status, self.works(lost), self.works(self.first)), (200, False, True))
        logs = self.server.call("GET", "/api/v1/audit-logs?action=user.logout", self.first)[1]
        self.assertEqual(logs["logs"][0]["details"],
                         {"reason": "session_ended_by_user", "sessions": 1})

    def test_logging_out_everywhere_leaves_none_or_this_one(self):
        others = [self.log_in("a/1"), self.log_in("b/1")]
        status, answer = self.server.call("POST", "/api/v1/auth/logout-all", self.first,
                                          {"keepCurrent": True})
        self.assertEqual((status, answer["ended"]), (200, 2))
        self.assertEqual([self.works(token) for token in [self.first, *others]],
                         [True, False, False])
        self.assertEqual(self.server.call("POST", "/api/v1/auth/logout-all", self.first,
                                          {"keepCurrent": False})[0], 200)
        self.assertFalse(self.works(self.first))


class SessionsOnSqlite(Sessions, unittest.TestCase):
    engine = "sqlite"


class SessionsOnPostgres(Sessions, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
