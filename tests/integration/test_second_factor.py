"""The second factor over the wire, with codes of an independent implementation, on both engines.

Goal: what an authenticator app shows is taken, once; the password alone opens nothing; recovery
codes help once; the secret is nowhere in the clear. Method: RFC 6238 by Python's hmac; the server's
clock is the machine's: a test turns it on with the present code and logs in with the next one,
which the tolerance of one step lets in, whenever a step ends.
"""
import base64
import hashlib
import hmac
import itertools
import struct
import time
import unittest

import support

people = itertools.count(1)


def totp(secret: str, later: int = 0) -> str:
    """The code of an app `later` steps from now."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset:offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class SecondFactor:
    """The tests; the classes below give the engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)

    def setUp(self):
        self.email = f"{self.engine}-{next(people)}@second.example"
        self.token = self.server.sign_up(self.email, "Second Shop").token

    def post(self, path, body, token=None):
        return self.server.call("POST", "/api/v1/auth" + path, token, body)

    def turn_on(self):
        status, answer = self.post("/second-factor/enrol", {"password": support.PASSWORD},
                                   self.token)
        self.assertEqual(status, 200, answer)
        self.secret = answer["secret"]
        self.assertTrue(answer["otpauthUri"].startswith("otpauth://totp/wApi:"))
        self.assertIn(self.secret, answer["otpauthUri"])
        status, answer = self.post("/second-factor/confirm", {"code": totp(self.secret)},
                                   self.token)
        self.assertEqual(status, 200, answer)
        self.assertEqual(len(set(answer["recoveryCodes"])), 10)
        return answer["recoveryCodes"]

    def challenge(self):
        status, answer = self.post("/login", {"email": self.email, "password": support.PASSWORD})
        self.assertEqual((status, answer["secondFactorRequired"]), (200, True))
        self.assertEqual(set(answer), {"secondFactorRequired", "challengeToken", "expiresIn"})
        return answer["challengeToken"]

    def finish(self, code, challenge=None):
        return self.post("/login/second-factor",
                         {"challengeToken": challenge or self.challenge(), "code": code})

    def test_a_login_takes_the_password_and_a_code_of_the_app_which_works_once(self):
        self.turn_on()
        code = totp(self.secret, 1)
        status, answer = self.finish(code)
        self.assertEqual(status, 200, answer)
        self.assertEqual(self.server.call("GET", "/api/v1/auth/me", answer["token"])[0], 200)
        status, answer = self.finish(code)
        self.assertEqual((status, answer["error"]["code"]), (403, "wrong_code"))

    def test_a_challenge_opens_nothing(self):
        self.turn_on()
        challenge = self.challenge()
        self.assertEqual(self.server.call("GET", "/api/v1/auth/me", challenge)[0], 401)
        self.assertEqual(self.finish("", challenge)[0], 422)
        self.assertEqual(self.finish(totp(self.secret, 1), challenge + "x")[1]["error"]["code"],
                         "challenge_expired")

    def test_a_recovery_code_helps_once(self):
        codes = self.turn_on()
        status, answer = self.finish(codes[0])
        self.assertEqual(status, 200, answer)
        status, left = self.server.call("GET", "/api/v1/auth/second-factor", answer["token"])
        self.assertEqual((status, left), (200, {"enabled": True, "recoveryCodesLeft": 9}))
        self.assertEqual(self.finish(codes[0])[0], 403)

    def test_guessing_ends_soon(self):
        self.turn_on()
        challenge = self.challenge()
        answers = [self.finish(f"{number:06}", challenge)[0] for number in range(6)]
        self.assertEqual(answers[-1], 429)
        self.assertEqual(self.finish(totp(self.secret, 1), challenge)[0], 429)

    def test_turning_it_off_takes_password_and_code(self):
        self.turn_on()
        for body, status in (({"password": "not the password", "code": totp(self.secret, 1)}, 403),
                             ({"password": support.PASSWORD, "code": "000000"}, 403),
                             ({"password": support.PASSWORD}, 422),
                             ({"password": support.PASSWORD, "code": totp(self.secret, 1)}, 200)):
            self.assertEqual(self.post("/second-factor/disable", body, self.token)[0], status)
        status, answer = self.post("/login", {"email": self.email, "password": support.PASSWORD})
        self.assertEqual(status, 200)
        self.assertIn("token", answer)
        logs = self.server.call("GET", "/api/v1/audit-logs", self.token)[1]["logs"]
        self.assertLessEqual({"user.second_factor_enabled", "user.second_factor_disabled"},
                             {entry["action"] for entry in logs})


class SecondFactorOnSqlite(SecondFactor, unittest.TestCase):
    engine = "sqlite"

    def test_neither_secret_nor_recovery_codes_are_written_anywhere(self):
        codes = self.turn_on()
        self.finish(totp(self.secret, 1))
        folder = self.server.stack.folder
        written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
        self.assertIn(self.email.encode(), written, "the canary: what is there is found")
        raw = base64.b32decode(self.secret)
        hidden = [self.secret.encode(), raw, base64.urlsafe_b64encode(raw).rstrip(b"="),
                  *(code.encode() for code in codes),
                  *(code.replace("-", "").encode() for code in codes)]
        self.assertEqual([one for one in hidden if one in written], [])


class SecondFactorOnPostgres(SecondFactor, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
