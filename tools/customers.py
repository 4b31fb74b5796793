"""Customers of the demo who keep writing, through the simulated Meta, in several languages.

They ask, wait, and say thanks; now and then one is new. Each message takes the whole way: signed
webhook, queue, inbox.
"""
from __future__ import annotations

import random
import threading

from stack import Stack, StackFailed

PAUSE_SECONDS = (4.0, 12.0)
# Who: digits, how they are called, what they say in turn.
CUSTOMERS = [
    ("15550100201", "Grace Okafor", [
        "Hi, is the desk lamp still on sale?", "Perfect, I'll take it", "When would it arrive?",
        "Thank you 🙏"]),
    ("34690100202", "Íñigo Peña", [
        "Hola, ¿abren mañana?", "¿Y el sábado?", "Genial, paso por la tienda",
        "¡Hasta el sábado!"]),
    ("5511901002034", "Beatriz Araújo", [
        "Oi! O meu pedido já saiu?", "É o 4711", "Obrigada, fico no aguardo",
        "Chegou tudo certo 😊"]),
    ("919801002045", "Rohan Mehra", [
        "नमस्ते, क्या यह कमीज़ बड़े साइज़ में है?", "ठीक है, एक दे दीजिए",
        "भुगतान कर दिया", "धन्यवाद"]),
    ("966501002056", "ليلى حداد", [
        "مرحبا، هل لديكم توصيل إلى جدة؟", "كم يستغرق؟", "ممتاز، سأطلب الآن", "شكراً لكم"]),
    ("4366010020677", "Jonas Gruber", [
        "Hallo, die Mühle mahlt zu grob", "Welche Einstellung soll ich nehmen?",
        "Jetzt passt es, danke!", "Schönen Tag noch"]),
]


class Customers:
    """Writes in the background until stop(). Use as a context manager."""

    def __init__(self, stack: Stack, pauses: tuple[float, float] = PAUSE_SECONDS,
                 seed: int = 1) -> None:
        self.stack = stack
        self.pauses = pauses
        self.random = random.Random(seed)
        self.said = [0] * len(CUSTOMERS)
        self.written = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="customers", daemon=True)

    def __enter__(self) -> "Customers":
        for phone, name, _lines in CUSTOMERS:
            self.stack.sim("POST", "/customers", {"wa_id": phone, "name": name})
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._stopping.set()
        self._thread.join()

    def write_once(self) -> None:
        """One of them says the next thing."""
        who = self.random.randrange(len(CUSTOMERS))
        phone, _name, lines = CUSTOMERS[who]
        self.stack.customer_reads(phone)  # what the team has answered
        self.stack.customer_writes(phone, lines[self.said[who] % len(lines)])
        self.said[who] += 1
        self.written += 1

    def _run(self) -> None:
        while not self._stopping.wait(self.random.uniform(*self.pauses)):
            try:
                self.write_once()
            except (OSError, StackFailed) as failure:
                if not self._stopping.is_set():
                    print(f"a customer could not write: {failure}", flush=True)
