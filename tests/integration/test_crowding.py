"""More connections than the server has descriptors: nobody is met with silence.

Goal: with 200 connections open and 128 descriptors, who comes in vain gets 503, and webhooks are
still taken. Method: the real program under a hard limit of open files.
"""
import socket
import time
import unittest

import support
from stack import Stack

DESCRIPTORS = 128
CLIENTS = 200
HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: wapi\r\n\r\n"
EVENT = {"object": "whatsapp_business_account", "entry": []}


class Crowding(unittest.TestCase):
    def setUp(self):
        self.stack = Stack(server_prefix=["prlimit", f"--nofile={DESCRIPTORS}"])
        self.addCleanup(self.stack.stop)
        self.stack.start()

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.stack.wapi.port), timeout=10)
        self.addCleanup(connection.close)
        return connection

    def test_kept_connections_make_room_for_new_ones(self):
        for _ in range(CLIENTS):
            connection = self.connect()
            connection.sendall(HEALTH)
            self.assertEqual(connection.recv(4096)[:12], b"HTTP/1.1 200")
        self.assertEqual(self.stack.signed_webhook(EVENT), 200)

    def test_silent_connections_are_told_or_closed_and_webhooks_are_taken(self):
        connections = [self.connect() for _ in range(CLIENTS)]
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        statuses = set()
        while 200 not in statuses:  # Meta repeats what was answered 503
            self.assertLess(time.monotonic(), deadline)
            statuses.add(self.stack.signed_webhook(EVENT))
            time.sleep(0.1)
        self.assertLessEqual(statuses, {200, 503})
        answers = [connection.recv(4096)[:12] for connection in connections]
        self.assertLessEqual(set(answers), {b"HTTP/1.1 503", b""})
        self.assertGreater(answers.count(b"HTTP/1.1 503"), CLIENTS // 4)


if __name__ == "__main__":
    unittest.main()
