"""The words on pages: the one Chinese label of every verb, stage, post, reason, source and other term.

Surfaces pass what ``label`` gives through gettext, so that another language needs no table of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from wangge.standards.tables import Tables

# kind of term -> its table, the term's field and the label's field
_WORDS: Mapping[str, tuple[str, str, str]] = {
    "verb": ("moves", "verb", "verb_zh"),
    "stage": ("stages", "stage", "stage_zh"),
    "phase": ("stages", "phase", "phase_zh"),
    "stage_clock": ("stage_limits", "stage_clock", "name_zh"),
    "reason": ("refusals", "reason", "reason_zh"),
    "post": ("posts", "post", "post_zh"),
    "indicator": ("indicators", "id", "name_zh"),
    "source": ("entries", "source", "source_zh"),
    "unit": ("time_units", "unit", "name_zh"),
    "why": ("ask_reasons", "why", "why_zh"),
    "appeal": ("appeal_kinds", "kind", "kind_zh"),
    "granted_appeal": ("appeal_kinds", "kind", "granted_zh"),
    "rule": ("automations", "name", "name_zh"),
    "act": ("composites", "act", "act_zh"),
    "hotline_channel": ("hotline_channels", "channel", "name_zh"),
    "hotline_kind": ("hotline_kinds", "kind", "kind_zh"),
    "hotline_state": ("hotline_states", "state", "state_zh"),
    "hotline_act": ("hotline_acts", "act", "act_zh"),
    "letter_kind": ("letter_kinds", "kind", "kind_zh"),
    "letter_hint": ("letter_kinds", "kind", "hint_zh"),
    "call_back": ("call_backs", "rule", "rule_zh"),
    "authority": ("authorities", "authority", "name_zh"),
}


@functools.lru_cache(maxsize=256)
def words_of(tables: Tables, of: str) -> Mapping[str, str]:
    """Term → label of one kind: the kinds of ``_WORDS``, ``addressee`` (``urge:1``) and ``word``.

    Empty for an unknown kind. Of a term with several rows the first one's label stands.
    """
    if of == "word":
        return {row.term: row.label_zh for row in tables.labels if row.of == "word"}
    if of == "addressee":
        return {f"{rung.ladder}:{rung.level}": rung.addressee_zh for rung in tables.ladders}
    if of not in _WORDS:
        return {}
    table, term, text = _WORDS[of]
    return {getattr(row, term): getattr(row, text) for row in reversed(getattr(tables, table))}


def label(tables: Tables, of: str, term: str) -> str:
    """The label of ``term``; raises KeyError naming both when the tables have none."""
    try:
        return words_of(tables, of)[term]
    except KeyError:
        raise KeyError(f"{of} {term}") from None
