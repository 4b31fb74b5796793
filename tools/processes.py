"""Running programs with a deadline so that nothing they started outlives them.

Each runs in a process group of its own. When its time is over, or this program is asked to end, the
whole group is asked to end, and killed when it does not.
"""
from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

END_SECONDS_MAX = 15.0
_live: set[subprocess.Popen] = set()
_lock = threading.Lock()


def run_bounded(command: list[str], seconds_max: float, **options) -> subprocess.CompletedProcess:
    """subprocess.run with a deadline for the program and all its children.

    Raises TimeoutExpired (with what was printed) after the time, OSError when it cannot be run."""
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        with _lock:
            _live.add(process)
        try:
            out, errors = process.communicate(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            end_group(process)
            out, errors = process.communicate()
            raise subprocess.TimeoutExpired(command, seconds_max, out, errors) from None
        except BaseException:
            end_group(process)
            raise
        finally:
            with _lock:
                _live.discard(process)
    return subprocess.CompletedProcess(command, process.returncode, out, errors)


def end_group(process: subprocess.Popen) -> None:
    """Asks every member of the group to end, waits, and kills what is left."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + END_SECONDS_MAX
        while time.monotonic() < deadline:
            process.poll()  # an ended leader that nobody waited for still counts as a member
            os.killpg(process.pid, 0)
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)


def exit_when_asked() -> None:
    """SIGTERM and Ctrl-C end what run_bounded started, in other threads too, then this program."""
    def leave(number, _frame) -> None:
        # A second signal must not come in between; the first is being obeyed.
        for which in (signal.SIGTERM, signal.SIGINT):
            signal.signal(which, signal.SIG_IGN)
        with suppress(KeyError):
            while True:
                end_group(_live.pop())
        sys.exit(128 + number)
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, leave)
