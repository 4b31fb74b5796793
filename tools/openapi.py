#!/usr/bin/env python3
"""Writes the description of the API from the route table and each slice's `*_api.yaml`.

    python3 tools/openapi.py           says what is stale and exits 1
    python3 tools/openapi.py --write   renews api/openapi.json and web/src/api/generated/

Verbs, paths, who may call, permissions and limits come from the program (`wapi routes`), error
codes from `wapi errors`, permissions from `wapi permissions`; summaries, shapes and examples from
`src/**/*_api.yaml`. Those files use a shorthand for JSON Schema:

    name: string - what it is    `name?:` may be absent    `x|null` may be null    `x[]` is a list
    time, id, email, cursor, object, enum(a, b), or the name of a schema; `{schema: ...}` is JSON
    Schema itself. An operation that takes a file says its type, `upload: text/csv`, not `request`;
`request?:` may be empty.

Slices may share a title, and so a chapter; one of them says what it is `about`.

The same shapes check every answer in the integration tests (tests/integration/contract.py), so that
the description cannot say what the program does not do.
"""
from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from stack import Stack  # noqa: E402

PROJECT = Path(__file__).resolve().parent.parent
DESCRIPTION = PROJECT / "api/openapi.json"
GENERATED = PROJECT / "web/src/api/generated"
HEAD = "// Written by tools/openapi.py from the server; do not edit by hand.\n"
BASIC = {
    "time": {"type": "string", "format": "date-time"},
    "id": {"type": "string", "minLength": 1},
    "email": {"type": "string", "format": "email"},
    "cursor": {"type": ["string", "null"],
               "description": "Pass it as `cursor`; null on the last page."},
    **{name: {"type": name} for name in ("string", "integer", "number", "boolean", "object")},
}
FORM = "application/x-www-form-urlencoded"  # of an operation with `form: true`
PAGING = {"limit": {"schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
          "cursor": "string - the `nextCursor` of the page before"}
RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
# Who may call, by the route's kind: names of security schemes.
CREDENTIALS = {"session": ["session"], "api_key": ["session", "apiKey"], "operator": ["operator"]}
MEMBERS = ("session", "api_key")  # routes of a workspace
# What the dispatcher itself may answer, by what the route's line says.
ALWAYS = ["malformed_request", "request_timeout", "internal_error", "overloaded", "unavailable",
          "deadline_exceeded"]


class DescriptionFailed(RuntimeError):
    """A slice's file and the program do not fit together."""


# --- shapes --------------------------------------------------------------------------------------

def schema_of(short) -> dict:
    """JSON Schema of a shorthand."""
    if isinstance(short, dict):
        return short["schema"] if short.keys() == {"schema"} else object_of(short)
    text, _, about = short.partition(" - ")
    found = type_of(text.strip())
    if about:
        found = {"allOf": [found]} if "$ref" in found else dict(found)
        found["description"] = about[0].upper() + about[1:] + "."
    return found


def type_of(text: str) -> dict:
    if text.endswith("|null"):
        return nullable(type_of(text.removesuffix("|null")))
    if text.endswith("[]"):
        return {"type": "array", "items": type_of(text.removesuffix("[]"))}
    if text in BASIC:
        return BASIC[text]
    if chosen := re.fullmatch(r"enum\((.*)\)", text):
        return {"type": "string", "enum": [word.strip() for word in chosen.group(1).split(",")]}
    if re.fullmatch(r"[A-Z]\w+", text):
        return {"$ref": f"#/components/schemas/{text}"}
    raise DescriptionFailed(f"unknown shape: {text}")


def nullable(schema: dict) -> dict:
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    changed = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        changed["enum"] = [*schema["enum"], None]
    return changed


def object_of(fields: dict) -> dict:
    schema = {"type": "object",
              "properties": {name.removesuffix("?"): schema_of(short)
                             for name, short in fields.items()}}
    required = [name for name in fields if not name.endswith("?")]
    return {**schema, "required": required} if required else schema


# --- operations ----------------------------------------------------------------------------------

def common_errors(route: dict) -> list[str]:
    """The codes that the dispatcher gives before a handler runs, and those of reading the input."""
    codes = list(ALWAYS)
    if route["auth"] in MEMBERS:
        codes += ["unauthorized", "token_expired", "session_ended", "api_key_expired", "forbidden",
                  "api_key_address_refused", "not_found"]
    if route["auth"] == "session":
        codes.append("session_required")
    if route["auth"] == "operator":
        codes += ["unauthorized", "not_found"]
    if route["permission"]:
        codes.append("workspace_suspended")
    if route["rate"] in ("api", "public_form"):
        codes.append("rate_limited")
    if route["bodyBytesMax"]:
        codes += ["body_too_large", "malformed_json", "invalid_request"]
    return codes


def content_of(shape: str) -> dict:
    """The name of a schema, or a media type for what has none."""
    if "/" not in shape:
        return {"application/json": {"schema": schema_of(shape)}}
    return {shape: {"schema": BASIC["object" if shape == "application/json" else "string"]}}


def responses(operation: dict, route: dict, errors: dict, paged: bool) -> dict:
    answers = {}
    for status, shape in operation["answers"].items():
        answers[str(status)] = {"description": "Done." if status < 400 else "Not well."}
        if shape != "none":
            answers[str(status)]["content"] = content_of(shape)
        if route["rate"] in ("api", "public_form"):
            answers[str(status)]["headers"] = {
                name: {"$ref": f"#/components/headers/{name}"} for name in RATE_HEADERS}
    codes = {*common_errors(route), *operation.get("errors", [])}
    if paged or operation.get("query"):
        codes.add("invalid_request")
    for code in sorted(codes, key=lambda code: (errors[code]["status"], code)):
        add_error(answers, errors[code])
    return dict(sorted(answers.items()))


def add_error(answers: dict, error: dict) -> None:
    answer = answers.setdefault(str(error["status"]), {
        "description": "", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Error"}, "examples": {}}}})
    content = answer["content"]["application/json"]
    if "examples" not in content:
        return  # a status that has a shape of its own, such as 503 of health
    content["examples"][error["code"]] = {"$ref": f"#/components/examples/{error['code']}"}
    more = f"`{error['code']}`: {error['message']}"
    answer["description"] = f"{answer['description']} {more}".strip()


def parameters(operation: dict, route: dict) -> list[dict]:
    found = [{"name": name, "in": "path", "required": True, "schema": BASIC["id"]}
             for name in re.findall(r"\{(\w+)\}", route["path"])]
    query = {**operation.get("query", {}), **(PAGING if operation.get("paged") else {})}
    named = [("query", name, short) for name, short in query.items()]
    named += [("header", name, short) for name, short in operation.get("headers", {}).items()]
    if route["auth"] in MEMBERS:
        found.append({"$ref": "#/components/parameters/WorkspaceHeader"})
    return found + [{"name": name, "in": place, "schema": schema_of(short)}
                    for place, name, short in named]


def security(route: dict) -> list[dict]:
    return [{name: []} for name in CREDENTIALS.get(route["auth"], [])]


def describe_operation(operation: dict, route: dict, tag: str, errors: dict) -> dict:
    about = operation.get("about", "")
    if route["permission"]:
        about = f"{about} Needs the permission `{route['permission']}`.".strip()
    described = {"operationId": route["operationId"], "tags": [tag],
                 "summary": operation["summary"],
                 "parameters": parameters(operation, route), "security": security(route),
                 "responses": responses(operation, route, errors, operation.get("paged", False))}
    if about:
        described["description"] = about
    for key in operation.keys() & {"request", "request?"}:
        body = {"schema": schema_of(operation[key]), "example": operation["example"]}
        media = FORM if operation.get("form") else "application/json"
        described["requestBody"] = {"required": key == "request", "content": {media: body}}
    if "upload" in operation:
        body = {"schema": BASIC["string"], "example": operation["example"]}
        described["requestBody"] = {"required": True, "content": {operation["upload"]: body}}
    if route["permission"]:
        described["x-permission"] = route["permission"]
    return described


# --- the whole -----------------------------------------------------------------------------------

def read_program(binaries: Path | None = None) -> dict:
    """What the program says of itself: routes, errors, permissions, version."""
    stack = Stack(binaries=binaries)
    try:
        said = {what: [json.loads(line) for line in stack.command(what).splitlines()]
                for what in ("routes", "errors", "permissions")}
        return {**said, "version": stack.command("--version").strip()}
    finally:
        stack.stop()


def read_slices() -> list[dict]:
    """Every slice's file, by title and name; what is of no feature comes last."""
    files = sorted((PROJECT / "src").glob("**/*_api.yaml"))
    slices = [(file.parent.name == "app", yaml.safe_load(file.read_text())) for file in files]
    return [part for _, part in sorted(slices, key=lambda entry: (entry[0], entry[1]["title"]))]


def merge(slices: list[dict], key: str) -> dict:
    """One mapping of all slices'. Errors: DescriptionFailed when two have the same name."""
    merged: dict = {}
    for part in slices:
        if twice := merged.keys() & part.get(key, {}).keys():
            raise DescriptionFailed(f"{key} described twice: {sorted(twice)}")
        merged.update(part.get(key, {}))
    return merged


def chapters(slices: list[dict]) -> list[dict]:
    """The titles, each once. Errors: DescriptionFailed when not one slice says what it is about."""
    told = [part["title"] for part in slices if "about" in part]
    if wrong := sorted({part["title"] for part in slices if told.count(part["title"]) != 1}):
        raise DescriptionFailed(f"titles that are not described once: {wrong}")
    return [{"name": part["title"], "description": part["about"]}
            for part in slices if "about" in part]


def is_api(route: dict) -> bool:
    """Whether a route is for programs; the console's addresses are for browsers."""
    return route["path"] not in ("/", "/app") and not route["path"].startswith("/app/")


def describe(program: dict, slices: list[dict]) -> dict:
    """The OpenAPI 3.1 document."""
    errors = {error["code"]: error for error in program["errors"]}
    operations = merge(slices, "operations")
    routes = {route["operationId"]: route for route in filter(is_api, program["routes"])}
    if operations.keys() != routes.keys():
        raise DescriptionFailed(
            f"without a description: {sorted(routes.keys() - operations.keys())}; "
            f"without a route: {sorted(operations.keys() - routes.keys())}")
    paths: dict = {}
    for part in slices:
        for name in part["operations"]:
            route = routes[name]
            paths.setdefault(route["path"], {})[route["verb"].lower()] = describe_operation(
                operations[name], route, part["title"], errors)
    used = set(re.findall(r"#/components/examples/(\w+)", json.dumps(paths)))
    return {"openapi": "3.1.0",
            "info": {"title": "wApi", "version": program["version"],
                     "description": "A WhatsApp Business platform you run yourself."},
            "servers": [{"url": "/", "description": "This server"}],
            "tags": chapters(slices),
            "paths": dict(sorted(paths.items())),
            "components": components(slices, program, used)}


def components(slices: list[dict], program: dict, errors_used: set[str]) -> dict:
    schemas = {name: schema_of(short) for name, short in merge(slices, "schemas").items()}
    schemas["Permission"] = {"type": "string",
                             "enum": [row["name"] for row in program["permissions"]]}
    schemas["ErrorCode"] = {"type": "string", "enum": [row["code"] for row in program["errors"]]}
    schemas["Error"] = object_of({"success": "boolean", "error": {
        "code": "ErrorCode", "message": "string", "field?": "string - which input is to blame",
        "requestId": "string - as in the log"}})
    examples = {error["code"]: {"value": {"success": False, "error": {
        "code": error["code"], "message": error["message"], "requestId": "0190a1b2"}}}
                for error in program["errors"] if error["code"] in errors_used}
    integer = {"schema": {"type": "integer"}}
    return {"schemas": dict(sorted(schemas.items())), "examples": examples,
            "headers": {"X-RateLimit-Limit": {"description": "Requests a minute.", **integer},
                        "X-RateLimit-Remaining": {"description": "That may follow at once.",
                                                  **integer},
                        "X-RateLimit-Reset": {"description": "Epoch seconds when all may again.",
                                              **integer}},
            "parameters": {"WorkspaceHeader": {
                "name": "X-Workspace-Id", "in": "header", "schema": {"type": "string"},
                "description": "Which workspace, for a person of several."}},
            "securitySchemes": {
                "session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                            "description": "The access token that logIn gives."},
                "apiKey": {"type": "http", "scheme": "bearer",
                           "description": "A key that createApiKey gave: `wapi_...`."},
                "operator": {"type": "http", "scheme": "bearer",
                             "description": "The token that logInOperator gives."}}}


def render_names(kind: str, plural: str, names: list[str]) -> str:
    lines = "".join(f'  "{name}",\n' for name in names)
    return f"{HEAD}export const {plural} = [\n{lines}] as const;\n" \
           f"export type {kind} = (typeof {plural})[number];\n"


def without_errors(described: dict) -> dict:
    """The description with one shape for whatever fails: callers tell errors apart by code."""
    fails = {"description": "Fails.", "content": content_of("Error")}
    paths = {path: {verb: {**operation, "responses": {
        **{status: answer for status, answer in operation["responses"].items() if status < "400"},
        "default": fails}} for verb, operation in verbs.items()}
        for path, verbs in described["paths"].items()}
    return {**described, "paths": paths}


def types_of(described: dict, folder: Path) -> str:
    """TypeScript types, by openapi-typescript."""
    tool = PROJECT / "tools/node_modules/.bin/openapi-typescript"
    fresh = folder / "openapi.json"
    fresh.write_text(json.dumps(without_errors(described)))
    done = subprocess.run([str(tool), str(fresh), "--empty-objects-unknown"], check=True,
                          capture_output=True, text=True)
    return HEAD + done.stdout


def write_files(folder: Path, program: dict, slices: list[dict]) -> dict[Path, str]:
    """Every generated file's path and text. `folder` is for what a tool reads."""
    described = describe(program, slices)
    permissions = [row["name"] for row in program["permissions"]]
    codes = [row["code"] for row in program["errors"]]
    return {DESCRIPTION: json.dumps(described, indent=1, ensure_ascii=False) + "\n",
            GENERATED / "openapi.d.ts": types_of(described, folder),
            GENERATED / "permissions.ts": render_names("Permission", "permissions", permissions),
            GENERATED / "errors.ts": render_names("ErrorCode", "errorCodes", codes)}


def find_stale(files: dict[Path, str]) -> list[Path]:
    return [path for path, text in files.items() if not path.exists() or path.read_text() != text]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="renew the files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = write_files(Path(folder), read_program(), read_slices())
    stale = find_stale(files)
    for path in stale:
        print(f"{'written' if arguments.write else 'stale'}: {path.relative_to(PROJECT)}")
        if arguments.write:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
    return 1 if stale and not arguments.write else 0


if __name__ == "__main__":
    sys.exit(main())
