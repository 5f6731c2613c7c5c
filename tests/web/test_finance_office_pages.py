"""What the finance office keeps on pages: editions step by step, the template, registers, imports tried first."""

from __future__ import annotations

import io
import re
from typing import Any

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from tests.budgeting.small_ledger import UNIT, with_units
from tests.web.test_account_pages import ACCOUNT, BORN, city, read, who, words
from wangge.domains.budgeting.logic.facts import UnitFact
from wangge.domains.budgeting.models import LedgerImport, LedgerUpload, Payment, Record
from wangge.domains.disclosure.models import Edition, TemplateChoice, WordTemplate
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.queries.editions import steps_of
from wangge.domains.organizations.models import Person, PostHolding

__all__ = ["city"]
pytestmark = pytest.mark.django_db
PAYMENTS = (
    "预算单位代码,预算年度,支付单号,指标编号,功能分类,部门经济分类,支出性质,项目名称,资金性质,支付金额,支付日期,"
    "支付状态,收款人,用途\n"
)


def answer_gaps() -> None:
    for _round in range(3):
        for gap in written(year=2024, unit=UNIT).document.gaps:
            who("finance").post(f"/finance/accounts/text{ACCOUNT}", {"key": gap.id, "text": "按计划安排。"})


def row(number: str, yuan: str, *, line: str = "X-1", item: str = "2120102", payee: str = "甲公司") -> str:
    codes = f"{line},{item},30227,项目支出,井盖巡检,一般公共预算"
    return f"{UNIT},2024,{number},{codes},{yuan},2024-05-06,已支付,{payee},运维\n"


def give(text: str, mapping: str = "payments", name: str = "支付明细.csv") -> Any:
    file = SimpleUploadedFile(name, text.encode())
    return who("finance").post("/finance/imports", {"mapping": mapping, "file": file})


# ---- editions ------------------------------------------------------------------------------------------------


def test_an_edition_goes_to_the_public_step_by_step_and_by_separate_persons() -> None:
    assert who("finance").post(f"/finance/accounts/editions/compile{ACCOUNT}").status_code == 302
    assert not Edition.objects.exists()  # texts are missing
    answer_gaps()
    who("finance").post(f"/finance/accounts/editions/compile{ACCOUNT}")
    edition = Edition.objects.get().id
    page = read(who("finance"), f"/finance/accounts/editions{ACCOUNT}")
    assert "第 1 版" in page
    assert f"editions/{edition}/review" not in page  # who compiled does not review
    for post, verb, reason in (
        ("section_head", "review", ""), ("finance", "submit", ""), ("chief", "approve", "决批〔2025〕1号"),
        ("centre_leader", "secrecy_review", "不涉密"), ("finance", "publish", ""),
    ):  # fmt: skip
        assert f"editions/{edition}/{verb}" in read(who(post), f"/finance/accounts/editions{ACCOUNT}")
        who(post).post(f"/finance/accounts/editions/{edition}/{verb}", {"reason": reason})
    assert steps_of(edition)[-1].to_state == "published"
    assert read(who("finance"), f"/disclosure/{UNIT}/2024")
    answer = who("chief").get(f"/finance/accounts/editions/{edition}/file.docx")
    assert answer.content[:2] == b"PK"


def test_the_budget_goes_the_same_way_and_stands_beside_the_accounts_in_public() -> None:
    budget = f"{ACCOUNT}&form=budget"
    assert "编制预算公开表" in read(who("finance"), f"/finance/accounts/editions{budget}")
    who("finance").post(f"/finance/accounts/editions/compile{budget}")
    edition = Edition.objects.get()
    assert edition.form == "budget"
    assert who("finance").get(f"/disclosure/{UNIT}/2024?form=budget").status_code == 404
    for post, verb, reason in (
        ("section_head", "review", ""), ("finance", "submit", ""), ("chief", "approve", "预批〔2024〕1号"),
        ("centre_leader", "secrecy_review", "不涉密"), ("finance", "publish", ""),
    ):  # fmt: skip
        answer = who(post).post(f"/finance/accounts/editions/{edition.id}/{verb}", {"reason": reason})
        assert answer["Location"].endswith("form=budget")
    page = words(read(Client(), f"/disclosure/{UNIT}/2024?form=budget"))
    assert "2024 年度示例中心预算" in page
    assert "预算数" in page
    assert Client().get(f"/disclosure/{UNIT}/2024").status_code == 404  # the account is not open
    assert Client().get(f"/disclosure/{UNIT}/2024/file.csv?form=budget").status_code == 200
    assert Client().get(f"/disclosure/{UNIT}/2024/file.csv").status_code == 404
    assert "示例中心 预算 2024" in words(read(Client(), "/disclosure"))


def test_a_step_out_of_turn_changes_nothing_and_says_why() -> None:
    answer_gaps()
    who("finance").post(f"/finance/accounts/editions/compile{ACCOUNT}")
    edition = Edition.objects.get().id
    client = who("finance")
    client.post(f"/finance/accounts/editions/{edition}/publish")
    assert [step.verb for step in steps_of(edition)] == ["compile"]
    assert "没有办理" in read(client, f"/finance/accounts/editions{ACCOUNT}")


def test_the_calendar_warns_of_what_is_near_or_late() -> None:
    page = words(read(who("finance"), f"/finance/accounts/editions{ACCOUNT}"))
    assert "已逾期：停止新增支出承诺" in page
    assert "2025-03-31" in page


def test_what_happens_outside_is_entered_and_later_dates_count_from_it() -> None:
    finance = who("finance")
    for step, on in (("停止新增支出承诺", "2024-12-10"), ("人民代表大会批准决算", "2025-08-01")):
        told = {"step": step, "happened_on": on}
        assert finance.post(f"/finance/registers/calendar_event{ACCOUNT}", told).status_code == 302
    page = words(read(finance, f"/finance/accounts/editions{ACCOUNT}"))
    assert "停止新增支出承诺 2024-12-15 2024-12-10 已办结" in page
    assert "财政部门批复各部门 2025-08-21" in page  # twenty days after the congress


def test_registers_and_steps_speak_the_language_of_the_reader() -> None:
    finance = who("finance")
    finance.post("/language", {"language": "en", "next": "/work"})
    page = words(read(finance, f"/finance/registers/stocktake_surplus{ACCOUNT}"))
    assert [text in page for text in ("Assets found without a card", "Class", "Furniture")] == [True] * 3
    assert "Department approves its units" in words(read(finance, f"/finance/accounts/editions{ACCOUNT}"))


# ---- template ------------------------------------------------------------------------------------------------


def word_file(*lines: str) -> SimpleUploadedFile:
    made = docx.Document()
    for line in lines:
        made.add_paragraph(line)
    kept = io.BytesIO()
    made.save(kept)
    return SimpleUploadedFile("格式.docx", kept.getvalue())


def paragraphs(content: bytes) -> list[str]:
    return [each.text for each in docx.Document(io.BytesIO(content)).paragraphs]


def test_a_template_is_loaded_mapped_and_used_for_word_until_it_is_withdrawn() -> None:
    url, finance = f"/finance/accounts/template{ACCOUNT}", who("finance")
    finance.post(url, {"template": word_file("收入{{ 收入总计 }}，支出{{ 花了多少 }}")})
    page = read(finance, url)
    assert "花了多少" in page
    finance.post(f"/finance/accounts/template/choose{ACCOUNT}", {"of_template": "花了多少", "ours": "01.r60"})
    assert "01.r60" in words(read(finance, url))
    assert paragraphs(finance.get(f"/finance/accounts/file.docx{ACCOUNT}").content) == ["收入146.00，支出146.00"]
    finance.post(f"/finance/accounts/template/withdraw{ACCOUNT}")
    assert len(paragraphs(finance.get(f"/finance/accounts/file.docx{ACCOUNT}").content)) > 50


def test_only_finance_loads_a_template_and_a_wrong_file_is_refused_in_words() -> None:
    url = f"/finance/accounts/template{ACCOUNT}"
    assert who("chief").post(url, {"template": word_file("x")}).status_code == 422
    answer = who("finance").post(url, {"template": SimpleUploadedFile("a.docx", b"PK no")})
    assert (answer.status_code, WordTemplate.objects.count()) == (422, 0)
    assert "损坏" in answer.content.decode()


def test_templates_and_their_mapping_are_history() -> None:
    who("finance").post(f"/finance/accounts/template{ACCOUNT}", {"template": word_file("{{ 某数 }}")})
    who("finance").post(f"/finance/accounts/template/choose{ACCOUNT}", {"of_template": "某数", "ours": "01.r1"})
    for model in (WordTemplate, TemplateChoice):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_bureau_sees_which_of_its_units_have_submitted() -> None:
    with_units(UnitFact(2, "101", "示例局", "administrative"), UnitFact(3, UNIT, "示例中心", "institution", "101"),
               UnitFact(4, "101009", "示例二中心", "institution", "101"))  # fmt: skip
    PostHolding.objects.create(person=Person.objects.get(username="chief"), post="bureau_finance", valid_from=BORN)
    bureau = "/finance/accounts/editions?unit=101&year=2024"
    page = words(read(who("chief"), bureau))
    assert "已报送 0 个，共 2 个单位。未报送单位的数字按台账现状合并。" in page
    answer_gaps()
    who("finance").post(f"/finance/accounts/editions/compile{ACCOUNT}")
    edition = Edition.objects.get().id
    assert "示例中心 第 1 版 已编制" in words(read(who("chief"), bureau))
    who("section_head").post(f"/finance/accounts/editions/{edition}/review", {"reason": ""})
    who("finance").post(f"/finance/accounts/editions/{edition}/submit", {"reason": ""})
    page = words(read(who("chief"), bureau))
    assert "已报送 1 个，共 2 个单位。" in page
    assert "示例二中心 尚无版本" in page
    assert "所属单位的报送" not in read(who("finance"), f"/finance/accounts/editions{ACCOUNT}")


# ---- registers -----------------------------------------------------------------------------------------------


def test_a_meeting_is_entered_corrected_and_withdrawn_and_every_version_stays() -> None:
    finance = who("finance")
    told = {"held_on": "2024-03-05", "content": "年度工作会", "persons": "24", "amount": "1200.5"}
    finance.post(f"/finance/registers/meeting{ACCOUNT}", told)
    assert "1,200.50" in words(read(finance, f"/finance/registers{ACCOUNT}"))
    record = f"/finance/registers/meeting/2024-0001{ACCOUNT}"
    finance.post(record, {**told, "persons": "26", "reason": "漏计两人", "order": "correct"})
    finance.post(record, {"reason": "未召开", "order": "withdraw"})
    page = words(read(finance, record))
    assert [text in page for text in ("第 3 版", "已作废", "24", "26")] == [True] * 4
    assert Record.objects.filter(kind="meeting").count() == 3
    assert "登记" in read(who("chief"), f"/finance/registers/meeting{ACCOUNT}")


def test_a_record_that_does_not_hold_is_refused_and_what_was_typed_stays() -> None:
    told = {"held_on": "三月五日", "content": "年度工作会", "persons": "24"}
    answer = who("finance").post(f"/finance/registers/meeting{ACCOUNT}", told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [text in page for text in ("不是日期", "“金额”不能为空", "年度工作会")] == [True] * 3
    assert not Record.objects.exists()


@pytest.mark.parametrize("kind", ["trip_abroad", "reception", "vehicle_running", "staff", "service_contract",
                                  "service_line", "goods_allotment", "temporary_pay", "training"])  # fmt: skip
def test_every_register_has_its_page(kind: str) -> None:
    assert "登记一条" in read(who("finance"), f"/finance/registers/{kind}{ACCOUNT}")


def test_faults_stand_by_month_beside_what_the_contract_allows() -> None:
    finance = who("finance")

    def enter(kind: str, **told: str) -> None:
        assert finance.post(f"/finance/registers/{kind}{ACCOUNT}", told).status_code == 302

    enter("service_contract", key="H1", supplier="某通信公司", content="专线", signed_on="2024-01-02",
          ends_on="2024-12-31", amount="12000", sla_minutes="60")  # fmt: skip
    enter("service_contract", key="H2", supplier="某公司", content="短信", signed_on="2024-01-02",
          ends_on="2024-12-31", amount="500")  # fmt: skip
    enter("service_line", key="L1", contract="H1", line="430-1", use="视频", opened_on="2024-01-05")
    enter("service_line", key="L2", contract="H2", line="106-9", use="短信", opened_on="2024-01-05")
    enter("service_fault", line="L1", began_on="2024-03-01", minutes="95")
    enter("service_fault", line="L2", began_on="2024-03-02", minutes="500")
    page = words(read(finance, f"/finance/registers/service_fault{ACCOUNT}"))
    assert "2024-03 430-1 H1 95 60 35" in page
    assert "2024-03 106-9 H2 500 未约定" in page


def with_assets() -> None:
    columns = "预算单位代码,年度,卡片编号,资产名称,资产类别,取得日期,原值,使用人,存放地点,使用状况"
    cards = [
        f"{UNIT},2024,ZC1,服务器,通用设备,2020-01-05,50000,陈工,二楼机房,在用",
        f"{UNIT},2024,ZC2,便携式计算机,通用设备,2021-01-05,6000,李采集,采集科,在用",
        f"{UNIT},2024,ZC3,打印机,通用设备,2019-01-05,2000,李采集,采集科,在用",
        f"{UNIT},2024,ZC4,旧复印机,通用设备,2010-01-05,9000,,,处置",
    ]
    answer = give("\n".join([columns, *cards]) + "\n", mapping="assets")
    who("finance").post(answer["Location"], {"order": "confirm"})


def test_assets_are_counted_by_their_codes_until_none_waits() -> None:
    with_assets()
    finance, url = who("finance"), f"/finance/stocktaking{ACCOUNT}"
    page = words(read(finance, url))
    assert [text in page for text in ("在账资产 3", "未盘 3", "ZC2")] == [True] * 3
    assert "ZC4" not in page
    first = finance.post(url, {"code": "ZC1", "place": "三楼机房", "condition": "完好"})
    assert "place=" in first["Location"]  # the next asset of the same room
    finance.post(url, {"code": "ZC2", "place": "采集科", "holder": "李采集", "condition": "完好"})
    finance.post(url, {"code": "ZC3", "condition": "盘亏"})
    page = words(read(finance, url))
    assert [text in page for text in ("已盘 3", "不符 2", "位置不符", "盘亏", "2,000.00", "已全部盘点")] == [True] * 6
    finance.post(url, {"code": "ZC3", "condition": "完好"})  # found after all
    assert "不符 1" in words(read(finance, url))
    counts = Record.objects.filter(kind="stocktake", key="ZC3").order_by("version")
    assert [row.data["result"] for row in counts] == ["盘亏", "相符"]
    assert "/finance/stocktaking" in read(finance, f"/finance/registers{ACCOUNT}")


def test_an_asset_without_a_card_is_entered_as_found_until_it_has_one() -> None:
    with_assets()
    finance, url = who("finance"), f"/finance/stocktaking{ACCOUNT}"
    refused = finance.post(url, {"code": "ZC9", "condition": "完好"}).content.decode()
    assert "code=ZC9#record" in refused  # the way goes on with the code that was scanned
    form = read(finance, f"/finance/registers/stocktake_surplus{ACCOUNT}&code=ZC9")
    assert 'value="ZC9"' in form
    told = {"name": "投影仪", "class": "通用设备", "found_on": "2024-12-20", "code": "ZC9", "place": "会议室",
            "estimate": "3000"}  # fmt: skip
    assert finance.post(f"/finance/registers/stocktake_surplus{ACCOUNT}", told).status_code == 302
    page = words(read(finance, url))
    assert [text in page for text in ("盘盈（待建卡） 1", "投影仪 ZC9 会议室", "3,000.00", "待建卡")] == [True] * 4
    columns = "预算单位代码,年度,卡片编号,资产名称,资产类别,取得日期,原值,使用状况"
    answer = give(f"{columns}\n{UNIT},2024,ZC9,投影仪,通用设备,2024-12-24,3000,在用\n", mapping="assets")
    finance.post(answer["Location"], {"order": "confirm"})
    page = words(read(finance, url))
    assert ("盘盈（待建卡） 0" in page, "在账资产 4" in page) == (True, True)


def test_a_contract_stands_beside_its_term_of_payment() -> None:
    columns = "预算单位代码,年度,合同编号,采购类别,供应商规模,合同金额,签订日期,付款期限,验收日期"
    rows = f"{UNIT},2024,H1,服务,小型,1000,2024-01-02,90,2024-03-01\n{UNIT},2024,H2,货物,微型,50,2024-02-02,,\n"
    finance = who("finance")
    finance.post(give(f"{columns}\n{rows}", mapping="contracts")["Location"], {"order": "confirm"})
    page = words(read(finance, f"/finance/registers/contract_delivery{ACCOUNT}"))
    assert "H1 小型 2024-03-01 1,000.00 90 2024-04-30" in page
    assert "约定超过 60 天上限，按上限计" in page
    assert "1 份合同还没有交付（验收）日期，期限无从计算：H2。" in page


def test_a_code_without_a_card_is_refused_and_others_only_look() -> None:
    with_assets()
    url = f"/finance/stocktaking{ACCOUNT}"
    answer = who("finance").post(url, {"code": "ZC9", "condition": "完好"})
    assert answer.status_code == 422
    assert "没有编号为“ZC9”的在账资产" in words(answer.content.decode())
    assert who("finance").post(url, {"code": "ZC4", "condition": "完好"}).status_code == 422
    assert who("chief").post(url, {"code": "ZC1", "condition": "完好"}).status_code == 422
    assert 'id="count"' not in read(who("chief"), url)
    assert who("collector").get(url).status_code == 403


def test_what_is_imported_is_no_register_and_others_do_not_enter() -> None:
    assert who("finance").get(f"/finance/registers/contract{ACCOUNT}").status_code == 404
    told = {"held_on": "2024-03-05", "content": "会", "persons": "2", "amount": "1"}
    assert who("chief").post(f"/finance/registers/meeting{ACCOUNT}", told).status_code == 422
    assert who("collector").get("/finance/registers").status_code == 403


# ---- imports -------------------------------------------------------------------------------------------------


def test_a_list_is_tried_first_and_written_only_once_confirmed() -> None:
    before = Payment.objects.count()
    answer = give(PAYMENTS + row("N1", "1000.00") + row("N2", "2000.00"))
    assert answer.status_code == 302
    page = words(read(who("finance"), answer.url))
    assert "新增 2" in page
    assert "3,000.00" in page
    assert Payment.objects.count() == before
    who("finance").post(answer.url, {"order": "confirm"})
    assert Payment.objects.count() == before + 2
    assert LedgerUpload.objects.get().content is None
    again = give(PAYMENTS + row("N1", "1000.00") + row("N3", "5.00"))
    page = words(read(who("finance"), again.url))
    assert [text in page for text in ("新增 1", "相同 1", "上次有、这次没有 1", "N2")] == [True] * 4
    who("finance").post(again.url, {"order": "drop"})
    assert LedgerImport.objects.filter(file_name="支付明细.csv").count() == 1


def test_unknown_codes_and_likely_doubles_are_remarked_before_the_yes() -> None:
    answer = give(PAYMENTS + row("N1", "10.00", item="2129998") + row("N2", "20.00") + row("N3", "20.00"))
    page = words(read(who("finance"), answer.url))
    assert re.search(r"功能分类代码“2129998”不在代码表内（第 2 行）", page)
    assert re.search(r"疑似重复：第 3、4 行", page)


def test_balances_of_another_program_are_compared_with_the_ledger() -> None:
    text = "单位代码,年度,科目编码,期末余额\n" + f"{UNIT},2024,7201,980000.00\n{UNIT},2024,7101,1.00\n"
    page = words(read(who("finance"), give(text, "account_balances", "余额.csv").url))
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, sum(debit_fen - credit_fen) FROM budgeting_account_balance GROUP BY 1")
        ours = {account: abs(int(fen)) / 100 for account, fen in cursor.fetchall()}
    for account, theirs in (("7201", 980000.0), ("7101", 1.0)):
        here = sum(yuan for code, yuan in ours.items() if code.startswith(account))
        assert (f"科目 {account}：余额表 {theirs:,.2f} 元，台账 {here:,.2f} 元" in page) == (theirs != here)


def test_a_file_waits_for_who_gave_it_alone() -> None:
    answer = give(PAYMENTS + row("N1", "10.00"))
    assert who("chief").get(answer["Location"]).status_code == 403
    LedgerUpload.objects.update(by_id=0)
    assert who("finance").get(answer["Location"]).status_code == 404


def test_a_file_without_the_needed_columns_cannot_be_confirmed() -> None:
    page = read(who("finance"), give("甲,乙\n1,2\n").url)
    assert "退回的行" in page
    assert "确认导入" not in page


def test_a_file_that_is_damaged_is_refused_and_forgotten() -> None:
    file = SimpleUploadedFile("支付.xlsx", b"PK\x03\x04 broken")
    answer = who("finance").post("/finance/imports", {"mapping": "payments", "file": file})
    assert who("finance").get(answer["Location"]).status_code == 302
    assert LedgerUpload.objects.get().state == "dropped"


def test_the_database_keeps_no_content_of_a_settled_file() -> None:
    give(PAYMENTS + row("N1", "10.00"))
    with pytest.raises(IntegrityError, match="upload_state_known"), transaction.atomic():
        LedgerUpload.objects.update(state="done")
