"""The result as one HTML page that needs nothing else: findings in order, and the paper with each spot marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from html import escape

from wangge.domains.disclosure.checking.findings.finding import Finding, Result
from wangge.domains.disclosure.checking.reading.blocks import Grid, Paragraph, Row
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES, headline, overview

_STYLE = """
:root{color-scheme:light dark;--line:#8886;--error:#c62828;--warning:#b26a00;--note:#4a6572}
body{font:16px/1.6 system-ui,"Noto Sans CJK SC",sans-serif;margin:0 auto;max-width:72rem;padding:1rem}
table{border-collapse:collapse;margin:.5rem 0;font-size:.85rem}td{border:1px solid var(--line);padding:.15rem .4rem}
.finding{border-left:.3rem solid var(--note);padding:.2rem .8rem;margin:.6rem 0}
.error{border-color:var(--error)}.warning{border-color:var(--warning)}
mark{padding:0 .15rem}mark.error{background:#ffcdd2;color:#000}mark.warning{background:#ffe0b2;color:#000}
mark.note{background:#cfd8dc;color:#000}.scroll{overflow-x:auto}small{opacity:.75}
"""


def page_of(result: Result) -> str:
    """The page."""
    spots = _spots(result.findings)
    parts = [
        "<!doctype html><html lang='zh-CN'><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>{escape(headline(result))}</title><style>{_STYLE}</style><body><h1>{escape(headline(result))}</h1>",
        f"<p>{escape(overview(result.findings, result.outcomes))}</p><h2>疑点</h2>",
        *(_finding(number, finding) for number, finding in enumerate(result.findings, 1)),
        "<h2>原文</h2>",
    ]
    for block in result.paper.document.blocks:
        parts.append(_block(block, spots))
    return "".join(parts) + "</body></html>"


def _spots(findings: Iterable[Finding]) -> dict[tuple[int, int, int, str], list[tuple[int, Finding]]]:
    found: dict[tuple[int, int, int, str], list[tuple[int, Finding]]] = defaultdict(list)
    for number, finding in enumerate(findings, 1):
        place = finding.place
        found[place.line, place.block if not place.line else 0, place.row, place.sheet].append((number, finding))
    return found


def _finding(number: int, finding: Finding) -> str:
    rules = "、".join((finding.rule, *finding.also))
    expected = f" → {escape(finding.expected)}" if finding.expected else ""
    difference = f"（相差 {escape(finding.difference)}）" if finding.difference else ""
    return (
        f"<div class='finding {finding.severity.value}' id='f{number}'><b>{number}. {SEVERITIES[finding.severity]}</b> "
        f"<a href='#s{number}'>{escape(finding.where)}</a>：{escape(finding.message)}<br>"
        f"{escape(finding.printed or '（空）')}{expected}{difference} · {CAUSES[finding.cause]}<br>"
        f"<small>{escape(rules)} · {escape(finding.basis)}</small></div>"
    )


def _block(block: Paragraph | Grid, spots: dict[tuple[int, int, int, str], list[tuple[int, Finding]]]) -> str:
    if isinstance(block, Paragraph):
        place = block.place
        here = spots.get((place.line, place.block if not place.line else 0, place.row, place.sheet), [])
        return f"<p>{_marked(block.text, here)}</p>"
    rows = "".join(_row(row, spots) for row in block.rows)
    return f"<div class='scroll'><table>{rows}</table></div>"


def _row(row: Row, spots: dict[tuple[int, int, int, str], list[tuple[int, Finding]]]) -> str:
    place = row.place
    here = spots.get((place.line, place.block if not place.line else 0, place.row, place.sheet), [])
    told: set[int] = set()
    cells = []
    for cell in row.cells:
        mine = [(n, f) for n, f in here if n not in told and f.printed and cell.strip() == f.printed.strip()]
        told |= {n for n, _ in mine}
        cells.append((cell, mine))
    rest = [(n, f) for n, f in here if n not in told]
    out = "".join(f"<td>{_marked(cell, mine)}</td>" for cell, mine in cells)
    if rest:
        out += "<td>" + "".join(_anchor(n, f, "◀") for n, f in rest) + "</td>"
    return f"<tr>{out}</tr>"


def _marked(text: str, here: list[tuple[int, Finding]]) -> str:
    """The text with what is printed wrongly marked where it stands, or a mark at its end."""
    out, tail = escape(text), ""
    for number, finding in here:
        printed = escape(finding.printed)
        mark = _anchor(number, finding, finding.printed)
        if printed and out.count(printed) >= 1 and len(printed) >= 1:
            out = out.replace(printed, mark, 1)
        else:
            tail += _anchor(number, finding, f"◀{number}")
    return out + tail


def _anchor(number: int, finding: Finding, text: str) -> str:
    title = escape(f"{number}. {finding.message}", quote=True)
    mark = f"<mark class='{finding.severity.value}' title='{title}'>{escape(text)}</mark>"
    return f"<a href='#f{number}' id='s{number}'>{mark}</a>"
