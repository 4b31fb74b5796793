#!/usr/bin/env python3
"""./x bench audit: what the audit log costs, and how long it takes to prove it.

Cost: contacts are changed with their audit entry and by the same statements without it, in turns
(tests/load/audit_cost.cpp, on SQLite, synced); the entry's share of a change is the difference.
Proof: `wapi audit verify` walks the 100,000 entries and more that are left; then one byte of one of
them is changed behind the program's back, and the same command must name it. Targets:
docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import PROJECT, check_data_folder, no_builds

sys.path.insert(0, str(PROJECT / "tools"))
from servers import exit_on_terminate  # noqa: E402
from stack import Stack  # noqa: E402

SHARE_TARGET = 0.7
VERIFY_SECONDS_TARGET = 2.0
ENTRIES_MIN = 100_000
RELEASE = PROJECT / "build" / "release"


def run_cost(url: str, updates: int) -> dict:
    """Changes contacts with and without entries, and gives the figures."""
    done = subprocess.run([str(RELEASE / "wapi-audit-cost"), url, str(updates)], check=True,
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def verify(stack: Stack) -> tuple[int, dict]:
    """Exit code and the line of the only workspace."""
    done = subprocess.run([str(RELEASE / "wapi"), "audit", "verify"], env=stack.environment,
                          cwd=stack.folder, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout.splitlines()[0])


def change_one_byte(file: Path, entry: int) -> None:
    """Turns the first letter of the entry's user agent into another."""
    with sqlite3.connect(file) as database:
        changed = database.execute("UPDATE audit_logs SET user_agent = 'X' || substr(user_agent, 2)"
                                   " WHERE seq = ?", (entry,)).rowcount
    database.close()
    if changed != 1:
        raise RuntimeError(f"there is no entry {entry}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--updates", type=int, default=ENTRIES_MIN, help="of each kind")
    updates = parser.parse_args().updates
    exit_on_terminate()
    subprocess.run([str(PROJECT / "x"), "build", "release", "wapi-audit-cost"], check=True)
    print(check_data_folder())
    with no_builds(), tempfile.TemporaryDirectory(prefix="wapi-audit-") as folder:
        stack = Stack(folder=Path(folder))
        file = stack.data_folder / "wapi.db"
        cost = run_cost(f"sqlite://{file}", updates)
        share = 1 - cost["without_us"] / cost["with_us"]
        print(f"a contact changed: {cost['with_us']:.1f} microseconds with its audit entry, "
              f"{cost['without_us']:.1f} without; the entry is {share:.0%} of the change")
        code, line = verify(stack)
        seconds = line["milliseconds"] / 1000
        print(f"wapi audit verify: {line['entries']:,} entries in {seconds:.2f} s, "
              f"{line['entries'] / max(seconds, 0.001):,.0f} a second (target: 100,000 in "
              f"{VERIFY_SECONDS_TARGET:.0f} s)")
        whole = code == 0 and line["entries"] == cost["audited"]
        wanted = line["entries"] // 2
        change_one_byte(file, wanted)
        code, line = verify(stack)
        found = (code, line["firstBadEntry"]) == (1, wanted)
        print(f"one byte of entry {wanted:,} changed: "
              f"{'found' if found else 'NOT FOUND'}, first bad entry {line['firstBadEntry']}")
        quick = seconds / cost["audited"] * ENTRIES_MIN <= VERIFY_SECONDS_TARGET
        print(f"audit: the entry is {share:.0%} of a change (target: at most "
              f"{SHARE_TARGET:.0%})", flush=True)
        return 0 if whole and found and quick and share <= SHARE_TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
