"""wApi and the simulated Meta as one thing that a test, a benchmark or the demo starts and hurts.

A Stack has a folder (data, logs), ports and secrets of its own. After start() the server runs with
an empty database; set_up_account() signs an owner up and connects a number, as a user would. The
process can be killed with kill -9 and started again on the same data and port.
"""
from __future__ import annotations

import atexit
import hashlib
import hmac
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from servers import free_port, log_tail, stop_process  # noqa: E402

PROJECT = Path(__file__).resolve().parent.parent
READY_SECONDS_MAX = 60.0
OWNER_PASSWORD = "correct horse battery staple"
REQUEST_SECONDS_MAX = 60.0
WEBHOOK_PATH = "/api/v1/webhook"
APP_ID = "901000000000001"
LIFTED_PER_MINUTE = 1_000_000


class StackFailed(RuntimeError):
    """A program did not start or a step of the preparation was refused."""


@dataclass
class Account:
    """Who signed up, and which number was connected."""

    token: str
    workspace: dict
    waba_id: str
    phone_number_ids: list[str]


def http_request(port: int, method: str, path: str, body: bytes | None = None,
                 headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    """One request on a connection of its own. Raises OSError or HTTPException without an answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=REQUEST_SECONDS_MAX)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def json_request(port: int, method: str, path: str, body=None,
                 headers: dict[str, str] | None = None) -> tuple[int, object]:
    """Sends `body` as JSON; gives status and parsed answer (the text when it is not JSON)."""
    data = None if body is None else json.dumps(body).encode()
    sent = {**({} if data is None else {"Content-Type": "application/json"}), **(headers or {})}
    status, _headers, answer = http_request(port, method, path, data, sent)
    try:
        return status, json.loads(answer) if answer else None
    except ValueError:
        return status, answer.decode(errors="replace")


class Program:
    """One of the two programs: its process, port and log. It can be started any number of times."""

    def __init__(self, name: str, folder: Path, ready_path: str) -> None:
        self.name = name
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self.ready_path = ready_path
        self.ready_seconds = 0.0
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    def start(self, command: list[str], environment: dict[str, str]) -> None:
        """Starts and waits until the ready path answers 200; keeps how long that took."""
        begin = time.monotonic()
        with open(self.log, "ab") as log:
            # The folder is the current directory, so that a developer's .env file is not read.
            self.process = subprocess.Popen(command, env=environment, cwd=self.log.parent,
                                            stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=subprocess.STDOUT)
        while time.monotonic() - begin < READY_SECONDS_MAX:
            if self.process.poll() is not None:
                break
            if self._answers():
                self.ready_seconds = time.monotonic() - begin
                return
            time.sleep(0.005)
        self.stop(signal.SIGKILL)
        raise StackFailed(f"{self.name} did not become ready:\n{log_tail(self.log)}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process is not None:
            stop_process(self.process, how)

    def _answers(self) -> bool:
        try:
            return http_request(self.port, "GET", self.ready_path)[0] == 200
        except (OSError, http.client.HTTPException):
            return False


class Stack:
    """`wapi serve` against `wapi-cloudsim`. Use as a context manager, or call stop() at the end.

    environment adds to or replaces the server's settings: {"START_WEBHOOK_WORKER": "false"}.
    database_url: a PostgreSQL URL; without one the server keeps SQLite in the folder.
    sim_arguments: more options for the simulator, such as ["--auto-read", "--no-limits"].
    server_prefix: what the server is started through, such as ["prlimit", "--nofile=128"].
    binaries: the folder of both programs, when it is not that of the preset.
    own_limits: keep the product's rate limits. Else they are lifted, because a test or the demo's
    story asks more often in a minute than a workspace on the free plan may.
    """

    def __init__(self, database_url: str | None = None, environment: dict[str, str] | None = None,
                 preset: str = "release", seed: int = 1, folder: Path | None = None,
                 sim_arguments: list[str] | None = None, server_prefix: list[str] | None = None,
                 binaries: Path | None = None, own_limits: bool = False) -> None:
        self.own_limits = own_limits
        self.binaries = binaries or PROJECT / "build" / preset
        self.seed = seed
        self.sim_arguments = sim_arguments or []
        self.server_prefix = server_prefix or []
        self.owns_folder = folder is None
        self.folder = folder or Path(tempfile.mkdtemp(prefix="wapi-stack-"))
        self.data_folder = self.folder / "data"
        self.data_folder.mkdir(parents=True, exist_ok=True)
        self.wapi = Program("wapi", self.folder, "/api/v1/health")
        self.cloudsim = Program("cloudsim", self.folder, "/sim/state")
        self.app_secret = secrets.token_hex(16)
        self.verify_token = secrets.token_hex(16)
        self.account: Account | None = None
        self.environment = self._settings(database_url)
        self.environment.update(environment or {})

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    # --- processes -----------------------------------------------------------------------------

    def start(self) -> None:
        """Starts both programs and waits until they answer; they end with this process."""
        atexit.register(self.stop)
        try:
            self.start_cloudsim()
            if not self.own_limits:
                self.command("limits", "set-plan", "free", str(LIFTED_PER_MINUTE))
                for form in ("signup", "login", "other", "operator", "unauthorized"):
                    self.command("limits", "set-form", form, str(LIFTED_PER_MINUTE))
            self.start_wapi()
        except BaseException:
            self.stop()
            raise

    def start_cloudsim(self) -> None:
        command = [str(self.binaries / "wapi-cloudsim"), "--port", str(self.cloudsim.port),
                   "--webhook-url", f"http://127.0.0.1:{self.wapi.port}{WEBHOOK_PATH}",
                   "--app-secret", self.app_secret, "--app-id", APP_ID,
                   "--verify-token", self.verify_token, "--seed", str(self.seed),
                   *self.sim_arguments]
        self.cloudsim.start(command, dict(os.environ))

    def start_wapi(self) -> None:
        self.wapi.start([*self.server_prefix, str(self.binaries / "wapi"), "serve"],
                        self.environment)

    def command(self, *words: str, given: str = "") -> str:
        """Runs `wapi WORDS` with the server's settings and `given` as its input; gives what it
        printed."""
        done = subprocess.run([str(self.binaries / "wapi"), *words], env=self.environment,
                              cwd=self.folder, input=given, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise StackFailed(f"wapi {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def kill9(self) -> None:
        """Ends the server without warning. What it had handed to the system is not lost by this, as
        it would be by a power cut: src/db/sqlite/power_cut_test.cpp shows what survives that."""
        self.wapi.stop(signal.SIGKILL)

    def restart(self, environment: dict[str, str] | None = None) -> float:
        """Stops the server if it runs, changes settings, starts it on the same data and port.

        Gives the seconds from start to ready."""
        self.wapi.stop()
        self.environment.update(environment or {})
        self.start_wapi()
        return self.wapi.ready_seconds

    def stop(self) -> None:
        """Stops both programs and deletes the folder, unless the caller gave it."""
        atexit.unregister(self.stop)
        self.wapi.stop()
        self.cloudsim.stop()
        if self.owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- the server ----------------------------------------------------------------------------

    def api(self, method: str, path: str, body=None,
            headers: dict[str, str] | None = None) -> tuple[int, object]:
        """Calls /api/v1 + path as the owner that signed up, or as nobody before that."""
        sent = dict(headers or {})
        if self.account is not None:
            sent.setdefault("Authorization", f"Bearer {self.account.token}")
        return json_request(self.wapi.port, method, "/api/v1" + path, body, sent)

    def sign(self, body: bytes, secret: str | None = None) -> str:
        """The value of X-Hub-Signature-256 for these bytes."""
        key = (self.app_secret if secret is None else secret).encode()
        return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()

    def signed_webhook(self, body: bytes | str | dict, secret: str | None = None) -> int:
        """Posts a webhook as Meta would and gives the status; another secret makes it a forgery."""
        data = json.dumps(body) if isinstance(body, dict) else body
        data = data.encode() if isinstance(data, str) else data
        headers = {"Content-Type": "application/json",
                   "X-Hub-Signature-256": self.sign(data, secret)}
        return http_request(self.wapi.port, "POST", WEBHOOK_PATH, data, headers)[0]

    def health(self) -> dict:
        """The answer of /api/v1/health, whether the server is well or not."""
        answer = json_request(self.wapi.port, "GET", "/api/v1/health")[1]
        return answer if isinstance(answer, dict) else {}

    def metric(self, prefix: str) -> float:
        """Sum of the metrics whose line begins so; zero when there is none yet."""
        token = self.environment.get("METRICS_TOKEN")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status, _headers, text = http_request(self.wapi.port, "GET", "/metrics", None, headers)
        if status != 200:
            raise StackFailed(f"/metrics answered {status}")
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.decode().splitlines()
                   if line.startswith(prefix))

    def pending(self) -> int:
        """Webhooks of all workspaces that wait for the worker, now or for a retry."""
        health = self.health()
        if "queue" not in health:
            raise StackFailed(f"/health shows no queue: {health}")
        return int(health["queue"]["pending"]) + int(health["queue"]["delayed"])

    @property
    def database_url(self) -> str | None:
        """The PostgreSQL database of the server; None when it runs on SQLite."""
        return self.environment.get("DATABASE_URL")

    def sqlite_file(self) -> Path:
        """The database file of a server that runs on SQLite."""
        files = [*self.data_folder.glob("*.db"), *self.data_folder.glob("*.sqlite*")]
        found = [file for file in files if not file.name.endswith(("-wal", "-shm"))]
        if len(found) != 1:
            raise StackFailed(f"expected one database in {self.data_folder}, found {found}")
        return found[0]

    def wait_until_idle(self, seconds_max: float = 60.0, poll_seconds: float = 0.02) -> float:
        """Waits until nothing is pending and gives the seconds it took."""
        begin = time.monotonic()
        while self.pending() > 0:
            if time.monotonic() - begin > seconds_max:
                raise StackFailed(f"still {self.pending()} pending after {seconds_max:.0f} s")
            time.sleep(poll_seconds)
        return time.monotonic() - begin

    def wait_until_indexed(self, seconds_max: float) -> float:
        """Waits until nothing waits for the search's index; gives the seconds it took."""
        begin = time.monotonic()
        while (waiting := self.metric("wapi_search_waiting")) > 0:
            if time.monotonic() - begin > seconds_max:
                raise StackFailed(f"{waiting:.0f} or more wait for the search's index")
            time.sleep(0.5)
        return time.monotonic() - begin

    # --- the first steps of a user -------------------------------------------------------------

    def sign_up(self, email: str = "owner@example.com") -> dict:
        """Signs an owner up; later api() calls carry the token."""
        request = {"name": "Olga Owner", "email": email, "workspaceName": "Corner Shop",
                   "password": OWNER_PASSWORD}
        status, answer = json_request(self.wapi.port, "POST", "/api/v1/auth/signup", request)
        if status != 201:
            raise StackFailed(f"signup answered {status}: {answer}")
        self.account = Account(answer["token"], answer.get("workspace", {}), "", [])
        return answer

    def connect_number(self, waba_id: str, phone_number_id: str, access_token: str) -> dict:
        """Connects one number of the simulated Meta by hand, as the console's form does."""
        request = {"wabaId": waba_id, "phoneNumberId": phone_number_id, "accessToken": access_token}
        status, answer = self.api("POST", "/onboarding/connect", request)
        if status not in (200, 201):
            raise StackFailed(f"connect answered {status}: {answer}")
        self.account.waba_id = waba_id
        self.account.phone_number_ids.append(phone_number_id)
        return answer

    def set_up_account(self) -> Account:
        """Signs up and connects the simulator's first number with a token of its own."""
        self.sign_up()
        waba_id, phone_number_id, access_token = self.sim_credentials()
        self.connect_number(waba_id, phone_number_id, access_token)
        return self.account

    def fill(self, *options: str) -> dict:
        """Fills the account's workspace with made-up conversations; members log in with
        OWNER_PASSWORD. Gives what was made, with the members' addresses."""
        return json.loads(self.command("seed", "--workspace", self.account.workspace["id"],
                                       *options, given=OWNER_PASSWORD + "\n"))

    # --- the simulated Meta --------------------------------------------------------------------

    def sim(self, method: str, path: str, body=None) -> tuple[int, object]:
        """Calls a control endpoint of the simulator: /sim + path."""
        return json_request(self.cloudsim.port, method, "/sim" + path, body)

    def sim_credentials(self) -> tuple[str, str, str]:
        """WABA id, phone number id and access token of the simulator's first number."""
        state = self.sim_state()
        token = state["tokens"][0]
        waba = next(waba for waba in state["wabas"] if waba["id"] in token["waba_ids"])
        return waba["id"], waba["phone_number_ids"][0], token["access_token"]

    def sim_state(self) -> dict:
        """Tokens, WABAs, numbers, customers, faults and counters of the simulator."""
        return self._sim_ok("GET", "/state")

    def customer_writes(self, customer: str, text: str, **more) -> dict:
        """A customer (phone digits or user id) writes; gives waMessageId. More: phone_number_id,
        timestamp, type, message."""
        return self._sim_ok("POST", f"/customers/{customer}/write", {"text": text, **more})

    def customer_thread(self, customer: str) -> list[dict]:
        """What the customer's phone shows, oldest first."""
        return self._sim_ok("GET", f"/customers/{customer}/messages")["messages"]

    def customer_reads(self, customer: str) -> None:
        """The customer opens the chat: read statuses go out."""
        self._sim_ok("POST", f"/customers/{customer}/read", {})

    def sim_faults(self, **faults) -> None:
        """Sets faults of the simulator; see cloudsim/README.md for their names."""
        self._sim_ok("POST", "/faults", faults)

    def sim_sent(self) -> dict:
        """Every message the simulator accepted, and recipients or callback data that repeat."""
        return self._sim_ok("GET", "/sent")

    def _sim_ok(self, method: str, path: str, body=None):
        status, answer = self.sim(method, path, body)
        if status != 200:
            raise StackFailed(f"/sim{path} answered {status}: {answer}")
        return answer

    def _settings(self, database_url: str | None) -> dict[str, str]:
        settings = {name: value for name, value in os.environ.items()
                    if name in ("PATH", "HOME", "LANG", "TMPDIR", "ASAN_OPTIONS", "TSAN_OPTIONS")}
        settings.update({
            "PORT": str(self.wapi.port),
            "WAPI_DATA_DIR": str(self.data_folder),
            "TOKEN_MASTER_KEY": secrets.token_hex(32),
            "JWT_SECRET": secrets.token_hex(32),
            "META_APP_ID": APP_ID,
            "META_APP_SECRET": self.app_secret,
            "META_VERIFY_TOKEN": self.verify_token,
            "META_GRAPH_URL": f"http://127.0.0.1:{self.cloudsim.port}",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "warn"),
        })
        if database_url:
            settings["DATABASE_URL"] = database_url
        return settings
