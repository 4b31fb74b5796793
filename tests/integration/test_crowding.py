"""More connections than the server has descriptors: nobody is met with silence.

Goal: with 200 connections open and 128 descriptors, who comes in vain gets 503, and webhooks are
still taken. Method: the real program under a hard limit of open files.
"""
import json
import resource
import socket
import time
import unittest

import support
from stack import Stack

DESCRIPTORS = 128
CLIENTS = 200
HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: wapi\r\n\r\n"
LAST_HEALTH = HEALTH[:-2] + b"Connection: close\r\n\r\n"
EVENT = json.dumps({"object": "whatsapp_business_account", "entry": []}).encode()


class Crowding(unittest.TestCase):
    def setUp(self):
        self.stack = Stack(server_prefix=["prlimit", f"--nofile={DESCRIPTORS}"])
        self.addCleanup(self.stack.stop)
        self.stack.start()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.stack.wapi.port), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def status_of_a_webhook(self):
        """Sent in one piece, so that a server that refuses at once does not meet the rest."""
        head = ("POST /api/v1/webhook HTTP/1.1\r\nHost: wapi\r\n"
                f"Content-Length: {len(EVENT)}\r\n"
                f"X-Hub-Signature-256: {self.stack.sign(EVENT)}\r\n\r\n")
        with self.connect() as connection:
            connection.sendall(head.encode() + EVENT)
            return int(connection.recv(4096)[9:12])

    def test_kept_connections_make_room_for_new_ones(self):
        for _ in range(CLIENTS):
            connection = self.connect()
            connection.sendall(HEALTH)
            self.assertEqual(connection.recv(4096)[:12], b"HTTP/1.1 200")
        self.assertEqual(self.status_of_a_webhook(), 200)

    def test_silent_connections_are_told_or_closed_and_webhooks_are_taken(self):
        connections = [self.connect() for _ in range(CLIENTS)]
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        statuses = set()
        while 200 not in statuses:  # Meta repeats what was answered 503
            self.assertLess(time.monotonic(), deadline)
            statuses.add(self.status_of_a_webhook())
            time.sleep(0.1)
        self.assertLessEqual(statuses, {200, 503})
        answers = [connection.recv(4096)[:12] for connection in connections]
        self.assertLessEqual(set(answers), {b"HTTP/1.1 503", b""})
        self.assertGreater(answers.count(b"HTTP/1.1 503"), CLIENTS // 4)

    def allow(self, descriptors):
        resource.prlimit(self.stack.wapi.pid, resource.RLIMIT_NOFILE, (descriptors, DESCRIPTORS))

    def status_of_a_new_connection(self):
        with self.connect() as connection:
            connection.sendall(LAST_HEALTH)
            return connection.recv(4096)[9:12]

    def test_without_a_descriptor_left_the_answer_is_503_until_a_kept_connection_makes_room(self):
        busy = self.connect()
        busy.sendall(HEALTH[:-2])
        kept = self.connect()
        kept.sendall(HEALTH)
        self.assertEqual(kept.recv(4096)[9:12], b"200")
        kept.sendall(HEALTH[:-2])
        descriptors = DESCRIPTORS
        while any(self.status_of_a_new_connection() != b"503" for _ in range(3)):
            descriptors -= 1  # until the process has just as many as it may
            self.assertGreater(descriptors, 0)
            self.allow(descriptors)
        kept.sendall(b"\r\n")
        self.assertEqual(kept.recv(4096)[9:12], b"200")
        self.assertEqual(self.status_of_a_new_connection(), b"200")
        self.assertEqual(kept.recv(4096), b"")
        busy.sendall(b"\r\n")
        self.assertEqual(busy.recv(4096)[9:12], b"200")


if __name__ == "__main__":
    unittest.main()
