"""The eleven steps of the demo: each tries a promise of wApi over HTTP, beside a simulated Meta.

A step is a function of Story that raises AssertionError, with what was seen, when its promise does
not hold, and gives a line for the reader when it does. tests/e2e/test_story_canaries.py breaks each
promise in turn and sees its step fail.
"""
from __future__ import annotations

import http.client
import json
import time
from collections import Counter

from leaks import search
from load import Senders
from stack import Stack, http_request

WAIT_SECONDS_MAX = 20.0
BATCH_SIZE = 1000
POISON_ATTEMPTS = 6  # the first, and one after each of the five delays
CRASH_WEBHOOKS = 500
CRASH_CUSTOMERS = 20
CRASH_SECONDS_MAX = 60.0
STORED, REJECTED = "wapi_webhooks_stored_total", "wapi_webhooks_rejected_total"
# Short delays, so that the story shows in seconds what takes minutes in production; a full log, so
# that looking for secrets in it means something.
DEMO_SETTINGS = {"WEBHOOK_RETRY_MS": "50,100,150,200,250", "SEND_RETRY_MS": "200,400,800,1600",
                 "LOG_LEVEL": "debug"}


def wait_for(what: str, probe, seconds: float | None = None):
    """Asks again until the probe gives something true; fails with `what` after the time."""
    seconds = WAIT_SECONDS_MAX if seconds is None else seconds
    end = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < end, f"not seen within {seconds:.0f} s: {what}"
        time.sleep(0.02)


def text_update(phone_number_id: str, wamid: str, sender: str, text: str, when: int) -> dict:
    """One inbound text as a `changes` entry, as Meta sends it."""
    return {"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": phone_number_id},
        "contacts": [{"profile": {"name": f"Customer {sender[-4:]}"}, "wa_id": sender}],
        "messages": [{"from": sender, "id": wamid, "timestamp": str(when), "type": "text",
                      "text": {"body": text}}]}}


def status_update(phone_number_id: str, wamid: str, status: str, recipient: str, when: int) -> dict:
    return {"field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550001111", "phone_number_id": phone_number_id},
        "statuses": [{"id": wamid, "status": status, "timestamp": str(when),
                      "recipient_id": recipient}]}}


def webhook(waba_id: str, changes: list[dict]) -> bytes:
    body = {"object": "whatsapp_business_account", "entry": [{"id": waba_id, "changes": changes}]}
    return json.dumps(body, separators=(",", ":")).encode()


class Story:
    """The eleven steps, in order; later ones use what earlier ones made."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.access_token = ""
        self.customer = ""
        self.contact_id = ""
        self.conversation_id = ""
        self.reply: dict = {}

    # --- helpers -----------------------------------------------------------------------------

    def get(self, path: str) -> dict:
        status, answer = self.stack.api("GET", path)
        assert status == 200, f"GET {path} answered {status}: {answer}"
        return answer

    def send(self, text: str) -> tuple[int, dict]:
        return self.stack.api("POST", "/messages/send",
                              {"contactId": self.contact_id, "body": text})

    def messages(self, conversation_id: str) -> list[dict]:
        return self.get(f"/conversations/{conversation_id}/messages?limit=200")["messages"]

    def contact_by_phone(self, phone: str) -> dict | None:
        found = self.get(f"/contacts?phone=%2B{phone}")["contacts"]
        return found[0] if found else None

    def conversation_of(self, phone: str) -> dict | None:
        contact = self.contact_by_phone(phone)
        if contact is None:
            return None
        found = self.get(f"/conversations?contactId={contact['id']}")["conversations"]
        return found[0] if found else None

    def message_by_wamid(self, conversation_id: str, wamid: str) -> list[dict]:
        return [item for item in self.messages(conversation_id) if item["waMessageId"] == wamid]

    def audit(self, action: str, resource_id: str) -> list[dict]:
        return self.get(f"/audit-logs?action={action}&resourceId={resource_id}")["logs"]

    def count_inbound(self) -> int:
        """Inbound messages over all conversations, by walking the API's pages."""
        total, cursor = 0, ""
        while True:
            page = self.get(f"/conversations?limit=200&cursor={cursor}")
            total += sum(item["unreadCount"] for item in page["conversations"])
            cursor = page["nextCursor"]
            if not cursor:
                return total

    def phone_shows(self, words: str) -> list[dict]:
        """What the business wrote to the customer's phone with these words in it."""
        return [item for item in self.stack.customer_thread(self.customer)
                if item["direction"] == "outbound" and words in item["text"]]

    def settle(self) -> None:
        """Waits until nobody has anything left to do: neither wApi nor the simulated Meta.

        Seen twice, since work moves between the three places while they are asked."""
        quiet = 0

        def idle() -> bool:
            nonlocal quiet
            health, meta = self.stack.health(), self.stack.sim_state()["counters"]
            left = (health["outbox"]["pending"] + health["outbox"]["delayed"] + meta["scheduled"]
                    + meta["webhook_waiting"] + self.stack.pending())
            quiet = quiet + 1 if left == 0 else 0
            return quiet == 2
        wait_for("nothing left to do", idle)

    # --- the steps ---------------------------------------------------------------------------

    def both_programs_up(self) -> str:
        health = self.stack.health()
        assert health.get("status") == "ok", f"health says {health}"
        assert health["queue"]["pending"] == 0 and health["queue"]["dead"] == 0
        return (f"wapi {health['version']} on {health['database']} ready in "
                f"{self.stack.wapi.ready_seconds * 1000:.0f} ms, simulated Meta beside it")

    def owner_connects_a_number(self) -> str:
        account = self.stack.set_up_account()
        self.access_token = self.stack.sim_credentials()[2]
        flow = self.get("/workspace")["esbFlow"]
        assert flow["webhooksSubscribed"] and flow["phoneRegistered"], f"esbFlow is {flow}"
        return (f"number {account.phone_number_ids[0]} connected; its token is not in the clear in "
                f"{self.no_secret_in_the_clear()}")

    def no_secret_in_the_clear(self) -> str:
        return search(self.stack, self.access_token, known=self.stack.account.phone_number_ids[0])

    def customer_writes(self) -> str:
        customer = self.stack.sim_state()["customers"][0]
        self.customer = customer["key"]
        text = "Hola \u00bftienen la camisa azul en talla M? \U0001f455"
        begin = time.monotonic()
        sent = self.stack.customer_writes(
            self.customer, text, phone_number_id=self.stack.account.phone_number_ids[0])
        conversation = wait_for("the message in the inbox",
                                lambda: self.conversation_of(self.customer))
        took_ms = (time.monotonic() - begin) * 1000
        self.conversation_id, self.contact_id = conversation["id"], conversation["contactId"]
        last = conversation["lastMessage"]
        assert last["body"] == text and last["waMessageId"] == sent["waMessageId"], f"saw {last}"
        assert conversation["unreadCount"] == 1
        return f"{customer['name']} wrote, in the inbox after {took_ms:.0f} ms"

    def owner_replies(self) -> str:
        status, answer = self.send("Yes, we have it in M. Shall we keep one for you?")
        assert status == 200 and answer["status"] == "sent", f"send answered {status}: {answer}"
        self.reply = answer
        thread = self.stack.customer_thread(self.customer)
        assert thread[-1]["text"].startswith("Yes, we have it"), f"the phone shows {thread[-1]}"
        wait_for("delivered", lambda: self.reply_status() == "delivered")
        self.stack.customer_reads(self.customer)
        wait_for("read", lambda: self.reply_status() == "read")
        return "the phone shows the reply; sent, delivered and read came back"

    def reply_status(self) -> str:
        return self.message_by_wamid(self.conversation_id, self.reply["waMessageId"])[0]["status"]

    def repeated_and_reordered(self) -> str:
        number, now = self.stack.account.phone_number_ids[0], int(time.time())
        body = webhook("1", [text_update(number, "wamid.demoTHRICE", self.customer, "once", now)])
        for _ in range(3):
            assert self.stack.signed_webhook(body) == 200
        answer = self.send("Out of order")[1]
        wamid = answer["waMessageId"]
        for status, offset in (("read", 3), ("sent", 1), ("delivered", 2), ("sent", 1)):
            update = status_update(number, wamid, status, self.customer, now + offset)
            assert self.stack.signed_webhook(webhook("1", [update])) == 200
        wait_for("read", lambda: self.message_by_wamid(self.conversation_id, wamid)[0]["status"]
                 == "read")
        self.settle()
        copies = self.message_by_wamid(self.conversation_id, "wamid.demoTHRICE")
        assert len(copies) == 1, f"{len(copies)} copies"
        assert self.message_by_wamid(self.conversation_id, wamid)[0]["status"] == "read"
        return "three deliveries made one message; read, sent, delivered, sent ended as read"

    def forged_webhook(self) -> str:
        self.settle()
        before = (self.count_inbound(), self.stack.metric(STORED))
        rejected = self.stack.metric(REJECTED)
        number, now = self.stack.account.phone_number_ids[0], int(time.time())
        body = webhook("1", [text_update(number, "wamid.FORGED", self.customer, "forged", now)])
        assert self.stack.signed_webhook(body, secret="not the secret") == 403
        bare = http_request(self.stack.wapi.port, "POST", "/api/v1/webhook", body)
        assert bare[0] == 403, f"without a signature: {bare[0]}"
        self.settle()
        after = (self.count_inbound(), self.stack.metric(STORED))
        assert after == before, f"messages and webhooks stored: {before}, then {after}"
        assert not self.message_by_wamid(self.conversation_id, "wamid.FORGED")
        counted = self.stack.metric(REJECTED) - rejected
        assert counted == 2, f"{counted:.0f} counted as rejected"
        return "wrong and missing signature: 403 each, both counted as rejected, nothing stored"

    def batch_with_a_poison_item(self) -> str:
        own, foreign = self.stack.account.phone_number_ids[0], self.second_number()
        before, now = self.count_inbound(), int(time.time())
        changes = [text_update(foreign if i == 400 else own, f"wamid.demoBATCH{i}",
                               f"1555100{i:04d}", f"batch {i}", now) for i in range(BATCH_SIZE)]
        assert self.stack.signed_webhook(webhook(self.stack.account.waba_id, changes)) == 200
        wait_for("999 stored", lambda: self.count_inbound() == before + BATCH_SIZE - 1)
        wait_for("one dead letter", lambda: self.stack.health()["queue"]["dead"] == 1)
        letter = self.connect_second_number(foreign)
        assert foreign in letter["lastError"], f"reason is {letter['lastError']}"
        assert letter["attempts"] == POISON_ATTEMPTS, f"{letter['attempts']} attempts"
        status, answer = self.stack.api("POST", f"/queues/dead/{letter['id']}/replay")
        assert status == 200, f"replay answered {status}: {answer}"
        wait_for("the replayed message", lambda: self.count_inbound() == before + BATCH_SIZE)
        assert self.stack.health()["queue"]["dead"] == 0
        return (f"{BATCH_SIZE - 1} stored, one dead letter after {letter['attempts']} attempts "
                f"(\"{letter['lastError']}\"); number connected, replayed, all {BATCH_SIZE} there")

    def second_number(self) -> str:
        own = self.stack.account.phone_number_ids[0]
        for waba in self.stack.sim_state()["wabas"]:
            if waba["id"] == self.stack.account.waba_id:
                return next(number for number in waba["phone_number_ids"] if number != own)
        raise AssertionError("the simulator has no second number")

    def connect_second_number(self, number: str) -> dict:
        """The cause of the dead letter removed: its number is connected, and the letter is ours."""
        assert self.get("/queues/dead")["jobs"] == [], "a stranger's dead letter was shown"
        self.stack.connect_number(self.stack.account.waba_id, number, self.access_token)
        letters = self.get("/queues/dead")["jobs"]
        assert len(letters) == 1, f"dead letters: {letters}"
        return letters[0]

    def customer_says_stop(self) -> str:
        sent = self.stack.customer_writes(self.customer, "STOP!! \U0001f6d1",
                                          phone_number_id=self.stack.account.phone_number_ids[0])
        opt_out = wait_for("the opt-out", lambda: self.opted("status", True))["optOut"]
        assert opt_out["optedOutVia"] == "message", f"saw {opt_out}"
        stop = self.message_by_wamid(self.conversation_id, sent["waMessageId"])[0]
        assert opt_out["optedOutAt"] == stop["timestamp"], \
            f"opted out at {opt_out['optedOutAt']} by a message of {stop['timestamp']}"
        wait_for("the confirmation on the phone", lambda: self.phone_shows("unsubscribed"))
        self.settle()
        confirmations = len(self.phone_shows("unsubscribed"))
        assert confirmations == 1, f"{confirmations} confirmations"
        entries = len(self.audit("contact.opted_out", self.contact_id))
        assert entries == 1, f"{entries} audit entries"
        return f"opted out at {opt_out['optedOutAt']}, when it was written; confirmed once, audited"

    def opted(self, field: str, value) -> dict | None:
        contact = self.get(f"/contacts/{self.contact_id}")
        return contact if contact["optOut"][field] == value else None

    def send_is_refused(self) -> str:
        before = len(self.stack.customer_thread(self.customer))
        status, answer = self.send("Just one more thing")
        code = answer.get("error", {}).get("code")
        assert (status, code) == (403, "contact_opted_out"), f"saw {status} {answer}"
        self.settle()
        assert len(self.stack.customer_thread(self.customer)) == before
        return "403 contact_opted_out; the phone stays silent"

    def killed_under_load(self) -> str:
        phones = [f"1555200{i:04d}" for i in range(CRASH_CUSTOMERS)]
        wamids = {f"wamid.demoCRASH{i}": phones[i % CRASH_CUSTOMERS] for i in range(CRASH_WEBHOOKS)}
        number, now = self.stack.account.phone_number_ids[0], int(time.time())
        bodies = [webhook("1", [text_update(number, wamid, phone, f"crash {wamid}", now)])
                  for wamid, phone in wamids.items()]
        with Senders(bodies, self.delivered, CRASH_SECONDS_MAX) as senders:
            wait_for("a moment at which a kill hurts", lambda: self.hurts(senders))
            acknowledged, in_flight = senders.acknowledged, senders.in_flight
            self.stack.kill9()
            self.stack.start_wapi()
            senders.finish()
        self.settle()
        times = Counter(wamid for phone in phones for wamid in self.inbound_of(phone))
        wrong = {wamid: times[wamid] for wamid in wamids if times[wamid] != 1}
        assert not wrong and len(times) == len(wamids), f"stored not once: {wrong}"
        return (f"killed with {in_flight} requests under way and {acknowledged} answered; "
                f"{len(wamids)} acknowledged, each stored exactly once; ready again in "
                f"{self.stack.wapi.ready_seconds * 1000:.0f} ms")

    def hurts(self, senders: Senders) -> bool:
        """Whether a good part was acknowledged, which the worker may be busy with, while others are
        under way. The server is not asked: all of it lasts less than a few questions."""
        assert not senders.failures, f"a sender failed: {senders.failures[0]!r}"
        return senders.acknowledged > CRASH_WEBHOOKS // 4 and senders.in_flight > 0

    def inbound_of(self, phone: str) -> list[str]:
        """The ids of what this customer wrote, as the API shows them."""
        conversation = self.conversation_of(phone)
        return [] if conversation is None else [
            item["waMessageId"] for item in self.messages(conversation["id"])
            if item["direction"] == "inbound"]

    def delivered(self, body: bytes) -> bool:
        """Whether it was answered 200; while the server is down nobody answers."""
        try:
            return self.stack.signed_webhook(body) == 200
        except (OSError, http.client.HTTPException):
            return False

    def customer_comes_back(self) -> str:
        self.stack.customer_writes(self.customer, "Start",
                                   phone_number_id=self.stack.account.phone_number_ids[0])
        contact = wait_for("the opt-in", lambda: self.opted("status", False))
        assert contact["optOut"]["optedBackInAt"]
        assert len(self.audit("contact.opted_in", self.contact_id)) == 1
        status, answer = self.send("Good to have you back!")
        assert status == 200, f"send answered {status}: {answer}"
        wait_for("the message on the phone", lambda: "Good to have" in
                 self.stack.customer_thread(self.customer)[-1]["text"])
        return (f"opted back in at {contact['optOut']['optedBackInAt']}, the next message arrived; "
                f"the token is still nowhere in {self.no_secret_in_the_clear()}")

    STEPS = [
        ("Both programs up, empty database", both_programs_up),
        ("The owner signs up and connects a number", owner_connects_a_number),
        ("A customer writes", customer_writes),
        ("The owner replies", owner_replies),
        ("The same webhook three times, statuses out of order", repeated_and_reordered),
        ("A forged webhook", forged_webhook),
        ("A batch of 1,000 updates with one poison item", batch_with_a_poison_item),
        ("The customer says STOP", customer_says_stop),
        ("A send to that contact", send_is_refused),
        ("kill -9 under load", killed_under_load),
        ("START: back again", customer_comes_back),
    ]

    def tell(self) -> int:
        """Runs every step and gives the number that passed; a failed step ends the story."""
        for number, (title, step) in enumerate(self.STEPS, start=1):
            begin = time.monotonic()
            try:
                seen = step(self)
            except Exception as failure:  # whatever it is, it is this step's, and the story ends
                print(f"{number:2}. {title}\n    FAILED: {failure!r}", flush=True)
                return number - 1
            print(f"{number:2}. {title}\n    {seen} ({time.monotonic() - begin:.2f} s)", flush=True)
        return len(self.STEPS)
