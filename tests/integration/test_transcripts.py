"""The transcripts of docs/testing.md are true: each command is run and its answer compared.

Goal: the page shows what the server really answers. Method: a `console` block holds commands after
`$ ` and what they print; they run in bash, in a folder of their own, against a fresh server.
Request ids differ from run to run and are shown as `...`. `--write` renews the page.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import support

PAGE = support.PROJECT / "docs/testing.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
PREAMBLE = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND_SECONDS_MAX = 60


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
    port = str(server.stack.wapi.port)
    return {**os.environ, "API": f"http://127.0.0.1:{port}/api/v1", "PORT": port,
            "APP_SECRET": server.stack.app_secret, "VERIFY_TOKEN": server.stack.verify_token,
            "TOKEN": server.owner.token, "EXPIRED": server.expired_token(),
            "STRANGER": server.stranger.token, "CONTACT": server.owner.ids["contact"],
            "WORKSPACE": server.owner.workspace_id, "OWNER": server.owner.ids["member"]}


class Runner:
    """Runs commands in one folder with the page's own functions."""

    def __init__(self, server: support.Server, page: str, folder: str) -> None:
        self.environment = variables(server)
        self.preamble = PREAMBLE.search(page).group(1)
        self.folder = folder

    def run(self, command: str) -> str:
        done = subprocess.run(["bash", "-c", self.preamble + command], cwd=self.folder,
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=COMMAND_SECONDS_MAX, check=False)
        text = done.stdout.decode(errors="replace")
        text = re.sub(r'"requestId":"[^"]+"', '"requestId":"..."', text)
        return text if not text or text.endswith("\n") else text + "\n"


def renew(page: str, runner: Runner) -> str:
    def replace(match):
        steps = [f"$ {command}\n{runner.run(command)}"
                 for command, _ in parse_block(match.group(1))]
        return "```console\n" + "".join(steps) + "```"
    return BLOCK.sub(replace, page)


class Transcripts(unittest.TestCase):
    def test_every_command_prints_what_the_page_says(self):
        page = PAGE.read_text()
        blocks = BLOCK.findall(page)
        self.assertGreater(len(blocks), 5)
        with tempfile.TemporaryDirectory(prefix="wapi-transcripts-") as folder:
            runner = Runner(support.server("sqlite"), page, folder)
            for block in blocks:
                for command, expected in parse_block(block):
                    with self.subTest(command=command):
                        self.assertEqual(runner.run(command), expected)

    def test_a_transcript_that_lies_is_found(self):
        page = PREAMBLE.search(PAGE.read_text()).group(0)
        runner = Runner(support.server("sqlite"), page, ".")
        [(command, expected)] = parse_block('$ ask "$API/no-such-path"\n200\n')
        self.assertNotEqual(runner.run(command), expected)


def write() -> None:
    with tempfile.TemporaryDirectory(prefix="wapi-transcripts-") as folder:
        page = PAGE.read_text()
        PAGE.write_text(renew(page, Runner(support.server("sqlite"), page, folder)))


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        unittest.main()
