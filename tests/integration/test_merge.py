"""A merge by hand, by the real program on both engines.

Goal: everything of the two is with the one that is left, and an opt-out of either holds whatever
the other has said, is replayed or imported. Method: two customers write, one of them STOP, and the
other "yes" after it; then they are merged, and all that the API shows of them is looked at.
"""
import json
import time
import unittest

import support

STOPPED_PHONE = "436609990001"


class Merges:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    @classmethod
    def setUpClass(cls):
        cls.server = support.Server(cls.database_url())
        cls.addClassCleanup(cls.server.stack.stop)

    def api(self, method, path, body=None, status=200):
        """The answer, which must have that status."""
        given, answer = self.server.as_owner(method, path, body)
        self.assertEqual(given, status, answer)
        return answer

    def hear(self, phone, wamid, text):
        """A message of a customer, which is there afterwards."""
        body = json.dumps(self.server.webhook(support.text_message(wamid, text)))
        self.server.stack.signed_webhook(json.loads(body.replace(support.CUSTOMER_PHONE, phone)))
        self.wait(lambda: text in self.texts_of(phone))

    def contact(self, phone):
        return self.api("GET", f"/contacts?phone=%2B{phone}")["contacts"][0]

    def texts_of(self, phone):
        """Texts of all messages of the contact who has that phone, oldest first."""
        found = self.api("GET", f"/contacts?phone=%2B{phone}")["contacts"]
        if not found:
            return []
        entries = self.api("GET", f"/contacts/{found[0]['id']}/timeline")["entries"]
        return [entry["message"]["body"] for entry in reversed(entries)
                if entry["kind"] == "message"]

    def wait(self, done):
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while not done():
            self.assertLess(time.monotonic(), deadline, "not done")
            time.sleep(0.02)

    def found(self, kind, word):
        """Contacts that the search names."""
        return {hit["contact"]["id"] for hit in
                self.api("GET", f"/search?kind={kind}&q={word}")["results"]}

    def test_everything_is_with_who_is_left_and_the_opt_out_holds(self):
        self.hear(STOPPED_PHONE, "wamid.stop", "STOP")
        self.wait(lambda: self.contact(STOPPED_PHONE)["optOut"]["status"])
        time.sleep(1.1)  # WhatsApp tells seconds: the "yes" is of a later one
        self.hear(support.CUSTOMER_PHONE, "wamid.yes", "yes")
        gone, kept = self.contact(STOPPED_PHONE), self.contact(support.CUSTOMER_PHONE)
        self.assertFalse(kept["optOut"]["status"])
        talks = {talk["contactId"]: talk["id"]
                 for talk in self.api("GET", "/conversations")["conversations"]}
        note = self.api("POST", f"/conversations/{talks[gone['id']]}/notes",
                        {"text": "Rang the shop"}, 201)
        self.api("PATCH", f"/contacts/{gone['id']}", {"tags": ["beekeeper"]})

        merged = self.api("POST", f"/contacts/{kept['id']}/merge", {"from": gone["id"]})
        self.assertEqual(merged["tags"], ["beekeeper"])
        self.assertEqual({identity["value"] for identity in merged["identities"]},
                         {STOPPED_PHONE, support.CUSTOMER_PHONE})
        self.assertTrue(merged["optOut"]["status"])
        for path in ("", "/timeline", "/export-data"):
            self.api("GET", f"/contacts/{gone['id']}{path}", status=404)
        self.assertEqual([talk["contactId"] for talk in
                          self.api("GET", "/conversations")["conversations"]], [kept["id"]])
        self.assertEqual([one["id"] for one in self.api(
            "GET", f"/conversations/{talks[kept['id']]}/notes")["notes"]][:1], [note["id"]])
        texts = self.texts_of(STOPPED_PHONE)
        self.assertLessEqual({"STOP", "yes", "Hello from Vienna"}, set(texts))
        self.wait(lambda: self.found("contact", "beekeeper") == {kept["id"]})
        self.assertEqual(self.found("message", "stop"), {kept["id"]})

        self.refuses_to_send(kept["id"])
        self.replay_everything()
        self.refuses_to_send(kept["id"])
        made = self.server.upload(f"phone,name\n+{STOPPED_PHONE},Karl\n".encode())
        self.api("POST", f"/contact-imports/{made['id']}/start",
                 {"mapping": ["phone", "name"]}, 202)
        self.wait(lambda: self.api("GET", f"/contact-imports/{made['id']}")["endedAt"])
        self.assertEqual(self.contact(STOPPED_PHONE)["name"], "Karl")
        self.refuses_to_send(kept["id"])
        self.api("DELETE", f"/contacts/{kept['id']}", status=409)

    def replay_everything(self):
        """All stored webhooks, processed again, and one more behind them."""
        begun = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}
        self.api("POST", "/webhook-events/replay", begun, 202)
        self.hear(support.CUSTOMER_PHONE, "wamid.later", "Good morning")
        self.wait(lambda: self.api("GET", "/queues/status")["webhooks"]["pending"] == 0)

    def refuses_to_send(self, contact):
        self.assertTrue(self.api("GET", f"/contacts/{contact}")["optOut"]["status"])
        answer = self.api("POST", "/messages/send",
                          {"contactId": contact, "body": "An offer"}, 403)
        self.assertEqual(answer["error"]["code"], "contact_opted_out")


class MergesOnSqlite(Merges, unittest.TestCase):
    pass


class MergesOnPostgres(Merges, unittest.TestCase):
    database_url = staticmethod(support.new_postgres_url)


if __name__ == "__main__":
    unittest.main()
