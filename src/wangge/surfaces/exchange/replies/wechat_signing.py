"""How WeChat signs what it calls back: SHA-1 of its three words, sorted and put together."""

from __future__ import annotations

import hashlib


def wechat_signature(token: str, timestamp: str, nonce: str) -> str:
    """Hexadecimal SHA-1 of token, timestamp and nonce in the order of their letters."""
    return hashlib.sha1("".join(sorted((token, timestamp, nonce))).encode()).hexdigest()  # noqa: S324 - WeChat's choice
