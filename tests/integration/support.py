"""What the integration tests share: the real programs on both engines, two workspaces, tokens.

One stack (wapi and the simulated Meta) is started per engine and test run, on first use. Workspace
A has a number, a contact, a conversation and a dead letter; workspace B is the stranger.
"""
from __future__ import annotations

import atexit
import base64
import functools
import hashlib
import hmac
import itertools
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
import contract  # noqa: E402
from servers import PostgresServer  # noqa: E402
from stack import LIFTED_PER_MINUTE, Stack, http_request, json_request  # noqa: E402

WAIT_SECONDS_MAX = 30.0
database_numbers = itertools.count(1)
CUSTOMER_PHONE = "436601234567"
PASSWORD = "correct horse battery staple"
# Fast retries, so that a poison item is a dead letter at once.
SETTINGS = {"WEBHOOK_RETRY_MS": "1,1,1,1,1", "START_SENDER": "true"}


@dataclass
class Workspace:
    """One signed-up owner."""

    email: str
    token: str
    workspace_id: str
    phone_number_id: str = ""
    ids: dict[str, str] = field(default_factory=dict)


class Server:
    """A running stack with two workspaces; `settings` are added to those of all tests, and
    sim_arguments to the simulator's."""

    def __init__(self, database_url: str | None, settings: dict[str, str] | None = None,
                 sim_arguments: list[str] | None = None) -> None:
        self.stack = Stack(database_url, environment={**SETTINGS, **(settings or {})},
                           sim_arguments=sim_arguments)
        atexit.register(self.stack.stop)
        for form in ("signup", "login", "session", "other", "operator", "unauthorized"):
            self.stack.command("limits", "set-form", form, str(LIFTED_PER_MINUTE))
        self.stack.start()
        self.owner = self.sign_up("owner@example.com", "Corner Shop")
        self.stranger = self.sign_up("stranger@example.com", "Other Shop")
        self.fill()

    # --- requests --------------------------------------------------------------------------------

    def call(self, method: str, path: str, token: str | None = None, body=None,
             headers: dict[str, str] | None = None) -> tuple[int, object]:
        """A request as JSON; `path` is whole, such as /api/v1/contacts."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        status, answer = json_request(self.stack.wapi.port, method, path, body, sent)
        contract.check(method, path, status, answer, body)
        return status, answer

    def as_owner(self, method: str, path: str, body=None) -> tuple[int, object]:
        return self.call(method, "/api/v1" + path, self.owner.token, body)

    def sign_up(self, email: str, name: str) -> Workspace:
        status, answer = self.call("POST", "/api/v1/auth/signup", body={
            "name": "Olga Owner", "email": email, "password": PASSWORD, "workspaceName": name})
        assert status == 201, (status, answer)
        return Workspace(email, answer["token"], answer["workspace"]["id"])

    def make_role(self, name: str) -> str:
        """A custom role of A's that permits nothing yet; its id."""
        status, answer = self.as_owner("POST", "/admin/team/roles",
                                       {"name": name, "permissions": []})
        assert status == 201, (status, answer)
        return answer["id"]

    def join(self, email: str, role: str) -> str:
        """A new person of A's team with that role; their access token."""
        status, answer = self.as_owner("POST", "/admin/team/invite",
                                       {"email": email, "role": role})
        assert status == 201, (status, answer)
        status, answer = self.call("POST", "/api/v1/auth/accept-invite", body={
            "token": answer["link"].split("#token=")[1], "name": "Mia Member",
            "password": PASSWORD})
        assert status == 201, (status, answer)
        status, answer = self.call("POST", "/api/v1/auth/login", body={
            "email": email, "password": PASSWORD})
        assert status == 200, (status, answer)
        return answer["token"]

    def make_key(self, permissions: list[str], token: str | None = None, **fields) -> dict:
        """An API key by the owner, or whoever has the token: the answer, with `secret`."""
        status, answer = self.call("POST", "/api/v1/api-keys", token or self.owner.token, {
            "name": "Test", "permissions": permissions, **fields})
        assert status == 201, (status, answer)
        return answer

    def routes(self) -> list[dict]:
        """The route table, as the program itself prints it."""
        done = subprocess.run([str(self.stack.binaries / "wapi"), "routes"], check=True,
                              env=self.stack.environment, cwd=self.stack.folder,
                              capture_output=True, text=True)
        return [json.loads(line) for line in done.stdout.splitlines() if line.strip()]

    def closed_routes(self) -> list[dict]:
        """Those that need somebody who is known: a session, or a session or an API key."""
        return [route for route in self.routes() if route["auth"] in ("session", "api_key")]

    # --- what workspace A holds ------------------------------------------------------------------

    def fill(self) -> None:
        """Connects A's number, lets a customer write, and makes a dead letter."""
        waba_id, phone_number_id, access_token = self.stack.sim_credentials()
        self.owner.ids["waba_id"] = waba_id
        self.owner.ids["access_token"] = access_token
        self.owner.phone_number_id = phone_number_id
        status, answer = self.as_owner("POST", "/onboarding/connect", {
            "wabaId": waba_id, "phoneNumberId": phone_number_id, "accessToken": access_token})
        assert status in (200, 201), (status, answer)
        self.stack.signed_webhook(self.webhook(text_message("wamid.first", "Hello from Vienna")))
        self.stack.signed_webhook(self.webhook({"from": CUSTOMER_PHONE, "type": "text"}))
        status, answer = self.as_owner("POST", "/admin/team/roles",
                                       {"name": "Corner Shop Role", "permissions": []})
        assert status == 201, (status, answer)
        self.owner.ids["role"] = answer["id"]
        status, answer = self.as_owner("POST", "/admin/team/invite",
                                       {"email": "agent@example.com", "role": "agent"})
        assert status == 201, (status, answer)
        self.owner.ids["invite"] = answer["invite"]["id"]
        key = self.make_key(["viewContacts"])
        self.owner.ids["api_key"], self.owner.ids["secret"] = key["apiKey"]["id"], key["secret"]
        self.owner.ids["member"] = self.as_owner("GET", "/auth/me")[1]["user"]["id"]
        self.owner.ids["session"] = self.other_session()
        self.owner.ids["erasure"] = self.erase_somebody()
        for name, phone in (("duplicate", "+436607654322"), ("spare", "+436607654323")):
            self.owner.ids[name] = self.made("/contacts", {"phone": phone})
        self.owner.ids["segment"] = self.made("/segments", {"name": "All", "filter": {}})
        for name in ("import", "other_import"):
            self.owner.ids[name] = self.upload(b"Name,Phone\r\nIda,+436607654324\r\n")["id"]
        conversation = self.wait_for("/conversations", "conversations")
        letter = self.wait_for("/queues/dead", "jobs")
        self.owner.ids.update(self.write_for_the_team(conversation["id"]))
        self.owner.ids.update({"conversation": conversation["id"], "letter": letter["id"],
                               "contact": conversation["contactId"],
                               "message": conversation["lastMessage"]["id"]})

    def write_for_the_team(self, conversation: str) -> dict[str, str]:
        """A note, a quick reply and a view: their ids."""
        made = {"note": (f"/conversations/{conversation}/notes", {"text": "Prefers mornings"}),
                "quick_reply": ("/quick-replies", {"shortcut": "hi", "text": "Hello",
                                                   "shared": True}),
                "view": ("/views", {"name": "Unread", "filter": {"unread": True}, "shared": True})}
        ids = {}
        for name, (path, body) in made.items():
            status, answer = self.as_owner("POST", path, body)
            assert status == 201, (status, answer)
            ids[name] = answer["id"]
        return ids

    def made(self, path: str, body: dict) -> str:
        """The id of a new thing of A's."""
        status, answer = self.as_owner("POST", path, body)
        assert status == 201, (status, answer)
        return answer["id"]

    def upload(self, file: bytes, query: str = "", token: str | None = None) -> dict:
        """A's import of that file, not started."""
        path = f"/api/v1/contact-imports{query}"
        status, _headers, answer = http_request(
            self.stack.wapi.port, "POST", path, file,
            {"Authorization": f"Bearer {token or self.owner.token}", "Content-Type": "text/csv"})
        contract.check("POST", path, status, json.loads(answer), file.decode())
        assert status == 201, (status, answer)
        return json.loads(answer)

    def other_session(self) -> str:
        """A second session of A's owner, which tests may end."""
        status, answer = self.call("POST", "/api/v1/auth/login", body={
            "email": self.owner.email, "password": PASSWORD})
        assert status == 200, (status, answer)
        sessions = self.as_owner("GET", "/auth/sessions")[1]["sessions"]
        return next(session["id"] for session in sessions if not session["current"])

    def erase_somebody(self) -> str:
        """A contact who was erased: the erasure's id."""
        status, answer = self.as_owner("POST", "/contacts", {"phone": "+436607654321"})
        assert status == 201, (status, answer)
        status, answer = self.as_owner("POST", f"/contacts/{answer['id']}/erase",
                                       {"confirm": answer["id"]})
        assert status == 202, (status, answer)
        return answer["erasure"]["id"]

    def wait_for(self, path: str, name: str) -> dict:
        """The first item of A's list once there is one."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            status, answer = self.as_owner("GET", path)
            assert status == 200, (status, answer)
            if answer[name]:
                return answer[name][0]
            time.sleep(0.02)
        raise AssertionError(f"{path} stayed empty for {WAIT_SECONDS_MAX} s")

    def webhook(self, message: dict) -> dict:
        """A webhook body with one message to A's number."""
        value = {"messaging_product": "whatsapp",
                 "metadata": {"display_phone_number": "15550001111",
                              "phone_number_id": self.owner.phone_number_id},
                 "contacts": [{"profile": {"name": "Karl"}, "wa_id": CUSTOMER_PHONE}],
                 "messages": [message]}
        return {"object": "whatsapp_business_account",
                "entry": [{"id": self.owner.ids["waba_id"],
                           "changes": [{"field": "messages", "value": value}]}]}

    # --- tokens ----------------------------------------------------------------------------------

    def expired_token(self) -> str:
        """The owner's token as it would be an hour after its end."""
        claims = read_part(self.owner.token, 1)
        claims["iat"], claims["exp"] = int(time.time()) - 7200, int(time.time()) - 3600
        signed = self.owner.token.split(".")[0] + "." + write_part(claims)
        secret = self.stack.environment["JWT_SECRET"].encode()
        return signed + "." + encode(hmac.new(secret, signed.encode(), hashlib.sha256).digest())

    def bad_tokens(self) -> dict[str, str]:
        """Tokens that must all be refused as unauthorized."""
        header, payload, signature = self.owner.token.split(".")
        claims = read_part(self.owner.token, 1)
        other = write_part({**claims, "wid": self.stranger.workspace_id})
        none = encode(json.dumps({"alg": "none", "typ": "JWT"}).encode())
        signed = f"{header}.{payload}"
        forged = encode(hmac.new(b"0" * 64, signed.encode(), hashlib.sha256).digest())
        flipped = ("A" if signature[0] != "A" else "B") + signature[1:]
        return {"changed signature": f"{header}.{payload}.{flipped}",
                "wrong key": f"{signed}.{forged}",
                "changed claims": f"{header}.{other}.{signature}",
                "alg none": f"{none}.{payload}.",
                "alg none, signature kept": f"{none}.{payload}.{signature}",
                "no signature": f"{header}.{payload}.",
                "not a token": "secret"}


def text_message(wamid: str, text: str) -> dict:
    return {"from": CUSTOMER_PHONE, "id": wamid, "timestamp": str(int(time.time())),
            "type": "text", "text": {"body": text}}


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def write_part(claims: dict) -> str:
    return encode(json.dumps(claims, separators=(",", ":")).encode())


def read_part(token: str, index: int) -> dict:
    part = token.split(".")[index]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@functools.lru_cache(maxsize=None)
def own_postgres() -> str:
    """URL of a server of our own, for a run that names none."""
    postgres = PostgresServer({"fsync": "off"})
    atexit.register(postgres.stop)
    postgres.start()
    return postgres.url


def new_postgres_url() -> str:
    """An empty database on the test run's server, or on one of our own."""
    url = os.environ.get("WAPI_TEST_POSTGRES_URL") or own_postgres()
    name = f"wapi_integration_{os.getpid()}_{next(database_numbers)}"
    subprocess.run(["psql", "--no-psqlrc", "--quiet", "--dbname", url,
                    "--command", f"CREATE DATABASE {name}"], check=True)
    return url.rsplit("/", 1)[0] + "/" + name


@functools.lru_cache(maxsize=None)
def server(engine: str) -> Server:
    """The stack of an engine: sqlite or postgres."""
    return Server(new_postgres_url() if engine == "postgres" else None)
