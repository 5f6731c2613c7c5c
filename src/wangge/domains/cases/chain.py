"""The chain of a case's steps: the bytes of a step, their hash, and the commitments to words kept apart.

``hash`` = SM3(previous ‖ payload) (GB/T 32905), payload being the very bytes stored; the first step follows SM3 of
the case's id. Inside the payload: case id, number of the step, verb, post, person, unit, effective and recorded
moment, stages, arguments, evidence with the photos' content hashes, place, tier, calendar scope, the day whose rules
hold, and for personal words SM3(salt ‖ words) instead of them. Not inside: the case number (it is unique,
unchangeable and given last) and the words themselves.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

SALT_BYTES = 16


_BLANK = hashlib.new("sm3")


def sm3(data: bytes) -> bytes:
    """The SM3 digest, 32 bytes."""
    digest = _BLANK.copy()  # a copy spares looking the algorithm up again
    digest.update(data)
    return digest.digest()


def genesis(case_id: UUID) -> bytes:
    """What the first step of a case follows."""
    return sm3(case_id.bytes)


def link(previous: bytes, payload: bytes) -> bytes:
    """The hash of a step whose predecessor has hash ``previous``."""
    return sm3(previous + payload)


def payload_of(content: Mapping[str, Any]) -> bytes:
    """The bytes of a step: compact JSON in the order given; they are stored and never made again."""
    return orjson.dumps(content)


def fresh_salt() -> bytes:
    """A salt by chance: without it short words could be guessed from their commitment."""
    return secrets.token_bytes(SALT_BYTES)


def commit_to(words: str, salt: bytes) -> tuple[str, str]:
    """(salt in hex, commitment in hex) for words that must be erasable."""
    return salt.hex(), sm3(salt + words.encode()).hex()


def keeps_word(words: str, salt: str, commitment: str) -> bool:
    """Whether kept words are those the step committed to."""
    return sm3(bytes.fromhex(salt) + words.encode()).hex() == commitment
