"""Live events of the real server, on both engines, over the library that programs use.

Goal: a webhook is seen at once by who may see it and by nobody else; withdrawn rights, ended
sessions and a stop are felt by open connections; what breaks the protocol is closed with its code.
Method: listeners of several people on the stack of the other tests. What must not come is waited
for by something that comes after it to somebody else, and a pong.
"""
import itertools
import signal
import time
import unittest

import websockets

import support
from listener import WAIT_SECONDS_MAX, Listener
from stack import Program, json_request

numbers = itertools.count(1)
CUSTOMER_OF_META = "15550002222"  # of the simulator, which opens a window when they write


class RealtimeTests:
    """Mixed into one class per engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)
        cls.port = cls.server.stack.wapi.port

    def setUp(self):
        self.open = []

    def tearDown(self):
        for listener in self.open:
            listener.close()

    def connect(self, token=None, **options):
        listener = Listener(self.port, token, **options)
        self.open.append(listener)
        return listener

    def listen(self, token=None, **hello):
        """A listener that has said hello, as A's owner unless told otherwise."""
        listener = self.connect(token or self.server.owner.token, **hello)
        listener.wait_for("ready")
        return listener

    def receive(self):
        """A customer writes; the text."""
        text = f"live {self.engine} {next(numbers)}"
        self.server.stack.signed_webhook(self.server.webhook(
            support.text_message(f"wamid.{text}", text)))
        return text

    def member(self, role):
        email = f"live-{self.engine}-{next(numbers)}@example.com"
        token = self.server.join(email, role)
        found = self.server.as_owner("GET", f"/admin/users?q={email}")[1]["users"]
        return token, found[0]["id"]

    def wait_for_message(self, listener, text):
        return listener.wait_for("message.created",
                                 lambda event: event["data"]["message"]["body"] == text)

    def test_a_webhook_is_seen_by_the_team_and_not_by_another_workspace(self):
        owner = self.listen()
        stranger = self.listen(self.server.stranger.token)
        silent = self.connect()
        event = self.wait_for_message(owner, self.receive())
        conversation = event["data"]["conversation"]
        self.assertEqual(conversation["id"], self.server.owner.ids["conversation"])
        shown = self.server.as_owner("GET", f"/conversations/{conversation['id']}")[1]
        self.assertEqual(conversation, shown, "what the REST API shows")
        stranger.settle()
        self.assertEqual(stranger.count("message.created"), 0)
        self.assertEqual(silent.messages, [])

    def test_a_status_follows_what_was_sent(self):
        owner = self.listen()
        self.server.stack.customer_writes(CUSTOMER_OF_META, "from my phone")
        asked = self.wait_for_message(owner, "from my phone")["data"]["conversation"]
        status, answer = self.server.as_owner("POST", "/messages/send", {
            "contactId": asked["contactId"], "body": "on its way"})
        self.assertIn(status, (200, 201, 202), answer)
        self.wait_for_message(owner, "on its way")
        owner.wait_for("message.status", lambda event: event["data"]["message"]["body"] ==
                       "on its way" and event["data"]["message"]["status"] in
                       ("sent", "delivered", "read"))

    def test_an_agent_sees_what_is_assigned_as_long_as_it_is(self):
        token, agent_id = self.member("agent")
        agent, owner = self.listen(token), self.listen()
        talk = self.server.owner.ids["conversation"]
        self.wait_for_message(owner, self.receive())
        agent.settle()
        self.assertEqual(agent.count("message.created"), 0)
        assign = f"/conversations/{talk}/assign"
        self.server.as_owner("POST", assign, {"assigneeId": agent_id})
        agent.wait_for("conversation.changed", lambda event: event["data"]["conversation"]["id"] ==
                       talk)
        self.wait_for_message(agent, self.receive())
        self.server.as_owner("POST", assign, {"assigneeId": None})
        self.assertEqual(agent.wait_for("conversation.removed")["data"], {"id": talk})
        before = agent.bodies()
        self.wait_for_message(owner, self.receive())
        agent.settle()
        self.assertEqual(agent.bodies(), before)

    def test_a_role_that_is_taken_away_is_felt_at_once(self):
        token, member_id = self.member("manager")
        manager, owner = self.listen(token), self.listen()
        self.wait_for_message(manager, self.receive())
        status, answer = self.server.as_owner(
            "PATCH", f"/admin/team/members/{member_id}/role", {"role": "agent"})
        self.assertEqual(status, 200, answer)
        self.wait_for_message(owner, self.receive())
        self.assertEqual(manager.wait_for("resync")["reason"], "rights_changed")
        manager.settle()
        self.assertEqual(len(manager.bodies()), 1)
        status, answer = self.server.as_owner("DELETE", f"/admin/team/members/{member_id}")
        self.assertEqual(status, 200, answer)
        self.assertIn(manager.wait_closed(), (4401, 4403))

    def test_a_session_that_is_ended_ends_its_connection(self):
        email = f"session-{self.engine}-{next(numbers)}@example.com"
        token = self.server.sign_up(email, "Session Shop").token
        listener = self.listen(token)
        status, answer = self.server.call("POST", "/api/v1/auth/logout-all", token,
                                          {"keepCurrent": False})
        self.assertEqual(status, 200, answer)
        self.assertEqual(listener.wait_closed(), 4401)

    def test_what_was_missed_comes_when_a_client_returns(self):
        first = self.listen()
        last = self.wait_for_message(first, self.receive())["id"]
        first.close()
        self.open.remove(first)
        missed = [self.receive(), self.receive()]
        again = self.listen(lastEventId=last)
        for text in missed:
            self.wait_for_message(again, text)
        again.settle()
        self.assertCountEqual(again.bodies(), missed, "each once; webhooks have no order")
        self.assertTrue(again.messages[0]["resumed"])

    def test_an_event_id_that_is_invented_old_or_of_another_workspace_fetches_anew(self):
        stranger = self.listen(self.server.stranger.token)
        foreign = stranger.messages[0]["lastEventId"]
        own = self.wait_for_message(self.listen(), self.receive())["id"].split("-")[0]
        for name in ("0123456789abcdef-1", foreign, f"{own}-999999", f"{own}-18446744073709551616",
                     f"{own}--1", own, "-", "9" * 64):
            with self.subTest(id=name):
                listener = self.listen(lastEventId=name)
                self.assertFalse(listener.messages[0]["resumed"])
                self.assertEqual(listener.wait_for("resync")["reason"], "events_lost")
                listener.settle()
                self.assertEqual(listener.bodies(), [])
                listener.close()
                self.open.remove(listener)

    def test_a_restriction_to_a_tag_is_felt_at_once(self):
        token, member_id = self.member("manager")
        manager, owner = self.listen(token), self.listen()
        self.wait_for_message(manager, self.receive())
        status, answer = self.server.as_owner(
            "PATCH", f"/admin/team/members/{member_id}/restrictions",
            {"assignedTags": ["vip"], "assignedPhones": []})
        self.assertEqual(status, 200, answer)
        contact = f"/contacts/{self.server.owner.ids['contact']}"
        self.wait_for_message(owner, self.receive())
        manager.wait_for("resync")
        manager.settle()
        self.assertEqual(len(manager.bodies()), 1)
        self.server.as_owner("PATCH", contact, {"tags": ["vip"]})
        manager.wait_for("contact.changed")
        self.wait_for_message(manager, self.receive())
        self.server.as_owner("PATCH", contact, {"tags": []})
        manager.wait_for("contact.removed")
        manager.wait_for("conversation.removed")

    def test_a_key_that_is_revoked_ends_its_connection(self):
        key = self.server.make_key(["viewContacts"])
        listener = self.listen(key["secret"])
        status, answer = self.server.as_owner("DELETE", f"/api-keys/{key['apiKey']['id']}")
        self.assertEqual(status, 200, answer)
        self.assertEqual(listener.wait_closed(), 4401)

    def test_an_api_key_listens_within_its_permissions(self):
        seeing = self.listen(
            self.server.make_key(["viewContacts", "viewAllConversations"])["secret"])
        blind = self.listen(self.server.make_key(["viewTemplates"])["secret"])
        text = self.receive()
        self.wait_for_message(seeing, text)
        blind.settle()
        self.assertEqual(blind.count("message.created") + blind.count("contact.changed"), 0)

    def test_bad_tokens_and_no_token_are_closed(self):
        for name, token in self.server.bad_tokens().items():
            with self.subTest(token=name):
                self.assertEqual(self.connect(token).wait_closed(), 4401)
        self.assertEqual(self.connect(self.server.expired_token()).wait_closed(), 4401)
        foreign = self.connect(self.server.owner.token,
                               workspaceId=self.server.stranger.workspace_id)
        self.assertEqual(foreign.wait_closed(), 4403)
        self.assertEqual(self.connect().wait_closed(), 4401, "no hello within five seconds")

    def test_what_is_not_of_the_protocol_is_closed_with_its_code(self):
        for sent, code in (("no json", 4400), ("x" * 5000, 1009), ("x" * 2 ** 20, 1009),
                           (b"\x00", 1003), ('{"type":"ping"}', 4401),
                           ('{"type":"hello","token":"t","lastEventId":""}', 4400),
                           ('{"type":"hello","token":"t","lastEventId":"\\u0000"}', 4400)):
            with self.subTest(sent=sent[:10]):
                listener = self.connect()
                listener.say_raw(sent)
                self.assertEqual(listener.wait_closed(), code)
        listener = self.connect()
        listener.say_raw(['{"type":"hello",', f'"token":"{self.server.owner.token}"', "}"])
        listener.wait_for("ready")

    def test_a_page_of_another_site_is_refused(self):
        with self.assertRaises(websockets.InvalidStatusCode) as refused:
            self.connect(headers={"Origin": "https://evil.example"})
        self.assertEqual(refused.exception.status_code, 403)
        self.connect(self.server.owner.token,
                     headers={"Origin": f"http://127.0.0.1:{self.port}"}).wait_for("ready")

    def test_colleagues_see_who_is_there_and_types(self):
        token, member_id = self.member("manager")
        owner, manager = self.listen(), self.listen(token)
        owner.wait_for("presence", lambda event: event["userId"] == member_id)
        talk = self.server.owner.ids["conversation"]
        manager.say(type="typing", conversationId=talk)
        self.assertEqual(owner.wait_for("typing")["conversationId"], talk)
        manager.close()
        self.open.remove(manager)
        owner.wait_for("presence", lambda event: event["state"] == "offline")


class RealtimeOnSqlite(RealtimeTests, unittest.TestCase):
    engine = "sqlite"


class RealtimeOnPostgres(RealtimeTests, unittest.TestCase):
    engine = "postgres"


class Nodes(unittest.TestCase):
    """Two nodes on one PostgreSQL; one is killed without warning."""

    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(support.new_postgres_url())
        stack = cls.server.stack
        cls.second = Program("second", stack.folder, "/api/v1/health")
        cls.command = [str(stack.binaries / "wapi"), "serve"]
        cls.environment = {**stack.environment, "PORT": str(cls.second.port),
                           "WAPI_DATA_DIR": str(stack.folder / "second")}
        cls.second.start(cls.command, cls.environment)

    @classmethod
    def tearDownClass(cls):
        cls.second.stop()
        cls.server.stack.stop()

    def listen(self, port, **hello):
        listener = Listener(port, self.server.owner.token, **hello)
        self.addCleanup(listener.close)
        listener.wait_for("ready")
        return listener

    def name_customer(self, port):
        """An act on that node, which everybody hears of; what it is to be known by."""
        name = f"Karl {next(numbers)}"
        status, answer = json_request(
            port, "PATCH", f"/api/v1/contacts/{self.server.owner.ids['contact']}", {"name": name},
            {"Authorization": f"Bearer {self.server.owner.token}"})
        self.assertEqual(status, 200, answer)
        return name

    def wait_for_name(self, listener, name):
        return listener.wait_for("contact.changed",
                                 lambda event: event["data"]["contact"]["name"] == name)

    def wait_until_linked(self, there):
        """The second node hears the first: it may have begun to answer before that."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while there.count("contact.changed") == 0 and time.monotonic() < deadline:
            self.name_customer(self.server.stack.wapi.port)
            there.settle()

    def test_the_other_goes_on_and_has_its_clients_fetch_anew_when_it_is_back(self):
        first = self.server.stack.wapi.port
        here, there = self.listen(first), self.listen(self.second.port)
        self.wait_until_linked(there)
        self.wait_for_name(here, self.name_customer(self.second.port))
        last = self.wait_for_name(there, self.name_customer(first))["id"]
        self.second.stop(signal.SIGKILL)
        self.assertEqual(there.wait_closed(), 1006)
        self.wait_for_name(here, self.name_customer(first))
        moved = self.listen(first, lastEventId=last)
        self.assertEqual(moved.wait_for("resync")["reason"], "events_lost")
        here.settle()
        before = here.count("resync")
        self.second.start(self.command, self.environment)
        here.wait(lambda: here.count("resync") > before)  # what it had not told may be lost
        back = self.listen(self.second.port)
        for port in (first, self.second.port):
            name = self.name_customer(port)
            for listener in (here, moved, back):
                self.wait_for_name(listener, name)


class Stop(unittest.TestCase):
    """A server that stops says goodbye, and does not wait for its listeners."""

    def test_listeners_are_told_to_come_back(self):
        server = support.Server(None)
        listener = Listener(server.stack.wapi.port, server.owner.token)
        listener.wait_for("ready")
        server.stack.stop()
        self.assertEqual(listener.wait_closed(), 1001)
        listener.close()


if __name__ == "__main__":
    unittest.main()
