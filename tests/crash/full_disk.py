"""The full disk: webhooks are refused with 503, nothing acknowledged is lost, service resumes.

The data folder is a tmpfs of 48 MB, always unmounted again. Two rounds: `hard` fills it to the last
block with the early warning switched off, so that SQLite itself runs out of space in a commit;
`early` leaves some megabytes and lets the server's own limit refuse in time. SQLite only: the disk
of PostgreSQL is another machine's, and what goes wrong there is answered 503 like any other fault.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from ledger import Load, Verdict, judge, read_ledger, stored_wamids  # noqa: E402

from stack import Stack, StackFailed, http_request  # noqa: E402

DISK_MB = 48
EARLY_LIMIT_MB = 16
EARLY_LEFT_MB = 12
RESUME_SECONDS_MAX = 30.0
RATE = 300.0
BLOCK = 4096


class Disk:
    """A tmpfs that can be filled to a number of free bytes, and freed again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.filler = folder / "filler"

    def free_bytes(self) -> int:
        state = os.statvfs(self.folder)
        return state.f_bavail * state.f_frsize

    def fill(self, bytes_left: int) -> None:
        """Takes blocks until no more than this is free; the server may be writing meanwhile."""
        with open(self.filler, "ab", buffering=0) as file:
            while self.free_bytes() > bytes_left:
                size = max(BLOCK, min(1 << 20, self.free_bytes() - bytes_left))
                try:
                    file.write(b"x" * size)
                except OSError:
                    return  # no space left: that is the aim

    def free(self) -> None:
        self.filler.unlink()


def check_may_mount() -> None:
    """Ends with one sentence when this user cannot mount the small disk."""
    if os.geteuid() != 0:
        sys.exit("The full-disk round mounts a small disk, which needs root: run as root, or leave "
                 "the round out with --no-disk.")


@contextmanager
def small_disk():
    """A stack's folder whose data folder is the small disk."""
    folder = Path(tempfile.mkdtemp(prefix="wapi-disk-"))
    data = folder / "data"
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(data)],
                   check=True)
    try:
        yield folder, Disk(data)
    finally:
        subprocess.run(["umount", "--lazy", str(data)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


def run_load(stack: Stack, ledger: Path, seed: int, seconds: float) -> dict:
    load = Load(stack, ledger, seconds=seconds, rate=RATE, seed=seed, repeat=False)
    try:
        return load.finish()
    finally:
        load.stop()


def wait_until_accepted(stack: Stack, ledger: Path, seed: int) -> float:
    """Sends a little until everything is answered 200 again; gives the seconds that took."""
    begin = time.monotonic()
    while time.monotonic() - begin < RESUME_SECONDS_MAX:
        report = run_load(stack, ledger, seed, 0.2)
        seed += 1
        if report["error_count"] == 0 and report["accepted"] > 0:
            return time.monotonic() - begin
    raise StackFailed(f"service did not resume: {report}")


def refusals(report: dict) -> int:
    """How many were answered 503; any other error is none that a full disk may cause."""
    others = {kind: count for kind, count in report["errors"].items() if kind != "503"}
    if others:
        raise StackFailed(f"a full disk was answered by {others}")
    return report["error_count"]


def one_round(name: str, stack: Stack, disk: Disk, bytes_left: int) -> Verdict:
    ledger = stack.folder / "acknowledged.txt"
    with stack:
        stack.set_up_account()
        if run_load(stack, ledger, 1, 0.5)["error_count"] != 0:
            raise StackFailed("webhooks are refused before the disk is full")
        disk.fill(bytes_left)
        time.sleep(2.5 if bytes_left else 0.0)  # the server looks at the free space every 2 s
        refused = refusals(run_load(stack, ledger, 2, 1.5))
        if refused == 0:
            raise StackFailed("the disk is full and no webhook was refused: it proved nothing")
        alive = http_request(stack.wapi.port, "GET", "/metrics")[0] == 200
        disk.free()
        resumed = wait_until_accepted(stack, ledger, 100)
        stack.wait_until_idle()
        stack.kill9()
        stack.start_wapi()
        stack.wait_until_idle()
        verdict = judge(read_ledger(ledger), stored_wamids(stack, None))
    print(f"full disk, {name}: {refused} answered 503, served again {resumed:.1f} s after space "
          f"was freed, lost {verdict.lost}, doubled {verdict.doubled} of {verdict.acknowledged}",
          flush=True)
    if not alive:
        raise StackFailed("the server did not answer /metrics while the disk was full")
    return verdict


def run_full_disk(preset: str) -> Verdict:
    """Both rounds, each on a disk of its own."""
    total = Verdict(0, 0, 0)
    for name, limit_mb, left_mb in (("hard", 0, 0), ("early", EARLY_LIMIT_MB, EARLY_LEFT_MB)):
        with small_disk() as (folder, disk):
            stack = Stack(environment={"WAPI_DISK_FREE_MB_MIN": str(limit_mb),
                                       "WEBHOOK_RETRY_MS": "100,200,400,800,1600,3200"},
                          preset=preset, folder=folder)
            total += one_round(name, stack, disk, left_mb << 20)
    return total
