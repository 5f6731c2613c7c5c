"""Owns query codes 查询码: eighty bits from a key nobody else has, in letters that are not mistaken for one another.

Only the hash of a code is kept. The code follows from the key of the form, so that a form sent twice shows the same
code twice, though the code stands nowhere.
"""

from __future__ import annotations

import hashlib
import hmac

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
LENGTH = 16
_GROUP = 4
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def code_of(*, secret: bytes, key: str) -> str:
    """The code that belongs to the key of a form."""
    number = int.from_bytes(hmac.digest(secret, b"query code/" + key.encode(), "sha256")[:10], "big")
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def grouped(code: str) -> str:
    """The code as it is shown and read aloud: 7K3M-Q2WD-…"""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def typed_code(text: str) -> str:
    """A code as somebody typed it, made what was meant; empty where it can be none."""
    plain = "".join(letter for letter in text.upper().translate(_READ_AS) if letter.isalnum())
    return plain if len(plain) == LENGTH and all(letter in LETTERS for letter in plain) else ""


def hash_of(code: str) -> bytes:
    """What is kept of a code."""
    return hashlib.sha256(b"wangge query code\0" + code.encode()).digest()


def mark_of(*, secret: bytes, kind: str, value: str) -> bytes | None:
    """A mark by which the same address or telephone is known again, and from which nobody reads it back."""
    return hmac.digest(secret, f"{kind}/{value}".encode(), "sha256")[:16] if value else None
