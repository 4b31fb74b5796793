#!/usr/bin/env python3
"""The programs for the console's browser tests: started, told of in a line of JSON, ended with us.

    python3 tools/console_stack.py [sqlite|postgres]

Prints where they listen and who can log in, then waits until its input is closed. Mail is written
to the server's log, where the tests read the links.
"""
import json
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from servers import PostgresServer, exit_on_terminate  # noqa: E402
from stack import OWNER_PASSWORD, Stack  # noqa: E402
from story import DEMO_SETTINGS  # noqa: E402


def main() -> None:
    exit_on_terminate()
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with ExitStack() as ends:
        database_url = None
        if engine == "postgres":
            server = ends.enter_context(PostgresServer())
            database_url = server.create_database("console")
        stack = ends.enter_context(Stack(database_url=database_url, environment={
            **DEMO_SETTINGS, "MAIL_TO_LOG": "true"}))
        stack.set_up_account()
        print(json.dumps({
            "origin": f"http://127.0.0.1:{stack.wapi.port}",
            "simulator": f"http://127.0.0.1:{stack.cloudsim.port}",
            "log": str(stack.wapi.log),
            "owner": {"email": "owner@example.com", "password": OWNER_PASSWORD}}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
