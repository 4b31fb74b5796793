#!/usr/bin/env python3
"""./x bench import: a million contacts from a CSV file, on both engines.

The file is made while it is sent, in chunks, as the console sends it; then the import runs in the
background. Printed: seconds and rows a second of both, and how far the server's memory rises above
what it is idle. Target: docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
from pathlib import Path

from figures import PROJECT, check_data_folder, no_builds
from usage import Usage, memory_bytes

sys.path.insert(0, str(PROJECT / "tools"))
from servers import PostgresServer, exit_on_terminate  # noqa: E402
from stack import Stack  # noqa: E402

MEMORY_TARGET = 100 << 20
ROWS_IN_PIECE = 1_000
SETTLE_SECONDS = 2.0
POLL_SECONDS = 0.25
FOUND_SECONDS_MAX = 600.0
CITIES = ("Vienna", "Graz", "Linz", "Salzburg", "Innsbruck", "Bregenz", "Eisenstadt")


def file_pieces(rows: int):
    """The file, piece by piece."""
    yield b"Name,Phone,Tags,City,Customer number\r\n"
    for first in range(0, rows, ROWS_IN_PIECE):
        yield "".join(
            f'Customer {row},+43660{row:07},"regular,{CITIES[row % 7]}",{CITIES[row % 7]},{row}\r\n'
            for row in range(first, min(first + ROWS_IN_PIECE, rows))).encode()


def upload(stack: Stack, rows: int) -> dict:
    """Sends the file and gives the import."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.wapi.port, timeout=300)
    try:
        connection.request("POST", "/api/v1/contact-imports?fileName=million.csv",
                           body=file_pieces(rows), encode_chunked=True, headers={
                               "Authorization": f"Bearer {stack.account.token}",
                               "Transfer-Encoding": "chunked", "Content-Type": "text/csv"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"the upload answered {answer.status}: {text!r}")
        return json.loads(text)
    finally:
        connection.close()


def run_import(stack: Stack, made: dict) -> dict:
    """Starts the import with the guessed mapping and waits for its end."""
    path = f"/contact-imports/{made['id']}"
    status, answer = stack.api("POST", f"{path}/start", {"mapping": made["guess"]})
    if status != 202:
        raise RuntimeError(f"start answered {status}: {answer}")
    while answer["endedAt"] is None:
        time.sleep(POLL_SECONDS)
        answer = stack.api("GET", path)[1]
    return answer


def wait_until_found(stack: Stack, number: str) -> None:
    """Until the search, which indexes behind the import, finds the last customer."""
    deadline = time.monotonic() + FOUND_SECONDS_MAX
    while not stack.api("GET", f"/search?kind=contact&q={number}")[1]["results"]:
        if time.monotonic() > deadline:
            raise RuntimeError("the search does not find the last customer")
        time.sleep(POLL_SECONDS)


def measure(engine: str, database_url: str | None, rows: int) -> int:
    """One engine's line. The most bytes above idle; raises when a row did not become a contact."""
    with tempfile.TemporaryDirectory(prefix="wapi-import-") as folder, \
            Stack(database_url, folder=Path(folder)) as stack:
        stack.sign_up()
        time.sleep(SETTLE_SECONDS)
        idle = memory_bytes(stack.wapi.pid)
        with Usage(stack.wapi.pid) as usage:
            begin = time.monotonic()
            made = upload(stack, rows)
            sent = time.monotonic()
            done = run_import(stack, made)
            ended = time.monotonic()
            wait_until_found(stack, f"{rows - 1}")
            found = time.monotonic()
        above = usage.peak_bytes - idle
        whole = (done["state"], done["created"]) == ("done", rows)
        print(f"{engine}: {rows:,} rows, {made['bytes'] / 1e6:.0f} MB; sent in "
              f"{sent - begin:.1f} s, imported in {ended - sent:.1f} s "
              f"({rows / (ended - sent):,.0f} a second), found by the search "
              f"{found - ended:.1f} s later; CPU {usage.cpu_seconds:.1f} s; memory "
              f"{idle / 1e6:.0f} MB idle, {above / 1e6:.0f} MB above it at most (target: "
              f"{MEMORY_TARGET / 1e6:.0f})", flush=True)
        if not whole:
            raise RuntimeError(f"{engine}: not whole: {done}")
        return above


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), help="one of both only")
    arguments = parser.parse_args()
    exit_on_terminate()
    print(check_data_folder())
    above = 0
    with no_builds():
        if arguments.engine != "postgres":
            above = measure("sqlite", None, arguments.rows)
        if arguments.engine != "sqlite":
            with PostgresServer() as server:
                url = server.create_database("wapi_import")
                above = max(above, measure("postgres", url, arguments.rows))
    print(f"import: {above / 1e6:.0f} MB above idle at most of {MEMORY_TARGET / 1e6:.0f} MB")
    return 0 if above < MEMORY_TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
