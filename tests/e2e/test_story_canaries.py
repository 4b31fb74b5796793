"""Each promise of the story is broken once, and its step must fail.

Goal: no step of the demo passes by accident. Method: a real stack is brought to the step by the
steps it needs; then either the stack is really damaged, or an answer is falsified on its way to the
step. The step must raise AssertionError.
"""
import base64
import sqlite3
import unittest
from unittest import mock

from shop import PRESET, postgres_server
import story
from leaks import forms_of, search
from stack import Stack

STEPS = dict(enumerate((step for _title, step in story.Story.STEPS), start=1))
CANARY_SECONDS_MAX = 1.0  # what is never seen need not be waited for long


class Canary(unittest.TestCase):
    """Starts a stack and tells the steps that the test's step builds on."""

    def tell(self, *numbers, environment=None, database_url=None):
        self.stack = self.enterContext(
            Stack(database_url, preset=PRESET,
                  environment={**story.DEMO_SETTINGS, **(environment or {})}))
        self.story = story.Story(self.stack)
        for number in numbers:
            STEPS[number](self.story)

    def assert_fails(self, number, pattern):
        with mock.patch.object(story, "WAIT_SECONDS_MAX", CANARY_SECONDS_MAX):
            with self.assertRaisesRegex(AssertionError, pattern):
                STEPS[number](self.story)

    def falsify(self, method, change):
        """From now on this method of the stack gives what `change` makes of the true answer."""
        true = getattr(self.stack, method)

        def false(*arguments, **named):
            answer = true(*arguments, **named)
            return change(answer, *arguments) or answer
        self.enterContext(mock.patch.object(self.stack, method, false))

    def falsify_messages(self, change):
        """`change` gets the list of messages of every thread that is asked for."""
        def changed(answer, _method, path, *_body):
            if path.endswith("/messages?limit=200"):
                change(answer[1]["messages"])
        self.falsify("api", changed)


class StepsFail(Canary):
    def test_1_when_the_queue_is_not_empty(self):
        self.tell()
        self.falsify("health", lambda health: health["queue"].update(dead=1))
        self.assert_fails(1, "")

    def test_2_when_the_number_was_not_subscribed(self):
        self.tell()

        def unsubscribed(answer, _method, path, *_body):
            if path == "/workspace":
                answer[1]["esbFlow"]["webhooksSubscribed"] = False
        self.falsify("api", unsubscribed)
        self.assert_fails(2, "esbFlow")

    def test_3_when_the_inbox_shows_another_text(self):
        self.tell(2)

        def another(answer, _method, path, *_body):
            if path.startswith("/conversations?contactId"):
                for conversation in answer[1]["conversations"]:
                    conversation["lastMessage"]["body"] = "another text"
        self.falsify("api", another)
        self.assert_fails(3, "another text")

    def test_4_when_the_reply_is_never_read(self):
        self.tell(2, 3)
        self.enterContext(mock.patch.object(self.stack, "customer_reads", lambda _customer: None))
        self.assert_fails(4, "read")

    def test_5_when_a_repeated_webhook_made_two_messages(self):
        self.tell(2, 3)
        self.falsify_messages(lambda messages: messages.extend(
            [item for item in messages if item["waMessageId"] == "wamid.demoTHRICE"]))
        self.assert_fails(5, "2 copies")

    def test_6_when_a_forgery_is_stored(self):
        self.tell(2, 3)
        true = self.stack.signed_webhook

        def stored(body, secret=None):
            true(body)
            return true(body, secret)
        self.enterContext(mock.patch.object(self.stack, "signed_webhook", stored))
        self.assert_fails(6, "stored")

    def test_6_when_a_forgery_is_not_counted(self):
        self.tell(2, 3)
        self.enterContext(mock.patch.object(self.stack, "metric", lambda _prefix: 0.0))
        self.assert_fails(6, "0 counted as rejected")

    def test_7_when_the_poison_item_is_given_up_too_early(self):
        self.tell(2, 3, environment={"WEBHOOK_RETRY_MS": "50,100"})
        with self.assertRaisesRegex(AssertionError, "3 attempts"):
            STEPS[7](self.story)

    def test_8_when_the_opt_out_is_confirmed_twice(self):
        self.tell(2, 3)
        self.falsify("customer_thread", lambda thread, _customer: thread + [
            item for item in thread if "unsubscribed" in item["text"]])
        self.assert_fails(8, "2 confirmations")

    def test_8_when_the_opt_out_has_another_time_than_the_message(self):
        self.tell(2, 3)

        def later(answer, _method, path, *_body):
            if path.startswith("/contacts/"):
                answer[1]["optOut"]["optedOutAt"] = "2031-01-01T00:00:00.000Z"
        self.falsify("api", later)
        self.assert_fails(8, "2031")

    def test_9_when_the_contact_may_be_written_to(self):
        self.tell(2, 3, 8)
        self.stack.api("POST", f"/contacts/{self.story.contact_id}/opt-in", {})
        self.assert_fails(9, "saw 200")

    def test_10_when_an_acknowledged_message_is_not_there(self):
        self.tell(2)
        self.falsify_messages(lambda messages: messages.pop())
        with self.assertRaisesRegex(AssertionError, "stored not once"):
            STEPS[10](self.story)

    def test_11_when_the_contact_stays_opted_out(self):
        self.tell(2, 3, 8)

        def still_out(answer, _method, path, *_body):
            if path.startswith("/contacts/"):
                answer[1]["optOut"]["status"] = True
        self.falsify("api", still_out)
        self.assert_fails(11, "opt-in")


class Leaks(Canary):
    """The search of steps 2 and 11 finds a token wherever and however it was left."""

    def setUp(self):
        self.token = "EAA-a-token-that-is-planted-by-this-test"

    def search(self):
        return search(self.stack, self.token, known=self.story.stack.account.phone_number_ids[0])

    def assert_found(self, where):
        with self.assertRaisesRegex(AssertionError, f"token found in {where}"):
            self.search()

    def plant(self, text):
        with sqlite3.connect(self.stack.sqlite_file(), timeout=10) as connection:
            connection.execute("UPDATE workspaces SET name = ?", (text,))
        connection.close()

    def test_in_a_table_of_sqlite(self):
        self.tell(2)
        self.search()
        self.plant(self.token)
        self.assert_found(r".*\.db")

    def test_in_a_table_of_postgres_in_plain_hex_and_base64(self):
        database = "e2e_leaks"
        self.tell(2, database_url=postgres_server().create_database(database))
        self.search()
        for text in (self.token, self.token.encode().hex(),
                     base64.b64encode(f"x{self.token}".encode()).decode()):
            postgres_server().execute(f"UPDATE workspaces SET name = '{text}'", database)
            self.assert_found("a dump of the database")
        postgres_server().execute("UPDATE workspaces SET name = 'Corner Shop'", database)
        self.search()

    def test_in_a_line_of_the_log(self):
        self.tell(2)
        with open(self.stack.wapi.log, "a", encoding="ascii") as log:
            log.write(f'{{"level":"debug","token":"{self.token}"}}\n')
        self.assert_found("wapi.log")

    def test_nothing_is_proved_by_an_empty_log_or_the_wrong_database(self):
        self.tell(2)
        with self.assertRaisesRegex(AssertionError, "proves nothing"):
            search(self.stack, self.token, known="no such text")
        self.stack.wapi.log.write_text("")
        with self.assertRaisesRegex(AssertionError, "empty log"):
            self.search()

    def test_base64_is_known_at_every_offset(self):
        for before in range(6):
            for after in range(4):
                text = base64.b64encode(b"b" * before + self.token.encode() + b"a" * after)
                self.assertTrue(any(form in text for form in forms_of(self.token)), text)


if __name__ == "__main__":
    unittest.main()
