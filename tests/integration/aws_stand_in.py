"""Starts the stand-in for AWS Secrets Manager, aws/secrets_manager.mjs, with keys of its own."""
from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
from servers import stop_process  # noqa: E402
from stack import json_request  # noqa: E402

SCRIPT = Path(__file__).resolve().parent / "aws/secrets_manager.mjs"
REGION = "eu-central-1"


class AwsStandIn:
    """Use as a context manager; `settings` is what the server needs to reach it."""

    def __init__(self) -> None:
        self.access_key_id = "AKIA" + secrets.token_hex(8).upper()
        # As AWS makes them: letters, digits, plus and slash.
        self.secret_access_key = secrets.token_hex(16) + "/+" + secrets.token_hex(11)
        self.session_token = "IQoJ" + secrets.token_hex(40) + "=="
        self.process: subprocess.Popen | None = None
        self.port = 0

    def __enter__(self) -> "AwsStandIn":
        environment = {**os.environ, "REGION": REGION, "ACCESS_KEY_ID": self.access_key_id,
                       "SECRET_ACCESS_KEY": self.secret_access_key,
                       "SESSION_TOKEN": self.session_token}
        self.process = subprocess.Popen(["node", str(SCRIPT)], env=environment, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            stop_process(self.process)
            raise RuntimeError("the stand-in for AWS did not start")
        self.port = int(line)
        return self

    def __exit__(self, *_error) -> None:
        stop_process(self.process)
        self.process.stdout.close()

    @property
    def settings(self) -> dict[str, str]:
        return {"USE_AWS_SECRETS": "true", "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": self.access_key_id,
                "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
                "AWS_SESSION_TOKEN": self.session_token,
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}"}

    def state(self) -> dict:
        """What it holds by secret, and how many calls came and had a bad signature."""
        return json_request(self.port, "GET", "/control")[1]

    def fail(self, kind: str, times: int, status: int = 400, action: str | None = None) -> None:
        """Makes the next calls (of one action) fail with this type."""
        body = {"type": kind, "times": times, "status": status, "action": action}
        json_request(self.port, "POST", "/control", body)
