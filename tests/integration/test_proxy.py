"""packaging/proxy/nginx.conf in front of the real server, with the real nginx.

Goal: TLS, the client's own address in the audit log whatever headers it writes, no /metrics from
outside, and webhooks of full size. Method: the sample with other ports, names and a certificate of
its own, so that what is tried is what operators copy.
"""
import os
import re
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from http.client import HTTPSConnection
from pathlib import Path

import support
from servers import free_port, stop_process
from stack import Stack
from story import wait_for

SAMPLE = support.PROJECT / "packaging/proxy/nginx.conf"
NAME = "wapi.example.com"
CLIENT = "127.0.0.2"  # not the proxy's own address
WAIT_SECONDS_MAX = 10
MAIN = """
daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; {user}
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/wapi.conf;
}}
"""


class Nginx:
    """nginx with the sample, started in front of a port. A context manager."""

    def __init__(self, wapi_port):
        self.http_port, self.https_port = free_port(), free_port()
        self.wapi_port = wapi_port

    def __enter__(self):
        self.place = tempfile.TemporaryDirectory(prefix="wapi-nginx-")
        self.folder = Path(self.place.name)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
                        "-keyout", self.folder / "privkey.pem",
                        "-out", self.folder / "fullchain.pem"], check=True, capture_output=True)
        (self.folder / "wapi.conf").write_text(self.adapted())
        user = "user root;" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user=user))
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf"],
                                        stderr=subprocess.DEVNULL,
                                        env={**os.environ, "PATH": path})
        return self

    def __exit__(self, *_error):
        stop_process(self.process)
        self.place.cleanup()

    def adapted(self):
        text = SAMPLE.read_text()
        text = re.sub(r"\n    listen \[::\].*", "", text)
        for old, new in (("127.0.0.1:5000;", f"127.0.0.1:{self.wapi_port};"),
                         ("listen 80;", f"listen 127.0.0.1:{self.http_port};"),
                         ("listen 443 ", f"listen 127.0.0.1:{self.https_port} "),
                         (f"/etc/letsencrypt/live/{NAME}", str(self.folder))):
            assert old in text, old
            text = text.replace(old, new)
        return text

    def ask(self, method, path, body=None, headers=None):
        """One request over TLS, the certificate checked; gives status, headers and body."""
        trust = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        connection = HTTPSConnection(NAME, self.https_port, timeout=30, context=trust)
        connection._create_connection = lambda _address, timeout, _source: (
            connect_from_elsewhere(self.https_port, timeout))
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()


def connect_from_elsewhere(port, timeout):
    """A connection to the proxy from another address than its own."""
    return socket.create_connection(("127.0.0.1", port), timeout, (CLIENT, 0))


class BehindNginx(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        settings = {**support.SETTINGS, "TRUSTED_PROXIES": "127.0.0.1",
                    "PUBLIC_URL": f"https://{NAME}"}
        cls.stack = cls.enterClassContext(Stack(environment=settings))
        cls.stack.sign_up()
        cls.nginx = cls.enterClassContext(Nginx(cls.stack.wapi.port))
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while True:
            try:
                cls.nginx.ask("GET", "/api/v1/health")
                return
            except OSError:
                assert time.monotonic() < deadline, (cls.nginx.folder / "error.log").read_text()
                time.sleep(0.05)

    def test_it_answers_over_tls_and_asks_browsers_to_stay_there(self):
        status, headers, _body = self.nginx.ask("GET", "/api/v1/health")
        self.assertEqual(status, 200)
        self.assertIn("max-age=31536000", headers["Strict-Transport-Security"])

    def test_plain_http_is_sent_to_https(self):
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_arguments):
                return None
        request = urllib.request.Request(f"http://127.0.0.1:{self.nginx.http_port}/api/v1/health",
                                         headers={"Host": NAME})
        with self.assertRaises(urllib.error.HTTPError) as answer:
            urllib.request.build_opener(Stay).open(request, timeout=10)
        self.assertEqual((answer.exception.code, answer.exception.headers["Location"]),
                         (301, f"https://{NAME}/api/v1/health"))
        answer.exception.close()

    def test_the_audit_log_has_the_clients_address_whatever_it_claims(self):
        status, _headers, _body = self.nginx.ask(
            "POST", "/api/v1/auth/login", '{"email":"owner@example.com","password":"wrong wrong"}',
            {"Content-Type": "application/json", "X-Forwarded-For": "203.0.113.7"})
        self.assertEqual(status, 401)
        logs = wait_for("the entry, which is written after the answer", lambda: self.stack.api(
            "GET", "/audit-logs?action=user.login_failed")[1]["logs"])
        self.assertEqual(logs[0]["ip"], CLIENT)

    def test_metrics_are_not_shown_outside(self):
        self.assertEqual(self.nginx.ask("GET", "/metrics")[0], 404)
        self.assertGreater(self.stack.metric("wapi_http_requests_total"), 0)

    def test_a_webhook_of_full_size_passes_and_more_does_not(self):
        body = b'{"object":"whatsapp_business_account","entry":[]}' + b" " * 2_900_000
        headers = {"X-Hub-Signature-256": self.stack.sign(body)}
        self.assertEqual(self.nginx.ask("POST", "/api/v1/webhook", body, headers)[0], 200)
        large = body + b" " * 600_000
        headers = {"X-Hub-Signature-256": self.stack.sign(large)}
        status, _headers, text = self.nginx.ask("POST", "/api/v1/webhook", large, headers)
        self.assertEqual(status, 413)
        self.assertIn("body_too_large", text)  # said by wApi, not by the proxy


if __name__ == "__main__":
    unittest.main()
