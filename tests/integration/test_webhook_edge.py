"""The server's edge as Meta and the unfriendly see it: handshake, signatures, limits, bad HTTP.

Goal: what must be refused is refused with the right status and stored nowhere; what is valid
passes. Method: raw requests against the real program; the owner's inbox shows what was stored.
"""
import http.client
import json
import socket
import threading
import time
import unittest
import urllib.parse

import support
from alone import alone
from stack import http_request

WEBHOOKS = ("/api/v1/webhook", "/api/v1/webhook/meta")
HEADER_SECONDS = 10.0  # a whole header must have come by then
BODY_BYTES_MAX = 3 << 20


class WebhookEdge(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = support.server("sqlite")
        cls.port = cls.server.stack.wapi.port

    def post(self, path, body, headers):
        status, _, answer = http_request(self.port, "POST", path, body, headers)
        return status, answer

    def code_of(self, answer):
        return json.loads(answer)["error"]["code"]

    def messages(self):
        status, answer = self.server.as_owner(
            "GET", f"/conversations/{self.server.owner.ids['conversation']}/messages?limit=100")
        self.assertEqual(status, 200)
        return [message["body"] for message in answer["messages"]]

    def wait_for_message(self, text):
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while text not in self.messages():
            self.assertLess(time.monotonic(), deadline, f"{text} did not arrive")
            time.sleep(0.02)

    def body(self, wamid, text):
        return json.dumps(self.server.webhook(support.text_message(wamid, text))).encode()

    def test_the_handshake_answers_the_challenge_to_the_right_token_only(self):
        right = self.server.stack.verify_token
        for path in WEBHOOKS:
            for token, expected in ((right, 200), (right + "x", 403), ("", 403)):
                query = urllib.parse.urlencode({"hub.mode": "subscribe", "hub.verify_token": token,
                                                "hub.challenge": "1158201444"})
                with self.subTest(path=path, expected=expected):
                    status, _, answer = http_request(self.port, "GET", f"{path}?{query}")
                    self.assertEqual(status, expected)
                    self.assertEqual(answer == b"1158201444", expected == 200)

    def test_a_handshake_of_another_mode_is_refused(self):
        query = urllib.parse.urlencode({"hub.mode": "unsubscribe", "hub.challenge": "1",
                                        "hub.verify_token": self.server.stack.verify_token})
        status, _, answer = http_request(self.port, "GET", f"{WEBHOOKS[0]}?{query}")
        self.assertEqual(status, 403)
        self.assertNotEqual(answer, b"1")

    def test_a_valid_signature_is_accepted_on_both_paths(self):
        for number, path in enumerate(WEBHOOKS):
            body = self.body(f"wamid.valid{number}", f"valid {number}")
            headers = {"X-Hub-Signature-256": self.server.stack.sign(body)}
            self.assertEqual(self.post(path, body, headers)[0], 200)
            self.wait_for_message(f"valid {number}")

    def test_bad_signatures_are_403_and_store_nothing(self):
        body = self.body("wamid.forged", "forged")
        good = self.server.stack.sign(body)
        other = self.server.stack.sign(body, "x" * 32)
        bad = {"missing": None, "empty": "", "another secret": other, "truncated": good[:-1],
               "too long": good + "0", "no prefix": good[7:], "sha1": "sha1=" + good[7:47],
               "not hex": "sha256=" + "z" * 64,
               "another body": self.server.stack.sign(body + b" ")}
        for path in WEBHOOKS:
            for name, signature in bad.items():
                headers = {} if signature is None else {"X-Hub-Signature-256": signature}
                with self.subTest(path=path, signature=name):
                    status, answer = self.post(path, body, headers)
                    self.assertEqual(status, 403)
                    self.assertNotIn(b"sha256", answer)
        last = self.body("wamid.after", "after the forged ones")
        self.post(WEBHOOKS[0], last, {"X-Hub-Signature-256": self.server.stack.sign(last)})
        self.wait_for_message("after the forged ones")
        self.assertNotIn("forged", self.messages())

    def test_a_signature_of_a_body_that_is_no_json_is_kept_for_replay(self):
        body = b"this is not JSON"
        headers = {"X-Hub-Signature-256": self.server.stack.sign(body)}
        self.assertEqual(self.post(WEBHOOKS[0], body, headers)[0], 200)

    def test_a_body_above_the_limit_is_413_however_it_is_framed(self):
        body = b"x" * (BODY_BYTES_MAX + 1)
        headers = {"X-Hub-Signature-256": self.server.stack.sign(body)}
        self.assertEqual(self.announce("Content-Length: 4194304")[0], 413)
        status, answer = self.send_chunked(body, headers)
        self.assertEqual((status, self.code_of(answer)), (413, "body_too_large"))

    def test_a_body_of_the_limit_is_taken(self):
        body = b"x" * BODY_BYTES_MAX
        headers = {"X-Hub-Signature-256": self.server.stack.sign(body)}
        self.assertEqual(self.post(WEBHOOKS[0], body, headers)[0], 200)

    def announce(self, header):
        """Sends a header only, so that an answer shows that the body was not waited for."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            head = f"POST {WEBHOOKS[0]} HTTP/1.1\r\nHost: wapi\r\n{header}\r\n\r\n"
            connection.sendall(head.encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            return answer.status, answer.read()

    def send_chunked(self, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest("POST", WEBHOOKS[0])
            for name, value in {**headers, "Transfer-Encoding": "chunked"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            try:
                for at in range(0, len(body), 1 << 16):
                    part = body[at:at + (1 << 16)]
                    connection.send(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                connection.send(b"0\r\n\r\n")
            except (BrokenPipeError, ConnectionResetError):
                pass  # the server has answered and does not read the rest
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    @alone
    def test_a_slow_client_gets_408_and_holds_up_nobody(self):
        answers = []

        def dawdle():
            with socket.create_connection(("127.0.0.1", self.port),
                                          timeout=HEADER_SECONDS * 3) as connection:
                connection.sendall(b"POST /api/v1/webhook HTTP/1.1\r\nHost: wapi\r\n")
                answers.append(connection.recv(4096))

        begin = time.monotonic()
        threads = [threading.Thread(target=dawdle) for _ in range(20)]
        for thread in threads:
            thread.start()
        self.assertEqual(http_request(self.port, "GET", "/api/v1/health")[0], 200)
        self.assertLess(time.monotonic() - begin, HEADER_SECONDS / 2)
        for thread in threads:
            thread.join()
        self.assertEqual({answer[:12] for answer in answers}, {b"HTTP/1.1 408"})
        self.assertGreaterEqual(time.monotonic() - begin, HEADER_SECONDS * 0.9)

    def test_an_unknown_path_is_404_and_a_wrong_verb_405(self):
        for method, path, expected in (("GET", "/api/v1/nothing", 404), ("GET", "/index", 404),
                                       ("GET", "/api/v1/webhook/other", 404),
                                       ("DELETE", "/api/v1/webhook", 405),
                                       ("GET", "/api/v1/auth/login", 405),
                                       ("POST", "/api/v1/health", 405)):
            with self.subTest(method=method, path=path):
                status, headers, answer = http_request(self.port, method, path)
                self.assertEqual(status, expected, answer)
                self.assertIn(self.code_of(answer), ("not_found", "method_not_allowed"))
                self.assertEqual("Allow" in headers, expected == 405)

    def test_malformed_json_is_400(self):
        for body in (b"{", b"", b"nul", b'{"a":1}}', b"\xff\xfe", b"[" * 5000):
            with self.subTest(body=body[:10]):
                status, _, answer = http_request(
                    self.port, "POST", "/api/v1/contacts", body,
                    {"Authorization": f"Bearer {self.server.owner.token}",
                     "Content-Type": "application/json"})
                self.assertEqual((status, self.code_of(answer)), (400, "malformed_json"))

    def test_every_error_names_its_request(self):
        status, headers, answer = http_request(self.port, "GET", "/api/v1/contacts",
                                               headers={"X-Request-Id": "integration-0001"})
        self.assertEqual(status, 401)
        self.assertEqual(json.loads(answer)["error"]["requestId"], "integration-0001")
        self.assertFalse(json.loads(answer)["success"])

    def test_a_malformed_request_line_is_answered_400_and_closed(self):
        for line in (b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
                     b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"):
            with self.subTest(line=line[:20]), \
                    socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                connection.sendall(line)
                self.assertRegex(connection.recv(4096)[:12], rb"HTTP/1\.1 (400|501|505)")

    def test_pipelined_requests_are_answered_in_order(self):
        request = b"GET %b HTTP/1.1\r\nHost: a\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request % b"/api/v1/nothing" + request % b"/api/v1/health" +
                               b"DELETE /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n")
            statuses = []
            reader = connection.makefile("rb")
            while len(statuses) < 3:
                statuses.append(int(reader.readline().split()[1]))
                length = 0
                while (line := reader.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                reader.read(length)
        self.assertEqual(statuses, [404, 200, 405])


if __name__ == "__main__":
    unittest.main()
