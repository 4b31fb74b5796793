"""A workspace with a life in it, for the console's browser tests and pictures.

Customers of many languages write, are answered, opt out; messages fail; colleagues of each role
have conversations, invites and keys are open, a second number has lost its access. Everything
comes in as it does in production: over the API, and as signed webhooks of the simulated Meta. The
same stack gets the same data each time.
"""
from __future__ import annotations

import json
import time
from dataclasses import dataclass

from stack import OWNER_PASSWORD, Stack, StackFailed, http_request, json_request
from story import wait_for

SECONDS_MAX = 60.0
BUILT_IN_ROLES = ("manager", "agent", "viewer")
# What a role of one's own may be: somebody who checks, but takes no part.
AUDITOR = ("viewContacts", "viewAllConversations", "viewAuditLogs")
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Hohenlohe-Langenburg zu Schillingsfürst & Söhne"

# phone digits, name, what was written (oldest first), hours since the last of it
CUSTOMERS: tuple[tuple[str, str, tuple[str, ...], float], ...] = (
    ("34655100001", "Rosa Martínez", ("¿Tenéis la camisa en azul?", "La talla M, por favor"), 0.05),
    ("5511987650002", "João Conceição", ("Oi! Meu pedido chegou, muito obrigado 🎉",), 0.2),
    ("919812300003", "प्रिया शर्मा", ("नमस्ते, क्या आज डिलीवरी होगी?", "घर पर कोई नहीं है"), 0.4),
    ("971501230004", "ليلى الفارسي", ("مرحبا، هل المتجر مفتوح غدا؟",), 0.6),
    ("972541230005", "נועה כהן", ("שלום, מה שעות הפתיחה?",), 0.8),
    ("819012340006", "山田 花子", ("注文した本はいつ届きますか。",), 1),
    ("4915112300007", LONG_NAME, ("Guten Tag! Könnten Sie mir bitte mitteilen, wann die "
     "Donaudampfschifffahrtsgesellschaftskapitänsmütze wieder lieferbar ist?",), 1.5),
    ("380671230008", "Олена Шевченко", ("Добрий день! Де моє замовлення?", "Номер 20417"), 2),
    ("66812340009", "สมชาย ใจดี", ("สวัสดีครับ ขอใบเสร็จด้วยครับ",), 3),
    ("15550100010", "🌻 Sunny 🌻", ("👍", "❤️‍🔥🙌🏽", "ok"), 4),
    ("15550100011", "Bob", ("*Urgent*: the _blue_ lamp is ~dim~ broken, see "
     "https://example.com/photos/lamp?size=large",), 5),
    ("447700900012", "Siân O'Brien-Lloyd", ("Hi, can I change my delivery address?",), 23.4),
    ("33612340013", "Amélie", ("Bonjour, je voudrais annuler ma commande.",), 30),
    ("905321230014", "Çağla Yıldız", ("İade süresi kaç gün?",), 50),
    ("60123400015", "Nur Aisyah", ("Terima kasih!",), 24 * 6),
    ("254712340016", "Wanjiru", ("Habari, bei ni ngapi?",), 24 * 40),
)
OPTED_OUT = (("15550100031", "Max Done", "STOP"), ("34655100032", "Lucía", "BAJA"))
# The last six digits tell the simulated Meta what to do with a message: see its README.
FAILING = (("15550131026", "Gone Away"), ("15551131049", "Too Much Advertising"))
TAGS = ("vip", "wholesale", "newsletter", "returns", "a-tag-that-somebody-made-far-too-long")


@dataclass
class Colleague:
    """A member with the role `role`, who can log in with the password."""

    role: str
    name: str
    email: str
    password: str = OWNER_PASSWORD


def ask(stack: Stack, method: str, path: str, body=None) -> dict:
    """A call that must succeed, as the owner."""
    status, answer = stack.api(method, path, body)
    if status not in (200, 201, 202):
        raise StackFailed(f"{method} {path} answered {status}: {answer}")
    return answer


def join(stack: Stack, role_id: str, colleague: Colleague) -> None:
    """Invites somebody, who accepts."""
    invite = ask(stack, "POST", "/admin/team/invite", {"email": colleague.email, "role": role_id})
    status, answer = json_request(stack.wapi.port, "POST", "/api/v1/auth/accept-invite", {
        "token": invite["link"].split("#token=")[1], "name": colleague.name,
        "password": colleague.password})
    if status != 201:
        raise StackFailed(f"accepting an invite answered {status}: {answer}")


def make_team(stack: Stack) -> list[Colleague]:
    """One colleague of each built-in role and one of a role of the workspace's own."""
    own = ask(stack, "POST", "/admin/team/roles",
              {"name": "Auditor", "permissions": list(AUDITOR)})
    names = {"manager": "Mónica Manager", "agent": "Anil Agent", "viewer": "Vera Viewer"}
    team = [Colleague(role, names[role], f"{role}@example.com") for role in BUILT_IN_ROLES]
    for colleague in team:
        join(stack, colleague.role, colleague)
    auditor = Colleague("auditor", "عمر المدقق", "auditor@example.com")
    join(stack, own["id"], auditor)
    for email in ("new.colleague@example.com", f"{'long.' * 10}address@a-company.example.com"):
        ask(stack, "POST", "/admin/team/invite", {"email": email, "role": "agent"})
    ask(stack, "POST", "/api-keys", {"name": "Shop's checkout", "permissions": ["sendMessages"]})
    ask(stack, "POST", "/api-keys", {"name": LONG_NAME, "permissions": ["viewContacts"],
                                     "expiresAt": "2099-01-01T00:00:00Z",
                                     "allowedNetworks": ["192.0.2.0/24", "2001:db8::/32"]})
    return [*team, auditor]


class Customers:
    """Customers of the simulated Meta who write to the workspace's number."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.number = stack.account.phone_number_ids[0]
        self.now = int(time.time())

    def write(self, phone: str, name: str, text: str, hours_ago: float) -> None:
        status, answer = self.stack.sim("POST", "/customers", {"wa_id": phone, "name": name})
        if status not in (200, 201, 409):
            raise StackFailed(f"a customer was refused with {status}: {answer}")
        when = self.now - int(hours_ago * 3600)
        self.stack.customer_writes(phone, text, phone_number_id=self.number, timestamp=when)

    def contact(self, phone: str) -> dict:
        """The contact that this customer became."""
        def found() -> dict | None:
            contacts = ask(self.stack, "GET", f"/contacts?q={phone}&limit=1")["contacts"]
            return contacts[0] if contacts else None
        return wait_for(f"the contact of {phone}", found, SECONDS_MAX)

    def conversation(self, phone: str) -> dict:
        contact_id = self.contact(phone)["id"]
        return ask(self.stack, "GET",
                   f"/conversations?contactId={contact_id}&limit=1")["conversations"][0]

    def reply(self, phone: str, text: str) -> None:
        ask(self.stack, "POST", "/messages/send",
            {"contactId": self.contact(phone)["id"], "phoneNumberId": self.number, "body": text})


def write_all(customers: Customers) -> None:
    for phone, name, texts, hours_ago in reversed(CUSTOMERS):
        for place, text in enumerate(texts):
            later = len(texts) - 1 - place
            customers.write(phone, name, text, hours_ago + later * 0.01)
    for phone, name in FAILING:
        customers.write(phone, name, "Please answer me", 0.3)
    for phone, name, word in OPTED_OUT:
        customers.write(phone, name, "Who is this?", 0.4)
        customers.write(phone, name, word, 0.35)
    customers.stack.wait_until_idle(SECONDS_MAX)


def answer_some(customers: Customers) -> None:
    first, second = CUSTOMERS[0][0], CUSTOMERS[1][0]
    customers.reply(first, "Sí, en azul también 😊")
    customers.reply(first, "*Talla M*: la última.\n"
                           "Se la guardamos _hasta el sábado_ en la tienda de la calle Mayor, 12.")
    customers.reply(second, "Que bom! Volte sempre.")
    for phone, _name in FAILING:
        customers.reply(phone, "We are here to help")
    customers.stack.wait_until_idle(SECONDS_MAX)
    customers.stack.customer_reads(first)


def describe_some(customers: Customers, team: list[Colleague]) -> None:
    """Tags, attributes, opt-outs by hand, and who looks after whom."""
    stack = customers.stack
    members = {one["email"]: one["id"]
               for one in ask(stack, "GET", "/admin/team/members?limit=200")["members"]}
    for place, (phone, _name, _texts, _hours) in enumerate(CUSTOMERS[:8]):
        contact_id = customers.contact(phone)["id"]
        change = {"tags": list(TAGS[: (place + 2) % (len(TAGS) + 1)])}
        if place % 2 == 0:
            change["attributes"] = {"city": "Sevilla", "orders": place + 1, "since": "2021-04-01"}
        ask(stack, "PATCH", f"/contacts/{contact_id}", change)
    ask(stack, "POST", f"/contacts/{customers.contact(CUSTOMERS[14][0])['id']}/opt-out")
    for place, colleague in enumerate(team[:2]):
        conversation_id = customers.conversation(CUSTOMERS[place + 1][0])["id"]
        ask(stack, "POST", f"/conversations/{conversation_id}/assign",
            {"assigneeId": members[colleague.email]})
    conversation_id = customers.conversation(CUSTOMERS[0][0])["id"]
    ask(stack, "POST", f"/conversations/{conversation_id}/assign",
        {"assigneeId": members["owner@example.com"]})
    ask(stack, "PATCH", f"/admin/team/members/{members['agent@example.com']}/restrictions",
        {"assignedTags": ["vip"], "assignedPhones": []})


def write_one_of_each_kind(customers: Customers) -> None:
    """A thread with every kind of message that a customer can send, one after the other."""
    phone, name = CUSTOMERS[10][0], CUSTOMERS[10][1]
    kinds = (
        {"type": "image", "image": {"id": "1", "mime_type": "image/jpeg", "sha256": "x",
                                    "caption": "The lamp, see the crack"}},
        {"type": "audio", "audio": {"id": "2", "mime_type": "audio/ogg", "sha256": "x",
                                    "voice": True}},
        {"type": "document", "document": {"id": "3", "mime_type": "application/pdf", "sha256": "x",
                                          "filename": "invoice.pdf"}},
        {"type": "location", "location": {"latitude": 37.39, "longitude": -5.99,
                                          "name": "Calle Mayor 12"}},
        {"type": "sticker", "sticker": {"id": "4", "mime_type": "image/webp", "sha256": "x"}},
    )
    for message in kinds:
        customers.stack.customer_writes(phone, name, phone_number_id=customers.number,
                                        message=message)


def lose_a_number(customers: Customers) -> None:
    """A second number whose access token ends: what it sends fails, and it asks to be connected."""
    stack = customers.stack
    waba_id, _first, access_token = stack.sim_credentials()
    wabas = stack.sim_state()["wabas"]
    numbers = next(waba for waba in wabas if waba["id"] == waba_id)["phone_number_ids"]
    ask(stack, "POST", "/onboarding/connect", {
        "wabaId": waba_id, "phoneNumberId": numbers[1], "accessToken": access_token})
    stack.sim_faults(token_expired=True)
    stack.api("POST", "/messages/template", {
        "contactId": customers.contact(CUSTOMERS[12][0])["id"], "phoneNumberId": numbers[1],
        "template": {"name": "hello_world", "language": "en_US"}})
    stack.sim_faults(token_expired=False)


def lose_updates(stack: Stack) -> None:
    """Updates that end as dead letters: one of the workspace, one of nobody. For a stack that tries
    again within milliseconds (WEBHOOK_RETRY_MS)."""
    own = stack.account.phone_number_ids[0]
    message = {"from": "436601234567", "timestamp": str(int(time.time())), "type": "text",
               "text": {"body": "Without an id"}}
    for number, messages in ((own, [message]), ("109999999999999", [{**message, "id": "wamid.x"}])):
        value = {"messaging_product": "whatsapp", "messages": messages,
                 "metadata": {"display_phone_number": "15550001111", "phone_number_id": number}}
        status = stack.signed_webhook({
            "object": "whatsapp_business_account",
            "entry": [{"id": stack.account.waba_id,
                       "changes": [{"field": "messages", "value": value}]}]})
        if status != 200:
            raise StackFailed(f"a webhook was answered {status}")
    stack.wait_until_idle(SECONDS_MAX)


def send_file(stack: Stack, name: str, rows: list[str]) -> dict:
    """A file of contacts on its way to be imported."""
    status, _headers, answer = http_request(
        stack.wapi.port, "POST", f"/api/v1/contact-imports?fileName={name}",
        "\r\n".join(rows).encode(),
        {"Authorization": f"Bearer {stack.account.token}", "Content-Type": "text/csv"})
    if status != 201:
        raise StackFailed(f"a file was refused with {status}: {answer!r}")
    return json.loads(answer)


def import_some(stack: Stack) -> str:
    """A segment, an import that is done, and one whose columns nobody has named: its id."""
    ask(stack, "POST", "/segments", {"name": "VIPs", "filter": {"tags": ["vip"]}})
    ask(stack, "POST", "/segments",
        {"name": "لم يكتبوا منذ شهر", "filter": {"silentForDays": 30, "optedOut": False}})
    done = send_file(stack, "newsletter.csv", [
        "name;phone;tags",
        *(f"Subscriber {row};+4366012300{row:02};newsletter" for row in range(20)),
        "Nobody;none;"])
    ask(stack, "POST", f"/contact-imports/{done['id']}/start", {"mapping": done["guess"]})
    wait_for("the import", lambda: ask(stack, "GET", f"/contact-imports/{done['id']}")["endedAt"],
             SECONDS_MAX)
    waiting = send_file(stack, "trade-fair-2026.csv", [
        "Full name,Mobile,Interests,City,Remarks",
        '"Ângela Souza",+55 11 98765 0101,"wholesale|vip",São Paulo,"Wants the new catalogue"',
        f'"{LONG_NAME}",0043 660 1230101,,Wien,', "李小龙,+86 138 0013 8000,vip,香港,"])
    return waiting["id"]


@dataclass
class Living:
    """Who can log in, and what the pages of one thing can show."""

    team: list[Colleague]
    contact_id: str
    conversation_id: str
    import_id: str


def fill(stack: Stack) -> Living:
    """Fills the workspace of the stack's account."""
    team = make_team(stack)
    customers = Customers(stack)
    write_all(customers)
    answer_some(customers)
    write_one_of_each_kind(customers)
    lose_a_number(customers)
    describe_some(customers, team)
    stack.wait_until_idle(SECONDS_MAX)
    shown = customers.conversation(CUSTOMERS[0][0])
    return Living(team, shown["contactId"], shown["id"], import_some(stack))
