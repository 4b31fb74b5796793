"""What the end-to-end tests share: a shop with a connected number, customers and messages.

Each test class starts a Shop of its own, on SQLite or on a new database of the run's PostgreSQL
server. sql() reads the database past the program under test.
"""
from __future__ import annotations

import contextlib
import csv
import functools
import http.client
import io
import itertools
import os
import sqlite3
import sys
import threading
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "tools"), str(PROJECT / "tests/crash")]
from servers import PostgresServer  # noqa: E402
from stack import Stack  # noqa: E402

PRESET = os.environ.get("WAPI_TEST_PRESET", "release")
WAIT_SECONDS_MAX = 30.0
SETTINGS = {"WEBHOOK_RETRY_MS": "50,100,200,400,800", "SEND_RETRY_MS": "1500,600,900,1200",
            "SEND_LEASE_MS": "3000", "WAPI_DISK_FREE_MB_MIN": "0"}
database_numbers = itertools.count(1)


@functools.lru_cache(maxsize=None)
def postgres_server() -> PostgresServer:
    """One server for the whole run; it is stopped when the run ends."""
    server = PostgresServer({"fsync": "off"})
    server.start()
    return server


def wait_for(what: str, probe, seconds: float = WAIT_SECONDS_MAX):
    """Asks again until the probe gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not seen within {seconds:.0f} s: {what}")
        time.sleep(0.02)


class Customer:
    """A customer with an open window: the phone, and the ids that the server gave."""

    def __init__(self, phone: str, contact_id: str) -> None:
        self.phone = phone
        self.contact_id = contact_id


class Shop:
    """A running stack with an account. Use as a context manager."""

    def __init__(self, engine: str, environment: dict[str, str] | None = None,
                 own_limits: bool = False) -> None:
        self.engine = engine
        self.database = f"e2e_{os.getpid()}_{next(database_numbers)}"
        url = postgres_server().create_database(self.database) if engine == "postgres" else None
        self.stack = Stack(url, environment={**SETTINGS, **(environment or {})}, preset=PRESET,
                           sim_arguments=["--no-limits"], own_limits=own_limits)
        self.phones = itertools.count(1)

    def __enter__(self) -> "Shop":
        self.stack.start()
        try:
            self.stack.set_up_account()
        except BaseException:
            self.stack.stop()
            raise
        return self

    def __exit__(self, *_error) -> None:
        self.stack.stop()

    # --- customers -------------------------------------------------------------------------------

    def new_customer(self) -> Customer:
        """Somebody who has just written, so that texts may be sent to them."""
        return self.new_customers(1)[0]

    def new_customers(self, count: int) -> list[Customer]:
        phones = [f"1555700{next(self.phones):04d}" for _ in range(count)]
        for phone in phones:
            self.stack.sim("POST", "/customers", {"wa_id": phone, "name": f"Customer {phone}"})
            self.stack.customer_writes(
                phone, "Hello", phone_number_id=self.stack.account.phone_number_ids[0])
        return [Customer(phone, wait_for(f"contact {phone}", lambda p=phone: self.contact_id(p)))
                for phone in phones]

    def contact_id(self, phone: str) -> str | None:
        found = self.get(f"/contacts?phone=%2B{phone}")["contacts"]
        return found[0]["id"] if found else None

    # --- requests --------------------------------------------------------------------------------

    def get(self, path: str) -> dict:
        status, answer = self.stack.api("GET", path)
        assert status == 200, f"GET {path} answered {status}: {answer}"
        return answer

    def send(self, customer: Customer, text: str, key: str | None = None) -> tuple[int, dict]:
        headers = {"Idempotency-Key": key} if key else None
        return self.stack.api("POST", "/messages/send",
                              {"contactId": customer.contact_id, "body": text}, headers)

    def send_marketing(self, customer: Customer) -> tuple[int, dict]:
        components = [{"type": "body", "parameters": [{"type": "text", "text": "Ann"}]},
                      {"type": "button", "sub_type": "url", "index": "2",
                       "parameters": [{"type": "text", "text": "beach"}]}]
        template = {"name": "summer_sale", "language": "en_US", "components": components}
        return self.stack.api("POST", "/messages/template",
                              {"contactId": customer.contact_id, "template": template})

    def in_background(self, *calls) -> list[threading.Thread]:
        """Runs calls at once in threads; one that loses its server has no answer, which is fine."""
        def run(call) -> None:
            # The server may be killed under this request: no answer is an outcome, too.
            with contextlib.suppress(OSError, http.client.HTTPException):
                call()
        threads = [threading.Thread(target=run, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        return threads

    def metric(self, prefix: str) -> float:
        """Sum of the metrics whose line begins so."""
        return self.stack.metric(prefix)

    # --- what became of messages -----------------------------------------------------------------

    def message(self, message_id: str) -> dict:
        columns = ("status", "wa_message_id", "error_message", "purpose", "text")
        rows = self.sql(f"SELECT {', '.join(columns)} FROM messages "
                        f"WHERE message_id = '{message_id}'")
        assert len(rows) == 1, f"{len(rows)} rows of {message_id}"
        return dict(zip(columns, rows[0]))

    def wait_for_status(self, message_id: str, *statuses: str) -> dict:
        def look():
            message = self.message(message_id)
            return message if message["status"] in statuses else None
        return wait_for(f"{message_id} is {' or '.join(statuses)}", look)

    def outbound(self, columns: str = "message_id, status, purpose, text") -> list[tuple]:
        return self.sql(f"SELECT {columns} FROM messages WHERE direction = 'outbound'")

    def times_sent(self) -> dict[str, int]:
        """How often Meta accepted each of our message ids."""
        times: dict[str, int] = {}
        for message in self.stack.sim_sent()["messages"]:
            data = message["biz_opaque_callback_data"]
            times[data] = times.get(data, 0) + 1
        return times

    def wait_until_outbox_is_empty(self) -> None:
        """Nothing waits to be sent, now or later, nor is any call under way."""
        wait_for("an empty outbox", lambda: self.sql(
            "SELECT COUNT(*) FROM jobs WHERE queue LIKE 'outbox%'")[0][0] in (0, "0"))

    def wait_until_idle(self) -> None:
        self.stack.wait_until_idle()

    # --- the database ----------------------------------------------------------------------------

    def sql(self, statement: str) -> list[tuple]:
        """Rows of a statement; PostgreSQL's values are text. Changes are committed."""
        if self.engine == "postgres":
            if not statement.startswith("SELECT"):
                postgres_server().execute(statement, self.database)
                return []
            text = postgres_server().execute(f"COPY ({statement}) TO STDOUT CSV", self.database)
            return [tuple(row) for row in csv.reader(io.StringIO(text))]
        # Reading must not change what a crash left behind.
        mode = "ro" if statement.startswith("SELECT") else "rw"
        connection = sqlite3.connect(f"file:{self.stack.sqlite_file()}?mode={mode}", uri=True,
                                     timeout=WAIT_SECONDS_MAX)
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()
