"""Starts the classic stack of bench/peers: Express with BullMQ, and the worker on PostgreSQL."""
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "tools"))
from servers import PostgresServer, RedisServer, stop_process  # noqa: E402

PEERS = PROJECT / "bench" / "peers"
WEBHOOK_PATH = "/webhook"
NODE_MAJOR_MIN = 20


class ClassicFailed(RuntimeError):
    """A program of the classic stack ended or said something unexpected."""


def check_node() -> None:
    """Ends with one sentence when the peers cannot run here."""
    version = "v0"
    if shutil.which("node"):
        version = subprocess.run(["node", "--version"], capture_output=True, text=True,
                                 check=True).stdout.strip()
    major = int(version.lstrip("v").split(".")[0])
    if major < NODE_MAJOR_MIN or not shutil.which("npm"):
        found = f"node {version if major else 'none'}, npm {shutil.which('npm') or 'none'}"
        sys.exit(f"The benchmarks compare with a Node stack and need Node {NODE_MAJOR_MIN} or "
                 f"newer with npm (found: {found}); Debian 12 has Node 18, so take it from "
                 "nodejs.org.")


def install_packages() -> None:
    """Installs the locked npm packages when they are not there yet or the lock file has changed."""
    check_node()
    lock = hashlib.sha256((PEERS / "package-lock.json").read_bytes()).hexdigest()
    installed = PEERS / "node_modules" / ".wapi-lock-sha256"
    if installed.exists() and installed.read_text() == lock:
        return
    subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=PEERS, check=True,
                   stdout=subprocess.DEVNULL)
    installed.write_text(lock)


def start_node(script: str, arguments: list[str], environment: dict[str, str] | None = None):
    """Starts a script of bench/peers in production mode; its output is read line by line."""
    settings = {**os.environ, "NODE_ENV": "production", **(environment or {})}
    return subprocess.Popen(["node", script, *arguments], cwd=PEERS, env=settings, text=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def read_line(process: subprocess.Popen, word: str) -> str:
    """The rest of the next line, which must begin with `word`."""
    line = process.stdout.readline()
    if not line.startswith(word):
        raise ClassicFailed(f"expected {word!r} from a peer, got {line!r}")
    return line[len(word):].strip()


class ClassicWebhookServer:
    """Express and BullMQ in front of a private Redis: `.port`, and `.pids` for measuring."""

    path = WEBHOOK_PATH

    def __init__(self, app_secret: str, fsync: str = "everysec") -> None:
        self.app_secret = app_secret
        self.redis = RedisServer(fsync)
        self.process: subprocess.Popen | None = None
        self.port = 0

    def __enter__(self) -> "ClassicWebhookServer":
        self.redis.start()
        try:
            secrets = {"META_APP_SECRET": self.app_secret, "META_VERIFY_TOKEN": "verify"}
            self.process = start_node("webhook_server.js",
                                      ["--redis-port", str(self.redis.port)], secrets)
            self.port = int(read_line(self.process, "ready"))
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        if self.process is not None:
            stop_process(self.process)
        self.redis.stop()

    @property
    def pids(self) -> list[int]:
        return [self.process.pid, self.redis.pid]


class ClassicPipeline:
    """Redis with a backlog, a worker with ten jobs at once, and PostgreSQL."""

    def __init__(self, postgres: PostgresServer, workspace_of: dict[str, str],
                 fsync: str = "everysec") -> None:
        self.postgres = postgres
        self.workspace_of = workspace_of
        self.redis = RedisServer(fsync)
        self.worker: subprocess.Popen | None = None

    def __enter__(self) -> "ClassicPipeline":
        self.redis.start()
        try:
            self.postgres.create_database("classic")
            self.postgres.execute_file(PEERS / "schema.sql", "classic")
            for number, workspace in self.workspace_of.items():
                row = f"INSERT INTO phone_numbers VALUES ('{number}', '{workspace}')"
                self.postgres.execute(row, "classic")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        if self.worker is not None:
            stop_process(self.worker)
        self.redis.stop()

    def enqueue(self, bodies: Path) -> int:
        """Fills the queue from a file, one body a line; gives the number of jobs."""
        process = start_node("enqueue.js", ["--redis-port", str(self.redis.port),
                                            "--bodies", str(bodies)])
        output = process.communicate()[0]
        if process.returncode != 0:
            raise ClassicFailed("enqueue.js failed")
        return int(output)

    def start_worker(self) -> None:
        """Starts the worker and waits until it takes its first job."""
        url = self.postgres.database_url("classic")
        self.worker = start_node("worker.js", ["--redis-port", str(self.redis.port),
                                               "--database-url", url])
        read_line(self.worker, "ready")

    def wait_until_drained(self) -> dict:
        """Waits for the empty queue: {"processed": jobs, "seconds": time since the first job}."""
        return json.loads(read_line(self.worker, "drained"))

    @property
    def pids(self) -> list[int]:
        return [self.worker.pid, self.redis.pid, self.postgres.pid]
