#!/usr/bin/env python3
"""./x bench console: how fast the console is, in a real browser on this machine.

Script: what the first look at the inbox loads, compressed as it was sent. Interactive: from the
call of the address, with nothing cached, until the first conversation can be clicked and the
browser is free. Webhook to visible: from the moment a signed webhook is sent until its text is on
the screen. Scrolling: tasks of the page over 50 ms while it scrolls a list of 100,000
conversations and a thread of 50,000 messages, on the way down and among what is loaded. The
browser part is web/e2e/bench/console.spec.ts. Limits: docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import PROJECT, check_data_folder, no_builds

sys.path.insert(0, str(PROJECT / "tools"))
import living_data  # noqa: E402
from console_stack import describe  # noqa: E402
from servers import exit_on_terminate  # noqa: E402
from stack import Stack  # noqa: E402
from story import DEMO_SETTINGS  # noqa: E402

INDEX_SECONDS_MAX = 300.0
# name of the figure, what it is, its limit
LIMITS = (
    ("scriptBytes", "compressed script of the first inbox view, bytes", 250_000),
    ("interactiveMs", "inbox interactive, ms (median)", 1_000),
    ("visibleP95Ms", "webhook to visible, ms (p95)", 300),
    ("listLoadingTaskMs", "longest task while the list loads, ms", 50),
    ("listScrollTaskMs", "longest task while the loaded list scrolls, ms", 50),
    ("threadLoadingTaskMs", "longest task while the thread loads, ms", 50),
    ("threadScrollTaskMs", "longest task while the loaded thread scrolls, ms", 50),
)


def fill(stack: Stack, options: argparse.Namespace) -> dict:
    """Many conversations and one long thread, in the search's index, too; what the browser part
    is told of them."""
    stack.wapi.stop()
    messages = 2 * options.conversations + options.messages
    made = stack.fill("--conversations", str(options.conversations), "--messages", str(messages),
                      "--longest-thread", str(options.messages))
    stack.start_wapi()
    stack.wait_until_indexed(INDEX_SECONDS_MAX)
    return {"conversations": options.conversations, "messages": options.messages,
            "thread_conversation_id": made["firstConversationId"]}


def measure(stack: dict, plan: dict, only: str) -> dict:
    """Runs the browser part and gives its figures; without those of a part that failed."""
    with tempfile.TemporaryDirectory(prefix="wapi-console-") as folder:
        figures = Path(folder) / "figures.json"
        subprocess.run(["npx", "playwright", "test", "--project=bench", f"--grep={only}"],
                       cwd=PROJECT / "web", check=False, stdout=sys.stderr, env={
                           **os.environ, "WAPI_E2E_STACK": json.dumps(stack),
                           "WAPI_BENCH": json.dumps({**plan, "figures": str(figures)})})
        return json.loads(figures.read_text())


def show(figures: dict) -> bool:
    """Prints each figure with its share of the limit; whether all keep theirs."""
    print(f"{'':<50}{'figure':>10}{'limit':>10}{'of limit':>10}")
    whole = True
    for name, about, limit in LIMITS:
        if name not in figures:
            print(f"{about:<50}  not measured")
            whole = False
            continue
        value = figures[name]
        whole = whole and value <= limit
        print(f"{about:<50}{value:>10,.0f}{limit:>10,}{value / limit:>9.2f}x"
              f"{'' if value <= limit else '  OVER'}")
    for line in figures["notes"]:
        print(line)
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=50_000, help="of the long thread")
    parser.add_argument("--seconds", type=int, default=120, help="at most, to load each of both")
    parser.add_argument("--only", default=".", help="part of a name: inbox, webhook, list, thread")
    options = parser.parse_args()
    exit_on_terminate()
    print(check_data_folder())
    with no_builds(), Stack(environment={**DEMO_SETTINGS, "LOG_LEVEL": "warn"}) as stack:
        stack.set_up_account()
        told = describe(stack, living_data.fill(stack))
        figures = measure(told, {**fill(stack, options), "seconds": options.seconds}, options.only)
    return 0 if show(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
