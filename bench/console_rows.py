"""Many conversations and one long thread, written straight into a SQLite file of a stopped server.

The quickest honest way to what `./x bench console` scrolls through, until `wapi seed` makes such
data on both engines: then seed_console() becomes a call of that command. The rows are what the
server itself would have written: a contact, a phone identity, a conversation and its last message.
"""
from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FIRST_PHONE = 4_000_000_000_000
THREAD_PHONE = 4_999_999_999_999
MINUTE_US = 60_000_000
WORDS = ("Hello, is this still there?", "Gracias por la respuesta", "Order 4711, please",
         "शुक्रिया, कल मिलते हैं", "هل يمكنني تغيير العنوان؟",
         "*Important*: see https://example.com/a",
         "A longer text that goes over more than one line of the bubble, as many do: it tells of a "
         "parcel, a neighbour, a door that was shut, and of what should happen next.", "ok 👍")
NAMES = ("Ana", "Bruno", "Chitra", "Dalia", "Emre", "Fatou", "Grace", "Hanako")


@dataclass
class Seeded:
    """What was written."""

    conversations: int
    messages: int           # of the one long thread
    thread_conversation_id: str


def row_id(kind: int, number: int) -> str:
    """A UUID of version 7 in form; the same number gives the same id."""
    return f"0190{kind:04x}-0000-7000-8000-{number:012x}"


class Writer:
    """Rows of one workspace and number."""

    def __init__(self, database: sqlite3.Connection, workspace_id: str, number_id: str) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.number_id = number_id
        self.now_us = int(time.time() * 1_000_000)

    def contacts(self, count: int) -> None:
        self.database.executemany(
            "INSERT INTO contacts VALUES (?,?,?,0,?,'[]','{}',0,0,NULL,'',NULL,?,NULL)",
            ((self.workspace_id, row_id(1, i), f"{NAMES[i % len(NAMES)]} {i:06d}",
              f"+{FIRST_PHONE + i}", self.now_us) for i in range(count)))
        self.database.executemany(
            "INSERT INTO contact_identities VALUES (?,'phone',?,?,?)",
            ((self.workspace_id, str(FIRST_PHONE + i), row_id(1, i), self.now_us)
             for i in range(count)))

    def conversations(self, count: int) -> None:
        """A conversation of each contact; the first is the newest, a minute lies between two."""
        self.database.executemany(
            "INSERT INTO conversations VALUES (?,?,?,?,'open',NULL,?,0,0,?,'',0,?,?,?,0)",
            ((self.workspace_id, row_id(2, i), row_id(1, i), self.number_id, i % 3,
              self.last_us(i), self.last_us(i), row_id(3, i), self.now_us) for i in range(count)))
        self.messages((row_id(3, i), row_id(2, i), row_id(1, i), self.last_us(i), i)
                      for i in range(count))

    def thread(self, of: int, count: int) -> None:
        """`count` more messages, older ones, in the conversation of that number."""
        self.messages((row_id(4, i), row_id(2, of), row_id(1, of),
                       self.last_us(of) - (i + 1) * MINUTE_US, i) for i in range(count))

    def last_us(self, number: int) -> int:
        return self.now_us - (number + 10) * MINUTE_US

    def messages(self, rows: Iterator[tuple[str, str, str, int, int]]) -> None:
        self.database.executemany(
            "INSERT INTO messages VALUES (?,?,?,?,?,?,?,'text',?,?,'{}',?,?,?,?,?,NULL,NULL,'',?)",
            ((self.workspace_id, message_id, conversation_id, contact_id, self.number_id,
              f"wamid.{message_id}", *fate(number), when_us,
              *((when_us,) * 3 if number % 2 else (None,) * 3), when_us)
             for message_id, conversation_id, contact_id, when_us, number in rows))


def fate(number: int) -> tuple[str, str, str, str]:
    """Direction, status, text and purpose of the message with that number."""
    text = WORDS[number % len(WORDS)]
    direction, status = ("outbound", "read") if number % 2 else ("inbound", "received")
    return direction, status, text, "service"


def seed_console(file: Path, number_id: str, conversations: int, messages: int) -> Seeded:
    """Writes them for the workspace of that number. The server must not run."""
    with sqlite3.connect(file) as database:
        workspace_id, = database.execute(
            "SELECT workspace_id FROM phone_numbers WHERE phone_number_id = ?",
            (number_id,)).fetchone()
        writer = Writer(database, workspace_id, number_id)
        writer.contacts(conversations)
        writer.conversations(conversations)
        writer.thread(0, messages)
    database.close()
    return Seeded(conversations, messages, row_id(2, 0))
