"""Personal words can be erased; the steps keep their commitment and their chain."""

from __future__ import annotations

from collections.abc import Callable

import orjson
import pytest

from tests.cases.conftest import START
from wangge.domains.cases.chain import genesis, keeps_word, link
from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.models import CaseMatter, CaseStep, PrivateTexts
from wangge.domains.cases.operations.erasing import erase_personal_words
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.rows import load
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import AuditRecord

Find = Callable[[str], Actor]
pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(actor: Find) -> str:
    report = Report(
        source="hotline", description="楼下路灯不亮", location={"address": "人民路 3 号", "lon": 113.1, "lat": 27.8},
        reporter_name="陈某", reporter_phone="13800000000", stated_entry="register_report",
    )  # fmt: skip
    return report_case(report=report, by=actor("acceptor-1"), at=START).number


def first_step(number: str) -> CaseStep:
    row = load(number)
    assert row is not None
    return CaseStep.objects.get(month=row.month, case_id=row.id, seq=1)


def test_a_step_holds_commitments_and_not_the_words(reported: str) -> None:
    step = first_step(reported)
    assert "陈某" not in step.payload
    assert "路灯" not in step.payload
    sealed = orjson.loads(step.payload)["sealed"]
    kept = PrivateTexts.objects.get(case_id=step.case_id).texts
    assert set(sealed) == {"description", "address", "reporter_name", "reporter_phone"}
    for name, (salt, words) in kept.items():
        assert keeps_word(words, salt, sealed[name])
        assert not keeps_word(words + "x", salt, sealed[name])


def test_erasure_takes_the_words_and_leaves_the_chain(reported: str, actor: Find) -> None:
    before = first_step(reported)
    assert erase_personal_words(number=reported, because="本人申请", by=actor("chief-1"), at=START) == 1
    step = first_step(reported)
    assert bytes(step.hash) == link(genesis(step.case_id), step.payload.encode()) == bytes(before.hash)
    texts = PrivateTexts.objects.get(case_id=step.case_id)
    assert (texts.texts, texts.erased_because) == ({}, "本人申请")
    matter = CaseMatter.objects.get(case_id=step.case_id)
    assert (matter.description, matter.address, matter.grams) == ("", "", [])
    assert AuditRecord.objects.filter(kind="erasure", object_key=reported).count() == 1


def test_erasure_without_a_reason_is_refused(reported: str, actor: Find) -> None:
    with pytest.raises(BadInput):
        erase_personal_words(number=reported, because=" ", by=actor("chief-1"), at=START)
