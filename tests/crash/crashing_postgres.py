"""A PostgreSQL server that can be killed, stay away, and come back on the same data and port.

kill9() ends the server process and all its children without warning. What they had handed to the
system survives that, synced or not: this is no power cut. come_back() starts it again and waits
until recovery is over.
"""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from servers import PostgresServer, ServerFailed, log_tail, stop_process  # noqa: E402

COME_BACK_SECONDS_MAX = 60.0


class CrashingPostgres(PostgresServer):
    """Runs with the settings of a server in use: commits are synced."""

    def start(self) -> None:
        super().start()
        for setting in ("fsync", "synchronous_commit"):
            if self.execute(f"SHOW {setting}") != "on":
                self.stop()
                raise ServerFailed(f"{setting} is off, as no server in use should have it")

    def kill9(self) -> None:
        """Ends the server and every process it made, without warning."""
        for pid in [self.process.pid, *self._children()]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue  # it ended by itself when its server did
        self.process.wait()

    def go_away(self) -> None:
        """An orderly shut-down that cuts off open sessions."""
        stop_process(self.process, self._stop_signal())

    def come_back(self) -> None:
        """Starts on the old data and port; children of the killed server may still hold them."""
        deadline = time.monotonic() + COME_BACK_SECONDS_MAX
        while time.monotonic() < deadline:
            self.process = self._launch()
            if self._wait_until_ready():
                return
            stop_process(self.process, signal.SIGKILL)
            time.sleep(0.1)
        raise ServerFailed(f"the server did not come back:\n{log_tail(self.log)}")

    def _children(self) -> list[int]:
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)],
                               capture_output=True, text=True, check=False)
        return [int(word) for word in found.stdout.split()]
