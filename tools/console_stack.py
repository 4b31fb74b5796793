#!/usr/bin/env python3
"""The programs for the console's browser tests: started, filled, told of in a line of JSON, ended
with us.

    python3 tools/console_stack.py [sqlite|postgres]

Prints where they listen, who can log in and what the workspace of living_data.py holds, then waits
until its input is closed. Mail is written to the server's log, where the tests read the links.
"""
import json
import sys
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import living_data  # noqa: E402
from servers import PostgresServer, exit_on_terminate  # noqa: E402
from stack import OWNER_PASSWORD, Stack  # noqa: E402
from story import DEMO_SETTINGS  # noqa: E402


def make_operator(stack: Stack) -> dict[str, str]:
    """Who runs the installation: made on its command line, as there is no other way."""
    name, email = "Olaf Operator", "olaf@wapi.example"
    stack.command("user", "create", "--operator", "--email", email, "--name", name,
                  given=OWNER_PASSWORD)
    return {"name": name, "email": email, "password": OWNER_PASSWORD}


def describe(stack: Stack, living: living_data.Living) -> dict:
    """What the browser tests know of a stack: `Stack` in web/e2e/support/stack.ts."""
    return {
        "origin": f"http://127.0.0.1:{stack.wapi.port}",
        "simulator": f"http://127.0.0.1:{stack.cloudsim.port}",
        "log": str(stack.wapi.log),
        "owner": {"name": "Olga Owner", "email": "owner@example.com", "password": OWNER_PASSWORD},
        "operator": make_operator(stack),
        "team": [asdict(colleague) for colleague in living.team],
        "workspaceId": stack.account.workspace["id"],
        "contactId": living.contact_id,
        "conversationId": living.conversation_id,
        "importId": living.import_id,
        "wabaId": stack.account.waba_id,
        "phoneNumberId": stack.account.phone_number_ids[0],
    }


def main() -> None:
    exit_on_terminate()
    engine = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with ExitStack() as ends:
        database_url = None
        if engine == "postgres":
            server = ends.enter_context(PostgresServer())
            database_url = server.create_database("console")
        stack = ends.enter_context(Stack(database_url=database_url, environment={
            **DEMO_SETTINGS, "MAIL_TO_LOG": "true", "WEBHOOK_RETRY_MS": "1,1,1,1,1"}))
        stack.set_up_account()
        living = living_data.fill(stack)
        living_data.lose_updates(stack)
        print(json.dumps(describe(stack, living)), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
