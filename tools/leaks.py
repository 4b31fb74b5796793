"""Looks for a secret where it must not be: in the database and the logs of a stack.

The secret counts as found in plain, in hexadecimal and in base64 at any offset. A search that could
not have found anything is a failure too: the database must show something that is known to be in
it, and the log must not be empty. The simulated Meta's own files know the token and are left out.
"""
from __future__ import annotations

import base64
import subprocess
from pathlib import Path

from servers import POSTGRES_BIN
from stack import Stack, StackFailed

META_PREFIX = "cloudsim"
# Characters of base64 that still depend on what stands before the secret, by its offset modulo 3.
BASE64_LEAD = (0, 2, 3)


def forms_of(secret: str | bytes) -> list[bytes]:
    """The byte strings whose presence gives the secret away: a text, or the bytes of a key."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    forms = [raw, raw.hex().encode(), raw.hex().upper().encode()]
    for offset, lead in enumerate(BASE64_LEAD):
        whole = (offset + len(raw)) * 8 // 6
        encoded = base64.b64encode(bytes(offset) + raw)[lead:whole]
        forms += [encoded, encoded.replace(b"+", b"-").replace(b"/", b"_")]
    return forms


def search(stack: Stack, secret: str | bytes, known: str) -> str:
    """Asserts that the secret is in no database and no log; says what was read.

    known: text that the database holds, so that reading the wrong one does not pass."""
    database, logs = read_database(stack), read_logs(stack)
    assert any(known.encode() in text for text in database.values()), \
        f"{', '.join(database)} does not hold what was stored: the search proves nothing"
    assert logs and all(logs.values()), f"an empty log proves nothing: {', '.join(logs) or 'none'}"
    forms = forms_of(secret)
    for name, text in {**database, **logs}.items():
        assert not any(form in text for form in forms), f"token found in {name}"
    read = sum(map(len, [*database.values(), *logs.values()]))
    return f"{', '.join([*database, *logs])} ({read / 1e6:.1f} MB)"


def read_logs(stack: Stack) -> dict[str, bytes]:
    """Every file of the stack's folder outside its data folder, the simulated Meta's left out."""
    return {path.name: path.read_bytes() for path in files_below(stack.folder)
            if stack.data_folder not in path.parents and not path.name.startswith(META_PREFIX)}


def read_database(stack: Stack) -> dict[str, bytes]:
    """The files of SQLite, log included, or a dump of the PostgreSQL database."""
    if stack.database_url:
        return {"a dump of the database": dump(stack.database_url)}
    return {path.name: path.read_bytes() for path in files_below(stack.data_folder)
            if not path.name.endswith("-shm")}


def files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def dump(database_url: str) -> bytes:
    """Every row of every table as text; binary columns are hexadecimal there."""
    done = subprocess.run([str(POSTGRES_BIN / "pg_dump"), "--dbname", database_url],
                          capture_output=True, check=False)
    if done.returncode != 0:
        raise StackFailed(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout
