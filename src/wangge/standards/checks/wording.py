"""Checks of the words on pages: labels agree with the tables and no retired word is in use."""

from __future__ import annotations

from collections.abc import Iterator

from wangge.standards.checks.moving import unknown
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Tables
from wangge.standards.wording import words_of


def labels_agree_with_the_tables(t: Tables) -> Iterator[Finding]:
    for label in t.labels:
        if label.of == "word":
            continue
        printed = words_of(t, label.of)
        if not printed:
            yield unknown(label.at, "of", label.of)
            continue
        if printed.get(label.term) != label.label_zh:
            yield Finding(
                label.at,
                gettext_noop("“%(term)s”的名称“%(label)s”与表中的“%(printed)s”不符。"),
                gettext_noop("两处写成一样。"),
                {"term": label.term, "label": label.label_zh, "printed": printed.get(label.term, "")},
            )
        for old in label.alternatives:
            if old in printed.values():
                yield Finding(
                    label.at,
                    gettext_noop("已弃用的说法“%(old)s”仍在表中使用。"),
                    gettext_noop("改用“%(label)s”。"),
                    {"old": old, "label": label.label_zh},
                )


def appeals_and_questions_are_sound(t: Tables) -> Iterator[Finding]:
    for kind in t.appeal_kinds:
        if kind.needs not in ("", "handling late", "reworked"):
            yield unknown(kind.at, "needs", kind.needs)


WORDING_CHECKS = (labels_agree_with_the_tables, appeals_and_questions_are_sound)
