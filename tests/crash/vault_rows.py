"""Data keys of many workspaces, wrapped and opened without the program under test.

What `wapi vault rotate` leaves in the database is opened here by OpenSSL's AES-256-GCM, called
through ctypes, and by nothing of wApi: format, associated data and key id are written down a second
time, from the comments of src/features/vault/vault_rules.hpp.
"""
from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
import secrets

FORMAT = b"\x01"
NONCE_BYTES, TAG_BYTES, KEY_BYTES = 12, 16, 32
SET_TAG, GET_TAG = 0x11, 0x10

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p


def key_id(master_key: bytes) -> str:
    return hashlib.sha256(b"wapi-kek" + master_key).hexdigest()[:8]


def associated_data(workspace: str, master_key: bytes) -> bytes:
    fields = [b"wapi-data-key", workspace.encode(), key_id(master_key).encode()]
    return b"".join(len(field).to_bytes(8, "big") + field for field in fields)


def gcm(key: bytes, nonce: bytes, data: bytes, text: bytes, tag: bytes | None) -> bytes | None:
    """Encrypts and appends the tag; with a tag decrypts, None when it does not fit."""
    encrypt = int(tag is None)
    context = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    length = ctypes.c_int()
    output = ctypes.create_string_buffer(len(text) + TAG_BYTES)
    try:
        done = crypto.EVP_CipherInit_ex(context, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None,
                                        key, nonce, encrypt)
        done &= crypto.EVP_CipherUpdate(context, None, ctypes.byref(length), data, len(data))
        done &= crypto.EVP_CipherUpdate(context, output, ctypes.byref(length), text, len(text))
        if tag is not None:
            done &= crypto.EVP_CIPHER_CTX_ctrl(context, SET_TAG, TAG_BYTES, tag)
        rest = ctypes.create_string_buffer(TAG_BYTES)
        done &= crypto.EVP_CipherFinal_ex(context, rest, ctypes.byref(length))
        if done != 1:
            return None
        made = output.raw[:len(text)]
        if tag is None:
            crypto.EVP_CIPHER_CTX_ctrl(context, GET_TAG, TAG_BYTES, rest)
            made += rest.raw
        return made
    finally:
        crypto.EVP_CIPHER_CTX_free(context)


def wrap(master_key: bytes, workspace: str, data_key: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return FORMAT + nonce + gcm(master_key, nonce, associated_data(workspace, master_key),
                                data_key, None)


def unwrap(master_key: bytes, workspace: str, wrapped: bytes) -> bytes | None:
    """The data key, or None when this master key does not open it for this workspace."""
    nonce, sealed = wrapped[1:1 + NONCE_BYTES], wrapped[1 + NONCE_BYTES:]
    if wrapped[:1] != FORMAT or len(sealed) != KEY_BYTES + TAG_BYTES:
        return None
    return gcm(master_key, nonce, associated_data(workspace, master_key), sealed[:KEY_BYTES],
               sealed[KEY_BYTES:])


class Rows:
    """The rows that this test made, and what is in the table now. `sql` runs a statement."""

    def __init__(self, sql, postgres: bool) -> None:
        self.sql = sql
        self.postgres = postgres
        self.data_keys: dict[str, bytes] = {}

    def add(self, count: int, master_key: bytes, first: int = 0) -> None:
        """Data keys of workspaces that nobody uses, wrapped by this master key."""
        values = []
        for number in range(first, first + count):
            workspace, data_key = f"crash-{number:05d}", secrets.token_bytes(KEY_BYTES)
            self.data_keys[workspace] = data_key
            wrapped = wrap(master_key, workspace, data_key).hex()
            literal = f"'\\x{wrapped}'" if self.postgres else f"X'{wrapped}'"
            values.append(f"('{workspace}', '{key_id(master_key)}', {literal}, 0)")
        self.sql("INSERT INTO vault_keys (workspace_id, master_key_id, wrapped, created_us) VALUES "
                 + ", ".join(values))

    def read(self) -> list[tuple[str, str, bytes]]:
        """Workspace, id of the master key, and wrapped data key of every row."""
        shown = "encode(wrapped, 'hex')" if self.postgres else "hex(wrapped)"
        rows = self.sql(f"SELECT workspace_id, master_key_id, {shown} FROM vault_keys")
        return [(workspace, used, bytes.fromhex(wrapped)) for workspace, used, wrapped in rows]

    def not_on(self, master_key: bytes) -> list[str]:
        """Workspaces whose row does not name this key, or does not open with it to what it held."""
        rows = self.read()
        bad = sorted(self.data_keys.keys() - {row[0] for row in rows})
        for workspace, used, wrapped in rows:
            opened = unwrap(master_key, workspace, wrapped)
            expected = self.data_keys.setdefault(workspace, opened)
            if used != key_id(master_key) or opened is None or opened != expected:
                bad.append(workspace)
        return bad

    def count_on(self, master_key: bytes) -> int:
        rows = self.sql("SELECT COUNT(*) FROM vault_keys "
                        f"WHERE master_key_id = '{key_id(master_key)}'")
        return int(rows[0][0])
