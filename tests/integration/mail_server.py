"""A real SMTP server (aiosmtpd) for the tests: keeps what it is given, speaks TLS, asks for a
password, refuses and fails on demand."""
from __future__ import annotations

import email
import email.policy
import re
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
from servers import free_port  # noqa: E402

WAIT_SECONDS_MAX = 30.0
USER, PASSWORD = "mailer@shop.example", "p@ss/word:1"


@dataclass
class Received:
    """One mail as it came."""

    sender: str
    recipients: list[str]
    encrypted: bool
    message: email.message.EmailMessage

    @property
    def text(self) -> str:
        return self.message.get_content()

    @property
    def token(self) -> str:
        """Of the link in it."""
        return re.search(r"#token=([\w-]+)", self.text).group(1)


@dataclass
class MailServer:
    """Use as a context manager, or start() and stop() it. secure: "starttls", "smtps" or empty."""

    secure: str = ""
    password: bool = False
    folder: Path | None = None
    port: int = field(default_factory=free_port)
    answers: list[str] = field(default_factory=list)  # to the next recipients, instead of 250
    mails: list[Received] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)
    controller: Controller | None = None

    def __enter__(self) -> "MailServer":
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    def start(self) -> None:
        context = self._context() if self.secure else None
        server = self

        class Listening(Controller):
            def factory(self):
                return SMTP(self.handler, **self.SMTP_kwargs)

        options = {"authenticator": server.authenticate, "auth_required": self.password,
                   "auth_require_tls": False}
        if self.secure == "starttls":
            options.update(tls_context=context, require_starttls=True)
        self.controller = Listening(
            self, hostname="127.0.0.1", port=self.port,
            ssl_context=context if self.secure == "smtps" else None, **options)
        self.controller.start()

    def stop(self) -> None:
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    @property
    def certificate(self) -> Path | None:
        return self.folder and self.folder / "mail.pem"  # aiosmtpd reads every attribute

    def _context(self) -> ssl.SSLContext:
        key = self.folder / "mail.key"
        if not self.certificate.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
                            "2", "-subj", "/CN=127.0.0.1", "-addext",
                            "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out",
                            str(self.certificate)], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        return context

    # --- what aiosmtpd calls ---------------------------------------------------------------------

    def authenticate(self, _server, _session, _envelope, _mechanism, data) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(),
                                                                          PASSWORD.encode())
        self.logins.append(right)
        return AuthResult(success=right)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(Received(envelope.mail_from, list(envelope.rcpt_tos),
                                   session.ssl is not None or self.secure == "smtps", message))
        return "250 taken"

    # --- what tests ask --------------------------------------------------------------------------

    @property
    def settings(self) -> dict[str, str]:
        scheme = "smtps" if self.secure == "smtps" else "smtp"
        login = "mailer%40shop.example:p%40ss%2Fword%3A1@" if self.password else ""
        settings = {"SMTP_URL": f"{scheme}://{login}127.0.0.1:{self.port}",
                    "SMTP_FROM": "Corner Shop <mail@shop.example>",
                    "PUBLIC_URL": "https://wapi.example", "MAIL_RETRY_MS": "200,200,200,200,200"}
        if self.secure:
            settings["SMTP_CA_FILE"] = str(self.certificate)
        return settings

    def wait_for(self, recipient: str, count: int = 1) -> Received:
        """The newest mail to that address, once there are so many."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            found = [mail for mail in self.mails if recipient in mail.recipients]
            if len(found) >= count:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"no {count} mails to {recipient} within {WAIT_SECONDS_MAX} s")
