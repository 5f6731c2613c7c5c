"""Checks of the hotline's tables: channels, limits, states and acts fit together and can be read."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.standards.checks.moving import unknown
from wangge.standards.findings import Finding
from wangge.standards.tables import Tables

GUARDS = frozenset(
    {
        "kind_on_spot", "contacted", "not_drafter", "case_refused", "within_return_limit", "no_extension_open",
        "extension_open", "within_extension_limit", "no_question_open", "question_open", "graded", "not_appealed",
        "appeal_open", "no_suspension_open", "suspension_open",
    }
)  # fmt: skip
NEEDS = frozenset({"text", "note", "section", "place", "grade", "until", "due"})
STAYS = frozenset({"=", "=work"})


def hotline_channels_and_kinds_are_known(t: Tables) -> Iterator[Finding]:
    channels = {row.channel for row in t.hotline_channels}
    sources = {row.source for row in t.entries}
    for channel in t.hotline_channels:
        if channel.case_source not in sources:
            yield unknown(channel.at, "case_source", channel.case_source)
    for row in t.hotline_kinds:
        if row.channel not in channels:
            yield unknown(row.at, "channel", row.channel)
        if row.starts not in ("at_once", "next_day"):
            yield unknown(row.at, "starts", row.starts)
        if row.goes_to not in ("desk", "case"):
            yield unknown(row.at, "goes_to", row.goes_to)


def hotline_limits_can_be_read(t: Tables) -> Iterator[Finding]:
    units = {row.unit for row in t.time_units}
    for row in t.hotline_kinds:
        for name in ("answer_within", "urgent_within", "contact_within", "return_within", "extension_before"):
            number, _blank, unit = getattr(row, name).partition(" ")
            if not number.isdigit() or unit not in units:
                yield unknown(row.at, name, getattr(row, name))


def hotline_acts_lead_from_states_to_states(t: Tables) -> Iterator[Finding]:
    states = {row.state for row in t.hotline_states}
    posts = {row.post for row in t.posts}
    for act in t.hotline_acts:
        for state in (*act.from_states, act.to_state):
            if state not in states | STAYS | {"new"}:
                yield unknown(act.at, "to_state", state)
        for post in act.posts:
            if post not in posts:
                yield unknown(act.at, "posts", post)
        for name, words, known in (("guards", act.guards, GUARDS), ("needs", act.needs, NEEDS)):
            for word in words:
                if word not in known:
                    yield unknown(act.at, name, word)


HOTLINE_CHECKS = (
    hotline_channels_and_kinds_are_known,
    hotline_limits_can_be_read,
    hotline_acts_lead_from_states_to_states,
)
