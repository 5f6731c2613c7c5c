"""How messages between the hotline and us are signed, in both directions."""

from __future__ import annotations

import hashlib
import hmac


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 of ``timestamp + "." + body``."""
    return hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
