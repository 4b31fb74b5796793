"""The procedures of docs/testing.md are true: each command is run and its answer compared.

Goal: the page shows what the server really answers, and a tester can repeat it by hand. Method: a
`console` block is one procedure; it holds commands after `$ ` and what they print. They run in
bash, in a folder of their own, against a server of their own, in the order of the page. Request ids
differ from run to run and are shown as `...`.

    python3 tests/integration/test_transcripts.py --write   renews the page
    ./x shell                                               the same server and shell, by hand
"""
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import support
from alone import alone

PAGE = support.PROJECT / "docs/testing.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PREAMBLE = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND_SECONDS_MAX = 60
PROCEDURES_MIN = 50
# A failed send is tried again soon, and one whose process died is found soon.
SETTINGS = {"SEND_RETRY_MS": "300,300,300,300", "SEND_LEASE_MS": "3000"}


def parse_block(text: str) -> list[tuple[str, str]]:
    """Commands and what each is said to print."""
    steps: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], ""))
        else:
            command, output = steps[-1]
            steps[-1] = (command, output + line + "\n")
    return steps


def variables(server: support.Server) -> dict[str, str]:
    stack = server.stack
    port = str(stack.wapi.port)
    return {**os.environ, "API": f"http://127.0.0.1:{port}/api/v1", "PORT": port,
            "SIM": f"http://127.0.0.1:{stack.cloudsim.port}/sim",
            "APP_SECRET": stack.app_secret, "VERIFY_TOKEN": stack.verify_token,
            "TOKEN": server.owner.token, "EXPIRED": server.expired_token(),
            "STRANGER": server.stranger.token, "CONTACT": server.owner.ids["contact"],
            "CONVERSATION": server.owner.ids["conversation"], "KARL": support.CUSTOMER_PHONE,
            "WORKSPACE": server.owner.workspace_id, "OWNER": server.owner.ids["member"],
            "NUMBER": server.owner.phone_number_id, "WABA": server.owner.ids["waba_id"],
            "ACCESS_TOKEN": server.owner.ids["access_token"],
            "DATA": str(stack.data_folder), "WAPI": str(stack.binaries / "wapi"),
            "LOAD": str(stack.binaries / "wapi-load")}


class Runner:
    """Runs commands in one folder with the page's own functions. Use as a context manager."""

    def __init__(self, page: str) -> None:
        self.preamble = PREAMBLE.search(page).group(1)

    def __enter__(self) -> "Runner":
        # The page's webhooks reach the server past the simulator, which so knows of no window.
        self.server = support.Server(None, SETTINGS, ["--open-windows"])
        self.place = tempfile.TemporaryDirectory(prefix="wapi-procedures-")
        self.folder = Path(self.place.name)
        self.environment = variables(self.server)
        self.environment["SETTINGS"] = str(self.folder / "wapi.env")
        self._hand_over()
        return self

    def __exit__(self, *_error) -> None:
        try:
            os.kill(int((self.folder / "server.pid").read_text()), signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.server.stack.stop()
        self.place.cleanup()

    def run(self, command: str) -> str:
        try:
            done = subprocess.run(["bash", "-c", self.preamble + command], cwd=self.folder,
                                  env=self.environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=COMMAND_SECONDS_MAX, check=False)
        except subprocess.TimeoutExpired:
            return f"did not end within {COMMAND_SECONDS_MAX} s\n"
        text = done.stdout.decode(errors="replace")
        text = re.sub(r'"requestId":"[^"]+"', '"requestId":"..."', text)
        return text if not text or text.endswith("\n") else text + "\n"

    def _hand_over(self) -> None:
        """Lets the page's own `start` run the server, as its procedures stop and kill it."""
        settings = {name: value for name, value in self.server.stack.environment.items()
                    if name not in os.environ}
        (self.folder / "wapi.env").write_text(
            "".join(f"{name}={value}\n" for name, value in settings.items()))
        self.server.stack.wapi.stop()
        started = self.run("start")
        assert started == "", started


def renew(page: str, runner: Runner) -> str:
    def replace(match):
        steps = [f"$ {command}\n{runner.run(command)}"
                 for command, _ in parse_block(match.group(1))]
        return "```console\n" + "".join(steps) + "```"
    return BLOCK.sub(replace, page)


class Procedures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.page = PAGE.read_text()
        cls.runner = cls.enterClassContext(Runner(cls.page))

    @alone
    def test_every_command_prints_what_the_page_says(self):
        blocks = BLOCK.findall(self.page)
        self.assertGreaterEqual(len(blocks), PROCEDURES_MIN)
        for block in blocks:
            for command, expected in parse_block(block):
                with self.subTest(command=command):
                    self.assertEqual(self.runner.run(command), expected)

    def test_a_transcript_that_lies_is_found(self):
        [(command, expected)] = parse_block('$ ask "$API/no-such-path"\n200\n')
        self.assertNotEqual(self.runner.run(command), expected)

    def test_every_procedure_says_what_it_shows(self):
        for before in BLOCK.split(self.page)[:-1:2]:
            sentence = before.rstrip().rsplit("\n\n", 1)[-1]
            self.assertRegex(sentence, r"(?s)^[A-Z*`].*[.:]$", "a sentence before each block")


def write() -> None:
    page = PAGE.read_text()
    with Runner(page) as runner:
        PAGE.write_text(renew(page, runner))


def shell() -> None:
    """An interactive bash with the page's server, variables and functions."""
    with Runner(PAGE.read_text()) as runner:
        functions = runner.folder / "functions.sh"
        functions.write_text(runner.preamble + "PS1='wapi$ '\n")
        print(f"API {runner.environment['API']}, customer's phone at "
              f"{runner.environment['SIM'].removesuffix('/sim')}/; exit ends all", flush=True)
        subprocess.run(["bash", "--rcfile", str(functions), "-i"], cwd=runner.folder,
                       env=runner.environment, check=False)


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    elif "--shell" in sys.argv:
        shell()
    else:
        unittest.main()
