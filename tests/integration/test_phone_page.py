"""The simulated phone works: its script runs, shows customers and sends what is typed.

Goal: a mistake in the script is found by a test and not by the first visitor of the demo. Method:
node runs the script that a real simulator serves, with a small stand-in for the document.
"""
import json
import subprocess
import tempfile
import unittest
from pathlib import Path

import support  # noqa: F401  (finds the modules of tools/)
from processes import run_bounded
from stack import Stack

RUN_SECONDS_MAX = 60
SCRIPT = Path(__file__).with_name("phone_page.mjs")


def run_node(*arguments):
    return run_bounded(["node", *map(str, arguments)], RUN_SECONDS_MAX, text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class PhonePage(unittest.TestCase):
    def test_it_shows_customers_and_numbers_and_writes_what_was_typed(self):
        stack = Stack()
        self.addCleanup(stack.stop)
        stack.start_cloudsim()
        done = run_node(SCRIPT, f"http://127.0.0.1:{stack.cloudsim.port}")
        self.assertEqual(done.returncode, 0, done.stdout)
        shown = json.loads(done.stdout.splitlines()[-1])
        state = stack.sim_state()
        self.assertEqual(shown["customers"], len(state["customers"]))
        self.assertEqual(shown["numbers"], len(state["numbers"]))
        self.assertIn("Nobody has connected this number", shown["problem"])
        thread = stack.customer_thread(state["customers"][0]["key"])
        self.assertEqual([message["text"] for message in thread], ["Is the shop open?"])

    def test_a_mistake_in_a_script_is_found(self):
        with tempfile.NamedTemporaryFile("w", suffix=".js") as file:
            file.write("function broken( {\n")
            file.flush()
            self.assertNotEqual(run_node("--check", file.name).returncode, 0)


if __name__ == "__main__":
    unittest.main()
