"""Every answer that an integration test gets is compared with the API's description.

Goal: api/openapi.json says what the program does, no more and no less. Method: support.Server hands
each request and answer to check(): the answer's status must be described, its body must have the
described shape and no other field, an error's code must be among those of the operation, and a
request that succeeded must fit the request's shape.
"""
from __future__ import annotations

import functools
import json
import re
from pathlib import Path

import jsonschema

DESCRIPTION = Path(__file__).resolve().parents[2] / "api/openapi.json"


class ContractBroken(AssertionError):
    """The program and its description do not agree."""


def close(schema):
    """The shape with every object closed: a field that is not described is refused."""
    if isinstance(schema, list):
        return [close(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close(part) for key, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed.setdefault("additionalProperties", False)
    return closed


class Contract:
    """The description, made ready for many checks."""

    def __init__(self, description: dict) -> None:
        self.description = description
        self.components = close(description["components"])
        self.operations = []
        for path, verbs in description["paths"].items():
            pattern = re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path)))
            self.operations += [(verb, pattern, operation) for verb, operation in verbs.items()]
        # Fixed paths before those with parameters: /queues/dead before /queues/{id}.
        self.operations.sort(key=lambda entry: entry[1].pattern.count("[^/]+"))

    def find(self, verb: str, path: str) -> dict | None:
        return next((operation for known, pattern, operation in self.operations
                     if known == verb.lower() and pattern.fullmatch(path)), None)

    @functools.lru_cache(maxsize=None)
    def validator(self, shape: str) -> jsonschema.Draft202012Validator:
        schema = {**close(json.loads(shape)), "components": self.components}
        return jsonschema.Draft202012Validator(schema)

    def fit(self, what: str, schema: dict, value) -> None:
        for error in self.validator(json.dumps(schema)).iter_errors(value):
            place = "/".join(str(part) for part in error.absolute_path) or "(whole)"
            raise ContractBroken(f"{what}, {place}: {error.message}")

    def check(self, verb: str, target: str, status: int, answer, request=None) -> None:
        """Raises ContractBroken. What is not described is not checked: a route nobody has."""
        operation = self.find(verb, target.split("?")[0])
        if operation is None:
            return
        name = f"{operation['operationId']} {status}"
        described = operation["responses"].get(str(status))
        if described is None:
            raise ContractBroken(f"{name}: this status is not described ({answer})")
        shape = described.get("content", {}).get("application/json")
        if shape is None:
            return
        self.fit(name, shape["schema"], answer)
        if status >= 400 and "examples" in shape and \
                answer["error"]["code"] not in shape["examples"]:
            raise ContractBroken(f"{name}: {answer['error']['code']} is not among its errors")
        if status < 400 and "requestBody" in operation and request is not None:
            (body,) = operation["requestBody"]["content"].values()
            self.fit(f"{name}, request", body["schema"], request)


@functools.lru_cache(maxsize=None)
def contract() -> Contract:
    return Contract(json.loads(DESCRIPTION.read_text()))


def check(verb: str, target: str, status: int, answer, request=None) -> None:
    contract().check(verb, target, status, answer, request)
