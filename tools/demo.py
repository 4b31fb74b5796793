#!/usr/bin/env python3
"""The demo: the main job of wApi against a simulated Meta, over real HTTP.

./x demo           the story, then both programs stay up with a workspace that is alive: a team,
                   conversations, customers who keep writing; open the console and the phone page
./x demo --check   the story alone; exit 0 only when all steps passed
./x dev            both programs with a connected number, without the story
DATABASE_URL=postgres://... runs it on PostgreSQL (an empty database). The steps are in story.py.
"""
from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from customers import Customers  # noqa: E402
from servers import exit_on_terminate, log_tail  # noqa: E402
from stack import OWNER_PASSWORD, Stack  # noqa: E402
from story import DEMO_SETTINGS, Story  # noqa: E402

LOG_LINES_SHOWN = 20
LIFE = ("--conversations", "150", "--messages", "2500", "--longest-thread", "300")


def stay(stack: Stack) -> None:
    """Leaves both programs running until the person has seen enough."""
    account = stack.account
    print(f"""
Open the console:           http://127.0.0.1:{stack.wapi.port}/
Log in:                     owner@example.com / {OWNER_PASSWORD}
Open the customer's phone:  http://127.0.0.1:{stack.cloudsim.port}/
The API:                    http://127.0.0.1:{stack.wapi.port}/api/v1
See the inbox:              curl -H 'Authorization: Bearer {account.token}' \\
                              http://127.0.0.1:{stack.wapi.port}/api/v1/conversations
Logs:                       {stack.wapi.log}
Ctrl-C ends both.""", flush=True)
    try:
        while stack.wapi.process.poll() is None:
            time.sleep(0.5)
    except KeyboardInterrupt:
        print()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="run the story and stop")
    parser.add_argument("--serve", action="store_true", help="no story, only the programs")
    parser.add_argument("--binaries", type=Path, help="folder of both programs (build/release)")
    options = parser.parse_args()
    exit_on_terminate()
    settings = {**DEMO_SETTINGS, **({"MAIL_TO_LOG": "true"} if options.serve else {})}
    with Stack(database_url=os.environ.get("DATABASE_URL"), environment=settings,
               binaries=options.binaries, own_limits=options.serve) as stack:
        if options.serve:
            stack.set_up_account()
            stay(stack)
            return 0
        story = Story(stack)
        passed = story.tell()
        whole = passed == len(Story.STEPS)
        if not whole:
            print(log_tail(stack.wapi.log, LOG_LINES_SHOWN))
        if not options.check and whole:
            stack.command("limits", "clear", "--plan", "free")  # lifted for the story
            team = stack.fill(*LIFE)["emails"]
            print(f"\nThe team, with the password of the owner: {', '.join(team)}")
            with Customers(stack):
                stay(stack)
    print(f"{passed} of {len(Story.STEPS)} steps passed")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
