"""The document as an accessible web page that stands alone: no script, no address outside, figures by their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape

from wangge.domains.disclosure.document import (
    Cell,
    Contents,
    Document,
    Figure,
    Grid,
    Heading,
    Paragraph,
)

_STYLE = """
body{font:16px/1.75 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;max-width:60rem;margin:0 auto;
padding:1rem;color:#16191d;background:#fff}
h1,h2{text-align:center}.cover{font-size:1.75rem;font-weight:700;text-align:center}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}th,td{border:1px solid #777;padding:.25rem .5rem}td.right{text-align:right}
td.center,th{text-align:center}caption{font-weight:700;padding:.5rem}.head{display:flex;justify-content:space-between}
p{text-indent:2em}nav p,.head p,.note{text-indent:0}.note{font-size:.875rem}
@media(prefers-color-scheme:dark){body{color:#e8ebee;background:#14171a}th,td{border-color:#666}}
"""


def as_web_page(document: Document) -> str:
    """The whole document as one HTML file."""
    body = "\n".join(_blocks(document))
    return (
        '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n"
        "</main>\n</body>\n</html>\n"
    )


def as_page_piece(document: Document, link: Callable[[str], str]) -> str:
    """The document as a piece of a page of the product; each figure opens what ``link`` says, "" for nothing."""
    return _linked("\n".join(_blocks(document)), link)


def frozen_page_piece(file: str, link: Callable[[str], str]) -> str:
    """The same of a file that was rendered before: what stands in its ``main``."""
    return _linked(file.partition("<main>")[2].partition("</main>")[0], link)


def _linked(body: str, link: Callable[[str], str]) -> str:
    return _FIGURE.sub(lambda found: _opened(found, link), body)


# What the pieces below print around a named figure; names and texts are escaped already.
_FIGURE = re.compile(
    r'<data value="[^"]*" data-figure="(?P<run>[^"]+)">(?P<said>[^<]*)</data>'
    r'|(?P<head><td[^>]* data-figure="(?P<cell>[^"]+)">)(?P<text>[^<]+)</td>'
)


def _opened(found: re.Match[str], link: Callable[[str], str]) -> str:
    name = unescape(found["run"] or found["cell"])
    url = link(name)
    said = found["said"] if found["run"] else found["text"]
    shown = f'<a class="figure" href="{escape(url)}" id="figure-{escape(name)}">{said}</a>' if url else said
    return shown if found["run"] else f"{found['head']}{shown}</td>"


def _blocks(document: Document) -> Iterator[str]:
    anchors = iter(range(1, 10_000))
    for block in document.blocks:
        match block:
            case Heading(level=0):
                yield f'<p class="cover">{escape(block.text)}</p>'
            case Heading():
                level = block.level + 1
                id = f' id="h{next(anchors)}"' if block.in_contents else ""
                yield f"<h{level}{id}>{escape(block.text)}</h{level}>"
            case Paragraph():
                yield f"<p>{_runs(block)}</p>"
            case Contents():
                yield _contents(document)
            case Grid():
                yield grid_as_html(block)


def _runs(paragraph: Paragraph) -> str:
    return "".join(
        f'<data value="{escape(run.text)}" data-figure="{escape(run.id)}">{escape(run.text)}</data>'
        if isinstance(run, Figure)
        else escape(run)
        for run in paragraph.runs
    )


def _contents(document: Document) -> str:
    lines = "".join(
        f'<p><a href="#h{number}">{escape(heading.text)}</a></p>'
        for number, heading in enumerate(document.headings(), start=1)
    )
    return f'<nav aria-label="目录"><h2>目录</h2>{lines}</nav>'


def grid_as_html(grid: Grid) -> str:
    """One table with caption, scope of its heads, and its notes."""
    head = "".join(_row(row, in_head=True) for row in grid.rows[: grid.head_rows])
    body = "".join(_row(row, in_head=False) for row in grid.rows[grid.head_rows :])
    notes = "".join(f'<p class="note">{escape(note)}</p>' for note in grid.notes)
    return (
        f'<section aria-label="{escape(grid.title)}"><p class="note">{escape(grid.number)}</p>'
        f'<div class="head"><p>{escape(grid.head)}</p><p>{escape(grid.measure)}</p></div>'
        f'<div class="wide" tabindex="0"><table><caption>{escape(grid.title)}</caption>'
        f"{f'<thead>{head}</thead>' if head else ''}<tbody>{body}</tbody></table></div>{notes}</section>"
    )


def _row(row: tuple[Cell, ...], *, in_head: bool) -> str:
    return f"<tr>{''.join(_cell(cell, in_head=in_head) for cell in row)}</tr>"


def _cell(cell: Cell, *, in_head: bool) -> str:
    tag = "th" if cell.is_head else "td"
    spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    scope = f' scope="{"col" if in_head else "row"}"' if cell.is_head else f' class="{cell.align.value}"'
    name = f' data-figure="{escape(cell.id)}"' if cell.id else ""
    return f"<{tag}{spans}{scope}{name}>{escape(cell.text)}</{tag}>"
