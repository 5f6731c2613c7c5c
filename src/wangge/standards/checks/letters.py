"""Checks of the tables of the public door: readers are posts, limits can be read, letters find takers."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.standards.checks.moving import unknown
from wangge.standards.findings import Finding
from wangge.standards.tables import Tables

OCCASIONS = frozenset({"rated_down", "reworked", "late", "several", "any"})


def letters_have_readers_and_takers(t: Tables) -> Iterator[Finding]:
    posts = {row.post for row in t.posts}
    taken = {kind for row in t.authorities for kind in row.takes}
    for row in t.letter_kinds:
        for post in row.readers:
            if post not in posts:
                yield unknown(row.at, "readers", post)
        if row.forwards and row.kind not in taken:
            yield unknown(row.at, "forwards", row.kind)
    kinds = {row.kind for row in t.letter_kinds}
    for authority in t.authorities:
        for kind in authority.takes:
            if kind not in kinds:
                yield unknown(authority.at, "takes", kind)


def letter_limits_can_be_read(t: Tables) -> Iterator[Finding]:
    units = {row.unit for row in t.time_units}
    limits = [(row.at, "answer_within", row.answer_within) for row in t.letter_kinds]
    limits += [(row.at, "receipt_within", row.receipt_within) for row in t.authorities]
    for at, name, amount in limits:
        number, _blank, unit = amount.partition(" ")
        if not number.isdigit() or unit not in units:
            yield unknown(at, name, amount)


def call_backs_are_rules_and_shares(t: Tables) -> Iterator[Finding]:
    sources = {row.source for row in t.entries}
    for row in t.call_backs:
        if row.occasion not in OCCASIONS:
            yield unknown(row.at, "occasion", row.occasion)
        if not 0 <= row.percent <= 100:
            yield unknown(row.at, "percent", str(row.percent))
        for source in row.sources:
            if source not in sources:
                yield unknown(row.at, "sources", source)


LETTER_CHECKS = (letters_have_readers_and_takers, letter_limits_can_be_read, call_backs_are_rules_and_shares)
