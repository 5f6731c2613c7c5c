"""Whole hundredths (fen, or hundredths of 万元) as text with two decimals; never through a binary fraction."""

from __future__ import annotations


def yuan_text(fen: int) -> str:
    """As people read it: 1,833.86."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain_yuan(fen: int) -> str:
    """As files and forms take it: 1833.86."""
    return yuan_text(fen).replace(",", "")
