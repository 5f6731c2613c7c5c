"""The command ``wangge accounts audit``: a disclosure checked before it is published; no city, no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from wangge.domains.disclosure.checking.batch import Checked, checked_files
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused
from wangge.domains.disclosure.checking.reports.as_excel import excel_of
from wangge.domains.disclosure.checking.reports.as_page import page_of
from wangge.domains.disclosure.checking.reports.as_word import word_of
from wangge.domains.disclosure.checking.reports.letters import letters_of, overview_page, ranked
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES
from wangge.domains.disclosure.checking.work import Task, check_file
from wangge.project.commands.bars import counted_bar
from wangge.project.words import _

_FILE = click.Path(path_type=Path, dir_okay=False)
_COLOURS = {"error": "red", "warning": "yellow", "note": "dim"}


@click.command(help=_("决算公开前校核：读 PDF、DOCX、XLSX、HTML、MD、TXT；有错误以 1 退出，文件不能读以 2 退出。"))
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--previous", type=_FILE, help=_("上年公开的决算，用于核对年初结转与上年数。"))
@click.option("--budget", type=_FILE, help=_("本年公开的预算。"))
@click.option("--tables", type=_FILE, help=_("决算系统导出的公开表（XLSX），逐格比对。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出 JSON；多个文件时为数组，次序同参数。"))
@click.option("--html", type=_FILE, help=_("另写一份网页报告，疑点标在原文处；多个文件时为汇总。"))
@click.option("--word", type=_FILE, help=_("另写一份 Word 报告（单个文件）。"))
@click.option("--excel", type=_FILE, help=_("另写一份 Excel 报告（单个文件）。"))
@click.option(
    "--letters", type=click.Path(path_type=Path, file_okay=False), help=_("给每个单位写一封反馈函，放入此目录。")
)
@click.option("--ocr", is_flag=True, help=_("扫描件用本机的 tesseract（chi_sim）识别。"))
@click.option("--jobs", type=click.IntRange(min=1), help=_("并行进程数，默认与处理器数相同。"))
@click.option("--all", "show_all", is_flag=True, help=_("终端里也列出提示。"))
def audit(
    *,
    files: tuple[Path, ...],
    previous: Path | None,
    budget: Path | None,
    tables: Path | None,
    as_json: bool,
    html: Path | None,
    word: Path | None,
    excel: Path | None,
    letters: Path | None,
    ocr: bool,
    jobs: int | None,
    show_all: bool,
) -> None:
    """Check every file, print, write what was asked for, exit 0, 1 or 2."""
    if len(files) > 1 and (word or excel):
        raise click.UsageError(_("--word 与 --excel 只用于单个文件；多个文件请用 --letters。"))
    tasks = [Task(path, previous, budget, tables, ocr) for path in files]
    quiet = len(tasks) == 1 or not sys.stderr.isatty()
    with counted_bar(_("校核"), len(tasks), unit=_("份"), quiet=quiet) as tell:
        answers = list(checked_files(tasks, jobs=jobs or 0, tell=tell))
    _write_reports(tasks, answers, html=html, word=word, excel=excel, letters=letters)
    if as_json:
        found = [each.json for each in answers]
        click.echo(json.dumps(found if len(found) > 1 else found[0], ensure_ascii=False, indent=1))
    else:
        _print(answers, show_all=show_all)
    sys.exit(2 if any(each.is_refused for each in answers) else int(any(each.count("error") for each in answers)))


def _write_reports(
    tasks: list[Task],
    answers: list[Checked],
    *,
    html: Path | None,
    word: Path | None,
    excel: Path | None,
    letters: Path | None,
) -> None:
    if letters:
        letters.mkdir(parents=True, exist_ok=True)
        for name, letter in letters_of(answers).items():
            (letters / name).write_bytes(letter)
    if len(answers) > 1:
        if html:
            html.write_text(overview_page(answers), encoding="utf-8")
        return
    if not (html or word or excel) or answers[0].is_refused:
        return
    try:
        result = check_file(tasks[0])
    except ReadingRefused as refused:  # the file changed meanwhile
        raise click.ClickException(str(refused)) from None
    if html:
        html.write_text(page_of(result), encoding="utf-8")
    if word:
        word.write_bytes(word_of(result))
    if excel:
        excel.write_bytes(excel_of(result))


def _print(answers: list[Checked], *, show_all: bool) -> None:
    console = Console()
    if len(answers) > 1:
        table = Table(_("单位"), _("年度"), _("错误"), _("提醒"), _("提示"), _("文件"))
        for each in ranked(answers):
            counts = [str(each.count(kind)) for kind in ("error", "warning", "note")]
            row = counts if not each.is_refused else ["–", "–", "–"]
            table.add_row(each.unit, str(each.year or ""), *row, f"{each.file} {each.refused}".strip())
        console.print(table)
        return
    answer = answers[0]
    if answer.is_refused:
        click.echo(answer.refused, err=True)
        return
    _print_one(answer, console, show_all=show_all)


def _print_one(answer: Checked, console: Console, *, show_all: bool) -> None:
    shown = [finding for finding in answer.findings if show_all or finding.severity != "note"]
    table = Table(_("程度"), _("规则"), _("位置"), _("原文"), _("应为"), _("说明"), show_lines=True)
    for finding in shown:
        cause = f"（{CAUSES[finding.cause]}）" if finding.cause == "reading" else ""
        table.add_row(
            SEVERITIES[finding.severity],
            finding.rule,
            f"{finding.where} {finding.place}".strip(),
            finding.printed,
            finding.expected,
            finding.message + cause,
            style=_COLOURS[finding.severity],
        )
    if shown:
        console.print(table)
    counts = {kind: answer.count(kind) for kind in ("error", "warning", "note")}
    console.print(
        _("错误 {error}，提醒 {warning}，提示 {note}。").format(**counts)
        + _("规则 {rules_run} 条：通过 {passed}，不通过 {failed}，不适用 {not_applicable}。").format(
            **answer.json["summary"]
        )
    )
