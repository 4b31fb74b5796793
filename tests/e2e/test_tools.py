"""What tests, benchmarks and the demo are built on: deadlines, memory figures, senders.

Goal: a tool that cannot do its work says so, and leaves nothing behind. Method: small processes
with children, folders that look like /proc, a delivery that fails.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

from shop import PROJECT, wait_for

sys.path.insert(0, str(PROJECT / "bench"))
import figures  # noqa: E402
import pipeline  # noqa: E402
import usage  # noqa: E402
from load import Senders  # noqa: E402
from processes import run_bounded  # noqa: E402

# A program whose child outlives it unless its whole group is ended.
WITH_CHILD = ["sh", "-c", 'sleep 300 & echo $! > "$0"; wait']
TOOLS_SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from processes import exit_when_asked, run_bounded
exit_when_asked()
run_bounded(sys.argv[2:], 300)
"""


def alive(pid):
    return Path(f"/proc/{pid}/stat").exists() and \
        Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


class Deadlines(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="wapi-tools-"))
        self.pid_file = Path(folder) / "pid"
        self.command = [*WITH_CHILD, str(self.pid_file)]

    def child(self):
        return int(wait_for("the child", lambda: self.pid_file.exists()
                            and self.pid_file.read_text().strip()))

    def test_the_children_of_a_program_end_with_its_time(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            run_bounded(self.command, 0.5)
        self.assertFalse(alive(self.child()))

    def test_the_children_of_a_program_end_when_its_runner_is_told_to(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            self.pid_file.unlink(missing_ok=True)
            runner = subprocess.Popen([sys.executable, "-c", TOOLS_SCRIPT, str(PROJECT / "tools"),
                                       *self.command])
            child = self.child()
            runner.send_signal(how)
            self.assertEqual(runner.wait(30), 128 + how)
            self.assertFalse(alive(child))


class Ports(unittest.TestCase):
    def test_programs_side_by_side_are_never_given_the_same_port(self):
        script = ("import sys; sys.path.insert(0, sys.argv[1]); from servers import free_port\n"
                  "for _ in range(500): print(free_port())")
        running = [subprocess.Popen([sys.executable, "-c", script, str(PROJECT / "tools")],
                                    stdout=subprocess.PIPE, text=True) for _ in range(4)]
        given = [int(line) for program in running for line in program.communicate()[0].split()]
        self.assertEqual((len(given), len(set(given))), (2000, 2000))


class Memory(unittest.TestCase):
    def process(self, **files):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="wapi-proc-")))
        for name, text in files.items():
            (folder / name).write_text(text)
        return folder

    def test_the_resident_size_stands_in_for_a_share_that_may_not_be_read(self):
        status = "Name:\twapi\nVmRSS:\t    40 kB\n"
        self.assertEqual(usage.own_memory_bytes(self.process(status=status)), 40 * 1024)
        both = self.process(status=status, smaps_rollup="Rss: 40 kB\nPss: 30 kB\n")
        self.assertEqual(usage.own_memory_bytes(both), 30 * 1024)

    def test_memory_that_cannot_be_read_is_an_error_and_no_zero(self):
        self.assertGreater(usage.memory_bytes(os.getpid()), 1_000_000)
        ended = subprocess.Popen(["true"])
        ended.wait()
        with self.assertRaises(usage.MemoryUnknown):
            usage.memory_bytes(ended.pid)
        with self.assertRaises(usage.MemoryUnknown), usage.Usage(ended.pid):
            pass


class Benchmarks(unittest.TestCase):
    def test_rounds_turn_their_order(self):
        orders = [figures.turned(["a", "b", "c"], number) for number in range(3)]
        self.assertEqual(orders, [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]])

    def test_stores_that_hold_different_things_are_refused(self):
        def found(**more):
            return {"messages": 9, "statuses": 1, "contacts": 3, "opt-outs": 1,
                    "audit entries": 4} | more
        results = pipeline.Results({"messages": 9, "statuses": 1})
        results.check("first", found())
        results.check("second", found())
        for what in found():
            with self.assertRaises(pipeline.WrongResult, msg=what):
                results.check("third", found(**{what: 2}))

    def test_a_folder_in_memory_is_refused(self):
        with unittest.mock.patch.object(figures, "file_system_of", lambda _folder: "tmpfs"):
            with self.assertRaisesRegex(SystemExit, "Set TMPDIR"):
                figures.check_data_folder()


class ManySenders(unittest.TestCase):
    def test_what_was_not_taken_is_delivered_again(self):
        seen = []

        def deliver(body):
            seen.append(body)
            return seen.count(body) > 1
        with Senders([b"a", b"b", b"c"], deliver, 10) as senders:
            senders.finish()
        self.assertEqual(sorted(seen), [b"a", b"a", b"b", b"b", b"c", b"c"])

    def test_a_body_that_is_never_taken_ends_with_the_time(self):
        begin = time.monotonic()
        with self.assertRaisesRegex(AssertionError, "0 of 1 acknowledged"):
            with Senders([b"a"], lambda _body: False, 0.3) as senders:
                senders.finish()
        self.assertLess(time.monotonic() - begin, 5)

    def test_an_error_of_a_delivery_is_shown(self):
        def broken(_body):
            raise ValueError("broken")
        with self.assertRaisesRegex(ValueError, "broken"):
            with Senders([b"a"], broken, 10) as senders:
                senders.finish()


if __name__ == "__main__":
    unittest.main()
