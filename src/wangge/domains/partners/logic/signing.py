"""Owns the secret of a partner and the signature of a message, after the Standard Webhooks specification.

The secret is derived from the key of the installation and a salt of the partner: what lies in the database tells
nobody how to sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

PREFIX = "whsec_"
_PURPOSE = b"wangge partner webhook"


def secret_of(installation_key: str, salt: bytes) -> str:
    """The secret the partner is given: ``whsec_`` and 32 bytes in base64."""
    made = hmac.new(installation_key.encode(), _PURPOSE + b"\0" + salt, hashlib.sha256).digest()
    return PREFIX + base64.b64encode(made).decode()


def signature_of(secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """One signature of the version ``v1``: HMAC-SHA256 of id, moment and body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def headers_of(secrets: Iterable[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a message; while a secret is being replaced it is signed with both."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature_of(secret, webhook_id, timestamp, body) for secret in secrets),
    }
