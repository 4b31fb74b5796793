"""Tokens kept in AWS Secrets Manager: the real program against a stand-in that checks signatures.

Goal: what leaves is what AWS takes, signed as AWS asks, and what AWS refuses or fails is an error
that says so. Method: aws/secrets_manager.mjs, whose signatures are made by aws4, which shares
nothing with libcurl; numbers are connected, tokens read and replaced, faults injected, on both
engines.
"""
import json
import subprocess
import unittest

import support
from aws_stand_in import REGION, AwsStandIn
from stack import Stack

QUICK = {"VAULT_CACHE_MS": "0", **support.SETTINGS}


class AwsSecrets:
    """The tests; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.aws = self.enterContext(AwsStandIn())
        self.stack = self.enterContext(Stack(self.database_url(), {**QUICK, **self.aws.settings}))

    def set_up(self):
        self.stack.set_up_account()
        self.name = f"wapi-tokens-{self.stack.account.workspace['id']}"
        self.token = self.stack.sim_credentials()[2]

    def sync(self):
        status, answer = self.stack.api("POST", "/templates/sync", {})
        return status, None if status == 200 else answer["error"]["code"]

    def test_a_number_is_connected_and_its_token_is_at_aws_and_nowhere_else(self):
        self.set_up()
        state = self.aws.state()
        self.assertEqual(state["badSignatures"], 0)
        self.assertGreater(state["calls"], 2)
        held = state["secrets"][self.name]
        self.assertEqual(held[f"token:{self.stack.account.waba_id}"], self.token)
        self.assertEqual(self.sync()[0], 200)
        self.assertEqual(self.vault_status(), ("aws", 0))

    def vault_status(self):
        done = subprocess.run([str(self.stack.binaries / "wapi"), "vault", "status"],
                              env=self.stack.environment, cwd=self.stack.folder,
                              capture_output=True, text=True, timeout=60, check=True)
        found = json.loads(done.stdout)
        return found["backend"], found["secrets"]

    def test_tokens_outlive_a_restart_and_are_replaced(self):
        self.set_up()
        self.stack.restart()
        self.assertEqual(self.sync()[0], 200)
        self.stack.connect_number(*self.stack.sim_credentials())
        self.assertEqual(self.sync()[0], 200)
        self.assertEqual(self.aws.state()["badSignatures"], 0)
        actions = self.stack.api("GET", "/audit-logs?action=token.stored")[1]["logs"]
        self.assertGreaterEqual(len(actions), 2)

    def test_throttling_and_failures_of_aws_are_waited_out(self):
        self.set_up()
        for kind, status in (("ThrottlingException", 400), ("InternalServiceError", 500)):
            with self.subTest(kind=kind):
                self.aws.fail(kind, 2, status)
                self.assertEqual(self.sync()[0], 200)
                self.assertEqual(self.aws.state()["faultsLeft"], 0)

    def test_what_aws_refuses_or_cannot_do_is_an_error_of_its_own(self):
        self.set_up()
        self.aws.fail("AccessDeniedException", 1)
        self.assertEqual(self.sync(), (500, "secret_store_refused"))
        self.aws.fail("ThrottlingException", 10_000)
        self.assertEqual(self.sync(), (503, "secret_store_unavailable"))
        self.aws.fail("none", 0)
        self.assertEqual(self.sync()[0], 200)

    def test_a_wrong_key_or_session_is_refused_and_said_in_the_log(self):
        self.set_up()
        for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID"):
            with self.subTest(name=name):
                self.stack.restart({**self.aws.settings, name: "A" + self.aws.settings[name][1:-1]})
                self.assertEqual(self.sync(), (500, "secret_store_refused"))
                self.assertIn("InvalidSignatureException", self.stack.wapi.log.read_text())
        self.stack.restart({**self.aws.settings, "AWS_REGION": "us-east-1"})
        self.assertEqual(self.sync(), (500, "secret_store_refused"))
        self.stack.restart(self.aws.settings)
        self.assertEqual(self.sync()[0], 200)

    def test_an_aws_that_is_not_there_is_unavailable_and_comes_back(self):
        self.set_up()
        gone = self.aws.settings | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
        self.stack.restart(gone)
        self.assertEqual(self.sync(), (503, "secret_store_unavailable"))
        self.stack.restart(self.aws.settings)
        self.assertEqual(self.sync()[0], 200)


class AwsSecretsOnSqlite(AwsSecrets, unittest.TestCase):
    pass


class AwsSecretsOnPostgres(AwsSecrets, unittest.TestCase):
    @staticmethod
    def database_url():
        return support.new_postgres_url()


class StandIn(unittest.TestCase):
    """The stand-in itself: it would be no test if it took everything."""

    def setUp(self):
        self.aws = self.enterContext(AwsStandIn())

    def ask(self, secret_id, *more):
        """Asks for a secret with curl; gives the answer and what curl says of the request."""
        command = ["curl", "--silent", "--verbose", "--noproxy", "*", *more,
                   "-H", "Content-Type: application/x-amz-json-1.1",
                   "-H", "X-Amz-Target: secretsmanager.GetSecretValue",
                   "-H", f"X-Amz-Security-Token: {self.aws.session_token}",
                   "--data", json.dumps({"SecretId": secret_id}),
                   f"http://127.0.0.1:{self.aws.port}/"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        return done.stdout, done.stderr

    def test_a_request_without_signature_or_with_that_of_another_body_is_refused(self):
        answer, sent = self.ask("x", "--aws-sigv4", f"aws:amz:{REGION}:secretsmanager", "--user",
                                f"{self.aws.access_key_id}:{self.aws.secret_access_key}")
        self.assertIn("ResourceNotFoundException", answer)
        self.assertIn("InvalidSignatureException", self.ask("x")[0])
        signature = []
        for line in sent.splitlines():
            if line.startswith(("> Authorization: ", "> X-Amz-Date: ")):
                signature += ["-H", line[2:]]
        self.assertEqual(len(signature), 4)
        self.assertIn("ResourceNotFoundException", self.ask("x", *signature)[0])
        self.assertIn("InvalidSignatureException", self.ask("y", *signature)[0])


if __name__ == "__main__":
    unittest.main()
