"""Every kind of broken table is refused with its file and line, all faults at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.standards.conftest import WriteOverlay
from wangge.standards.findings import StandardsRefused
from wangge.standards.library import find_faults, load_tables

EDITION = "gbt30428-2-2013-yuncheng"
OWN = "own choice of this city,C"
LIMIT = "edition,category_type,code4,condition_seq"


def moves(columns: str, *rows: str) -> str:
    return "\n".join([f"verb,from_stage,{columns}", *rows])


# name of the case: file, text, line of the finding, a word of the finding
SIGNS = "sign,name_zh,measure_zh,object,window,least,limit,source,confidence,note"
BROKEN = {
    "a sign that nobody computes": ("signs.csv", f"{SIGNS}\nsmile,笑,笑,district,1,1,1,{OWN},", 2, "smile"),
    "a sign of other objects": ("signs.csv", f"{SIGNS}\nsame_photo,图,图,collector,3,2,2,{OWN},", 2, "collector"),
    "a sign's reach of another form": ("signs.csv", f"{SIGNS}\ncollection_gap,空,空,grid,8,30,5,{OWN},", 2, "window"),
    "pictures more unlike than can be found": (
        "signs.csv",
        f"{SIGNS}\nsame_photo,图,图,district,4,2,2,{OWN},",
        2,
        "window",
    ),
    "a sign that shows at nothing": ("signs.csv", f"{SIGNS}\nsame_checker,查,查,collector,,30,0,{OWN},", 2, "least"),
    "a file that is no table": ("holidays.csv", "a,b\n1,2", 1, "holidays.csv"),
    "an unknown column": ("stages.csv", "stage,colour\nfiled,red", 1, "colour"),
    "a missing key column": ("moves.csv", "verb,post\ndispatch,acceptor", 1, "from_stage"),
    "an empty key": ("moves.csv", moves("post", "dispatch,,acceptor"), 2, "from_stage"),
    "too few cells": ("moves.csv", moves("post,args", "dispatch,filed,acceptor"), 2, "3 列"),
    "a stray blank": ("moves.csv", moves("post", "dispatch,filed, acceptor"), 2, " acceptor"),
    "a date that is none": (
        "moves.csv",
        moves("post,valid_from", "dispatch,filed,acceptor,1 June"),
        2,
        "1 June",
    ),
    "an end before its beginning": (
        "moves.csv",
        moves("post,valid_from,valid_to", "dispatch,filed,acceptor,2024-06-01,2024-06-01"),
        2,
        "valid_to",
    ),
    "a strange remove": ("moves.csv", moves("remove", "dispatch,filed,maybe"), 2, "maybe"),
    "removing what is not there": ("moves.csv", moves("remove", "dispatch,closed,yes"), 2, "dispatch closed"),
    "a new row that is not whole": ("ask_reasons.csv", "why,why_zh\nnoise,噪声", 2, "pauses_handling"),
    "an unknown unit": (
        "time_limits.csv",
        f"{LIMIT},limit_unit\n{EDITION},component,0101,1,fortnight",
        2,
        "fortnight",
    ),
    "an unknown unit of a stage": ("stage_limits.csv", "stage_clock,limit_unit\naccept,moment", 2, "moment"),
    "a limit of nothing": (
        "time_limits.csv",
        f"{LIMIT},limit_value,limit_minutes\n{EDITION},component,0101,1,0,0",
        2,
        "大于 0",
    ),
    "a limit that is no number": ("stage_limits.csv", "stage_clock,limit_value\naccept,a few", 2, "a few"),
    "minutes that do not add up": (
        "time_limits.csv",
        f"{LIMIT},limit_value\n{EDITION},component,0101,1,3",
        2,
        "180",
    ),
    "a limit without a source": (
        "time_limits.csv",
        f"{LIMIT},source\n{EDITION},component,0101,1,",
        2,
        "source",
    ),
    "a move without a confidence": ("moves.csv", moves("confidence", "dispatch,filed,"), 2, "confidence"),
    "an unknown confidence": ("moves.csv", moves("confidence", "dispatch,filed,D"), 2, "A、B 或 C"),
    "a dangling code": (
        "time_limits.csv",
        f"{LIMIT},scheme,minor_zh,filing_condition_keywords_zh,filing_condition_en,limit_value,limit_unit,limit_unit_zh,"
        "limit_minutes,closing_keywords_zh,closing_en,is_extension,source,confidence,note\n"
        f"{EDITION},component,9999,1,x,无此小类,破损,broken,1,work_hour,工作时,60,修复,mended,Y,{OWN},",
        2,
        "9999",
    ),
    "a name that differs from the class": (
        "time_limits.csv",
        f"{LIMIT},minor_zh\n{EDITION},component,0101,1,下水井盖",
        2,
        "下水井盖",
    ),
    "a class without a limit": (
        "components.csv",
        "edition,category_type,code4,major_code,major_zh,major_en,minor_code,minor_zh,minor_en,is_extension,"
        f"source,confidence,note\n{EDITION},component,0799,07,其它,other,99,单车,shared bicycles,Y,{OWN},",
        2,
        "0799",
    ),
    "a code that is not its parts": (
        "components.csv",
        f"edition,category_type,code4,minor_code\n{EDITION},component,0101,02",
        2,
        "0101",
    ),
    "an event among the components": (
        "components.csv",
        f"edition,category_type,code4,minor_zh\n{EDITION},event,0101,私搭乱建",
        2,
        "event",
    ),
    "an unknown edition in force": (
        "editions_in_force.csv",
        f"edition,source,confidence\ngb-2099,{OWN}",
        2,
        "gb-2099",
    ),
    "an edition without limits in force": (
        "editions_in_force.csv",
        f"edition,source,confidence\ncjt214-2007,{OWN}",
        2,
        "cjt214-2007",
    ),
    "an unknown post": ("moves.csv", moves("post", "dispatch,filed,mayor"), 2, "mayor"),
    "an unknown stage": ("moves.csv", moves("to_stage", "dispatch,filed,limbo"), 2, "limbo"),
    "an unknown clock": ("moves.csv", moves("clock_ops", "dispatch,filed,start:hourglass"), 2, "hourglass"),
    "an unknown clock operation": (
        "moves.csv",
        moves("clock_ops", "dispatch,filed,wind:handling"),
        2,
        "wind",
    ),
    "a clock operation without a clock": (
        "moves.csv",
        moves("clock_ops", "dispatch,filed,start"),
        2,
        "start",
    ),
    "a guard without a reason": ("moves.csv", moves("guards", "dispatch,filed,is_sunny"), 2, "is_sunny"),
    "a reason without a guard": (
        "refusals.csv",
        "reason,reason_zh,when,check_order\ntoo_dark,太暗,is_dark,3",
        2,
        "too_dark",
    ),
    "a kind that is not the move's": ("moves.csv", moves("kind", "dispatch,filed,overlay"), 2, "overlay"),
    "a number used twice": ("moves.csv", moves("move_id", "dispatch,filed,M22"), 2, "M22"),
    "an unknown counter": ("moves.csv", moves("counters", "dispatch,filed,n_smiles"), 2, "n_smiles"),
    "a conditional counter that cannot be read": (
        "moves.csv",
        moves("counters_if", "dispatch,filed,clock:file=soon: n_dispatch"),
        2,
        "clock:file=soon",
    ),
    "a conditional counter without counters": (
        "moves.csv",
        moves("counters_if", "dispatch,filed,always"),
        2,
        "always",
    ),
    "a condition on an argument the move lacks": (
        "moves.csv",
        moves("counters_if", "dispatch,filed,weather=rain: n_dispatch"),
        2,
        "weather",
    ),
    "an unknown narrowing": ("moves.csv", moves("post_by", "dispatch,filed,setting:moon"), 2, "setting:moon"),
    "a rule's move without its guard": (
        "moves.csv",
        moves("args", "dispatch,filed,department rule?"),
        2,
        "rule_allows",
    ),
    "an unknown receiver": ("moves.csv", moves("message_to", "dispatch,filed,press"), 2, "press"),
    "a stage on nobody's list": ("stages.csv", "stage,work_list_post\nfiled,", 2, "待派遣"),
    "a stage that cannot be reached": (
        "stages.csv",
        "stage,stage_zh,phase,phase_zh,work_list_post,stage_clock,handling_clock,is_ending,open311_status,note\n"
        "lost,迷失,3,任务派遣,dispatcher,,idle,N,open,",
        2,
        "迷失",
    ),
    "an open stage without supervision": (
        "moves.csv",
        moves("remove", "supervise,filed,yes"),
        None,
        "supervise",
    ),
    "an entry by an unknown verb": ("entries.csv", "source,entry\nvideo,dream", 2, "dream"),
    "self-handling without being stated": ("entries.csv", "source,self_handled\nvideo,yes", 2, "自行处置"),
    "tiers that do not cover": (
        "approval_tiers.csv",
        "set,request,seq,condition\ndefault,void,1,stage=filed",
        2,
        "void",
    ),
    "a tier that cannot be read": (
        "approval_tiers.csv",
        "set,request,seq,condition\nnotice_2014,extension,2,mood=good",
        2,
        "mood=good",
    ),
    "a deciding post that may not decide": (
        "approval_tiers.csv",
        "set,request,seq,deciding_post\ndefault,void,1,archivist",
        2,
        "archivist",
    ),
    "a void by one person": (
        "approval_tiers.csv",
        "set,request,seq,second_person\ndefault,void,1,no",
        2,
        "第二人",
    ),
    "an endorser who decides": (
        "approval_tiers.csv",
        "set,request,seq,endorsers\ndefault,void,1,duty_leader",
        2,
        "duty_leader",
    ),
    "a rule for a move closed to the system": (
        "automations.csv",
        "name,verb,stage\nlean_close,accept,reported",
        2,
        "lean_close",
    ),
    "a rule's condition with an unknown value": (
        "automations.csv",
        "name,condition\nlean_forward,complaint=perhaps",
        2,
        "complaint=perhaps",
    ),
    "a share that is drawn neither before nor after": (
        "automations.csv",
        "name,second_look_percent\nlean_forward,5",
        2,
        "抽查",
    ),
    "an act whose steps do not join": (
        "composites.csv",
        "act,steps\ndesk_act,accept dispatch",
        2,
        "dispatch",
    ),
    "a ladder with an unknown post": (
        "ladders.csv",
        "ladder,level,from_post\nurge,1,archivist",
        2,
        "archivist",
    ),
    "a ladder without its middle rung": ("ladders.csv", "ladder,level,remove\nurge,2,yes", None, "三级"),
    "an answer within an unknown unit": (
        "ladders.csv",
        "ladder,level,answer_within\nurge,1,2 moons",
        2,
        "2 moons",
    ),
    "a label that differs from the table": ("labels.csv", "term,label_zh\nsend_back,退回", 2, "退回"),
    "a retired word in use": ("labels.csv", "term,alternatives\nsend_back,派遣", 2, "派遣"),
    "a formula with an unknown word": (
        "indicators.csv",
        "id,formula\nfile_rate,100 * (n_moon) / (n_report)",
        2,
        "n_moon",
    ),
    "a formula of an unknown count": (
        "indicators.csv",
        "id,formula,numerator\nclose_rate,100 * (n_dreamt) / (n_need_close),n_dreamt",
        2,
        "n_dreamt",
    ),
    "a formula that leads back to itself": (
        "indicators.csv",
        "id,kind,formula,numerator,denominator\nn_close,rate,100 * (close_rate) / (n_file),close_rate,n_file",
        2,
        "绕回",
    ),
    "an indicator without a source": ("indicators.csv", "id,source\nclose_rate,", 2, "source"),
    "two editions of an indicator on one day": (
        "indicators.csv",
        "id,digits,valid_from,valid_to\nclose_rate,1,2024-01-01,2025-01-01\nclose_rate,0,2024-12-31,",
        3,
        "indicators.csv:2",
    ),
    "a group of streets": (
        "object_groups.csv",
        f"object,code,group,name_zh,area_class,source,confidence,note\nstreet,430202001,a,甲组,,{OWN},",
        2,
        "street",
    ),
    "a class of area without bands": (
        "object_groups.csv",
        f"object,code,group,name_zh,area_class,source,confidence,note\ndistrict,430202,a,甲组,9,{OWN},",
        2,
        "area_class",
    ),
    "weights that are not one": ("indicators.csv", "id,formula\narea_index,0.50*close_rate", 2, "area_index"),
    "a gap between bands": ("score_bands.csv", "band_table,band_seq,from\ngrade,2,41", None, "grade"),
    "an unknown setting": ("settings.csv", f"key,value,source,confidence\nmood,good,{OWN}", 2, "mood"),
    "a value that is not allowed": (
        "settings.csv",
        f"key,value,source,confidence\nfile_post,mayor,{OWN}",
        2,
        "mayor",
    ),
    "a number out of range": (
        "settings.csv",
        f"key,value,source,confidence\ndistrict_inner_percent,120,{OWN}",
        2,
        "120",
    ),
    "an unknown scope": (
        "settings.csv",
        f"key,value,scope,source,confidence\nmax_returns,3,village:1,{OWN}",
        2,
        "village:1",
    ),
    "a setting without a source": (
        "settings.csv",
        "key,value,source,confidence\nmax_returns,3,,C",
        2,
        "source",
    ),
    "a class on the quick list that does not exist": (
        "settings.csv",
        f"key,value,source,confidence\nquick_list,event:9999,{OWN}",
        2,
        "event:9999",
    ),
    "a shift nobody named": (
        "settings.csv",
        f"key,value,source,confidence\nnot_same_closer,dusk,{OWN}",
        2,
        "dusk",
    ),
    "a grade nobody gives": (
        "settings.csv",
        f"key,value,source,confidence\nrating_grades,好 不好,{OWN}",
        2,
        "rating_satisfied",
    ),
}


def test_the_shipped_tables_have_no_fault() -> None:
    assert find_faults() == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_refused_with_file_and_line(name: str, write_overlay: WriteOverlay) -> None:
    file, text, line, word = BROKEN[name]
    overlay = write_overlay({file: text})

    with pytest.raises(StandardsRefused) as refused:
        load_tables(overlay)

    said = [finding for finding in refused.value.findings if word in finding.text()]
    assert said, str(refused.value)
    if line is not None:
        assert any((finding.at.file, finding.at.line) == (f"city/{file}", line) for finding in said), str(said)
    assert all(finding.remedy() for finding in refused.value.findings)


def test_only_the_notes_of_a_post_may_be_changed_without_fault(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay({"posts.csv": "post,may_see\narchivist,everything"})
    assert find_faults(overlay) == ()


def test_all_faults_are_named_at_once(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {
            "moves.csv": moves("post,guards", "dispatch,filed,mayor,is_sunny", "accept,reported,king,act_allows"),
            "settings.csv": f"key,value,source,confidence\nfile_post,mayor,{OWN}",
        }
    )
    text = "\n".join(finding.text() for finding in find_faults(overlay))
    for word in ("city/moves.csv:2", "city/moves.csv:3", "city/settings.csv:2", "mayor", "king", "is_sunny"):
        assert word in text


def test_a_file_that_is_not_utf_8_is_refused(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay({})
    (overlay / "labels.csv").write_bytes("term,label_zh\nsend_back,回退\n".encode("gbk"))
    (finding,) = find_faults(overlay)
    assert "UTF-8" in finding.text()
    assert finding.at.file == "city/labels.csv"


def test_a_city_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    (finding,) = find_faults(tmp_path / "nowhere")
    assert "WANGGE_OVERLAY" in finding.remedy()


def test_a_lost_row_is_not_reported_again_in_other_words(write_overlay: WriteOverlay) -> None:
    """A stage that cannot be read would otherwise make every move of it dangle."""
    overlay = write_overlay({"stages.csv": "stage,is_ending\nhandling,perhaps"})
    (finding,) = find_faults(overlay)
    assert "perhaps" in finding.text()


def test_two_versions_of_a_row_may_not_hold_on_one_day(write_overlay: WriteOverlay) -> None:
    rows = "stage_clock,limit_value,valid_from,valid_to\naccept,20,2024-01-01,2024-07-01\naccept,25,{},"
    overlay = write_overlay({"stage_limits.csv": rows.format("2024-06-30")})
    (finding,) = find_faults(overlay)
    assert (finding.at.file, finding.at.line) == ("city/stage_limits.csv", 3)
    assert "city/stage_limits.csv:2" in finding.text()

    assert find_faults(write_overlay({"stage_limits.csv": rows.format("2024-07-01")})) == ()


def test_two_editions_may_not_be_in_force_on_one_day(write_overlay: WriteOverlay) -> None:
    rows = "\n".join(
        [
            "edition,valid_from,valid_to,source,confidence",
            f"{EDITION},2024-01-01,2025-01-01,{OWN}",
            f"{EDITION},2024-12-31,,{OWN}",
        ]
    )
    (finding,) = find_faults(write_overlay({"editions_in_force.csv": rows}))
    assert finding.at.line == 3


def test_a_fault_of_one_dated_state_is_found_although_another_day_is_asked(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {"moves.csv": moves("post,valid_from,valid_to", "dispatch,filed,mayor,2031-01-01,2032-01-01")}
    )
    with pytest.raises(StandardsRefused, match=r"city/moves\.csv:2"):
        load_tables(overlay)
