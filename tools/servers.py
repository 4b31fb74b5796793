#!/usr/bin/env python3
"""Private PostgreSQL and Redis servers for tests, benchmarks and the demo.

Each is a context manager with a folder, a port and a process of its own, stopped by its process id;
nothing of the machine's own servers is touched. From a shell:

    python3 tools/servers.py run-postgres     prints DATABASE_URL=... and serves until Ctrl-C
    python3 tools/servers.py run-redis        prints REDIS_URL=... and serves until Ctrl-C
    python3 tools/servers.py with-postgres COMMAND...   runs COMMAND with DATABASE_URL set
"""
from __future__ import annotations

import atexit
import fcntl
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LAST_PORT_FILE = Path(__file__).resolve().parent.parent / "build/last_port"
PORTS = range(15000, 32000)  # below /proc/sys/net/ipv4/ip_local_port_range
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 20.0
START_ATTEMPTS_MAX = 3


class ServerFailed(RuntimeError):
    """A server did not start; the text holds the end of its log."""


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on right now.

    Between here and the start of the server that is to have it, nobody else gets it: it is none of
    those that the system gives to connections, and the programs of a checkout take turns."""
    LAST_PORT_FILE.parent.mkdir(exist_ok=True)
    with open(os.open(LAST_PORT_FILE, os.O_RDWR | os.O_CREAT, 0o666), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        text = file.read()
        begin = int(text) + 1 if text else random.choice(PORTS)
        port = next(port for port in (*range(begin, PORTS.stop), *PORTS) if is_free(port))
        file.seek(0)
        file.write(str(port))  # all have five digits
        return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def exit_on_terminate() -> None:
    """Turns SIGTERM into SystemExit, so that context managers stop what they started."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))


def stop_process(process: subprocess.Popen, how: int = signal.SIGTERM) -> None:
    """Asks a process to stop, and kills it when it does not."""
    if process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def log_tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log file, for error messages."""
    if not path.exists():
        return "(no log)"
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])


class Server:
    """A process with a folder; subclasses say how to start it and when it is ready.

    kept: a folder whose data is used again and stays. Without one the folder is temporary."""

    name = "server"

    def __init__(self, kept: Path | None = None) -> None:
        self.port = 0
        self.process: subprocess.Popen | None = None
        self.kept = kept
        self.folder: Path | None = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error) -> None:
        self.stop()

    def start(self) -> None:
        """Starts and waits until the server answers; tries another port when one was taken."""
        self.folder = self.kept or Path(tempfile.mkdtemp(prefix=f"wapi-{self.name}-"))
        self.folder.mkdir(parents=True, exist_ok=True)
        atexit.register(self.stop)
        try:
            self._prepare()
            for attempt in range(1, START_ATTEMPTS_MAX + 1):
                self.port = free_port()
                self.process = self._launch()
                if self._wait_until_ready():
                    return
                stop_process(self.process, signal.SIGKILL)
                if attempt == START_ATTEMPTS_MAX:
                    raise ServerFailed(f"{self.name} did not start:\n{log_tail(self.log)}")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        atexit.unregister(self.stop)
        if self.process is not None:
            stop_process(self.process, self._stop_signal())
            self.process = None
        if self.folder is not None and self.kept is None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def pid(self) -> int:
        return self.process.pid

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _spawn(self, command: list[str], **options) -> subprocess.Popen:
        with open(self.log, "ab") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, **options)

    def _prepare(self) -> None:
        """Makes what must exist before the first start."""

    def _stop_signal(self) -> int:
        return signal.SIGTERM

    def _launch(self) -> subprocess.Popen:
        raise NotImplementedError

    def _is_ready(self) -> bool:
        raise NotImplementedError


class PostgresServer(Server):
    """A new PostgreSQL cluster with one empty database `wapi`. Commits are synced."""

    name = "postgres"

    def __init__(self, settings: dict[str, str] | None = None, kept: Path | None = None) -> None:
        super().__init__(kept)
        self.settings = {"shared_buffers": "256MB", "max_connections": "100",
                         "max_wal_size": "2GB", **(settings or {})}

    @property
    def url(self) -> str:
        return self.database_url("wapi")

    def database_url(self, database: str) -> str:
        return f"postgres://wapi@127.0.0.1:{self.port}/{database}"

    def create_database(self, database: str) -> str:
        """Makes another empty database and returns its URL."""
        self.execute(f'CREATE DATABASE "{database}"', database="postgres")
        return self.database_url(database)

    def execute(self, sql: str, database: str = "wapi") -> str:
        """Runs SQL with psql and returns the rows as text, columns parted by `|`."""
        return self._psql(["--command", sql], database)

    def execute_file(self, path: Path, database: str = "wapi") -> str:
        return self._psql(["--file", str(path)], database)

    def _psql(self, what: list[str], database: str) -> str:
        command = [str(POSTGRES_BIN / "psql"), "--no-psqlrc", "--quiet", "--tuples-only",
                   "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname",
                   self.database_url(database), *what]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            raise ServerFailed(result.stderr.strip())
        return result.stdout.strip()

    def _as_owner(self) -> dict:
        """PostgreSQL refuses to run as root; then it runs as the user its package made."""
        if os.geteuid() != 0:
            return {}
        return {"user": "postgres", "group": "postgres", "extra_groups": []}

    def _prepare(self) -> None:
        if (self.folder / "data" / "PG_VERSION").exists():
            return
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        command = [str(POSTGRES_BIN / "initdb"), "--pgdata", str(self.folder / "data"),
                   "--username", "wapi", "--auth", "trust", "--encoding", "UTF8",
                   "--locale", "C.UTF-8", "--no-sync"]
        result = subprocess.run(command, capture_output=True, text=True, check=False,
                                cwd=self.folder, **self._as_owner())
        if result.returncode != 0:
            raise ServerFailed(f"initdb failed: {result.stderr.strip()}")

    def _launch(self) -> subprocess.Popen:
        command = [str(POSTGRES_BIN / "postgres"), "-D", str(self.folder / "data"),
                   "-p", str(self.port), "-k", str(self.folder),
                   "-c", "listen_addresses=127.0.0.1"]
        for setting, value in self.settings.items():
            command += ["-c", f"{setting}={value}"]
        return self._spawn(command, cwd=self.folder, **self._as_owner())

    def _is_ready(self) -> bool:
        command = [str(POSTGRES_BIN / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        if subprocess.run(command, check=False).returncode != 0:
            return False
        if not self.execute("SELECT 1 FROM pg_database WHERE datname = 'wapi'", "postgres"):
            self.execute("CREATE DATABASE wapi", "postgres")
        return True

    def _stop_signal(self) -> int:
        return signal.SIGINT  # "fast": open sessions are cut off


class RedisServer(Server):
    """Redis with an append-only file. `fsync` is always, everysec (the usual choice) or no."""

    name = "redis"

    def __init__(self, fsync: str = "everysec") -> None:
        super().__init__()
        self.fsync = fsync

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def _launch(self) -> subprocess.Popen:
        return self._spawn(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1",
                            "--dir", str(self.folder), "--save", "", "--appendonly", "yes",
                            "--appendfsync", self.fsync])

    def _is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def serve(server: Server, variable: str) -> int:
    with server:
        print(f"{variable}={server.url}", flush=True)
        try:
            server.process.wait()
        except KeyboardInterrupt:
            return 0
    return 1


def main(arguments: list[str]) -> int:
    exit_on_terminate()
    match arguments:
        case ["run-postgres"]:
            return serve(PostgresServer(), "DATABASE_URL")
        case ["run-redis"]:
            return serve(RedisServer(), "REDIS_URL")
        case ["with-postgres", *command] if command:
            with PostgresServer() as postgres:
                environment = {**os.environ, "DATABASE_URL": postgres.url}
                return subprocess.run(command, env=environment, check=False).returncode
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
