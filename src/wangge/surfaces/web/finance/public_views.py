"""What the public sees of accounts: only editions that were published after a secrecy review, as frozen then.

Printed cells, how they are formed and how many facts stand behind; never payees, vouchers or cases.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.disclosure.logic.labels import formula_text, label_of
from wangge.domains.disclosure.logic.tracing import Traced
from wangge.domains.disclosure.models import Form
from wangge.domains.disclosure.narrative.numbers import amount, amount_in_table, hundredths, percent
from wangge.domains.disclosure.queries.editions import (
    EditionLine,
    file_of,
    formats_of,
    frozen_cells,
    public_edition,
    published,
)
from wangge.domains.disclosure.queries.tracing import trace
from wangge.domains.disclosure.rendering.files import CONTENT_TYPES, FORMATS
from wangge.domains.disclosure.rendering.web import frozen_page_piece
from wangge.groundwork import clock
from wangge.standards.accounts.library import Accounts, load_accounts
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.finance.pages import (
    PublishedLine,
    PublishedListPage,
    PublishedPage,
    Slice,
    TracePage,
    TraceRow,
)
from wangge.surfaces.web.shells import shell_for

_FILES = {"final": "accounts", "budget": "budget"}


@require_safe
def published_list(request: HttpRequest) -> HttpResponse:
    """Every account and budget that is open; two statements."""
    lines = tuple(
        PublishedLine(
            _address("published_account", line), line.unit_name, line.year, line.number,
            line.stepped_at, line.reason if line.state == "corrected" else "", str(Form(line.form).label),
        )
        for line in _all_published()
    )  # fmt: skip
    page = PublishedListPage(shell_for(request, _("决算公开"), at=clock.now()), lines)
    return render(request, "web/finance/published_list.html", {"page": page})


def _all_published() -> list[EditionLine]:
    """Newest year first; of a year the account before the budget."""
    lines = [*published(form=Form.FINAL), *published(form=Form.BUDGET)]
    return sorted(lines, key=lambda line: (-line.year, line.unit, line.form != Form.FINAL))


def _address(name: str, line: EditionLine, *more: object) -> str:
    """An address of an edition; accounts need no word for what they are."""
    found = reverse(name, args=[line.unit, line.year, *more])
    return found if line.form == Form.FINAL else f"{found}?form={line.form}"


def _asked_form(request: HttpRequest) -> str:
    return Form.BUDGET if request.GET.get("form") == Form.BUDGET else Form.FINAL


@require_safe
def published_account(request: HttpRequest, unit: str, year: int) -> HttpResponse:
    """One published account or budget; 404 looks the same for none, another unit, and one not yet open."""
    line = _open_edition(unit, year, _asked_form(request))
    is_final = line.form == Form.FINAL
    title = _("%(year)s 年度%(unit)s决算") if is_final else _("%(year)s 年度%(unit)s预算")
    cells = frozen_cells(line.id)
    page = PublishedPage(
        shell_for(request, f"{year} {line.unit_name}", at=clock.now()),
        title % {"year": year, "unit": line.unit_name},
        line.unit_name, year, line.number, line.stepped_at,
        _("本版正在更正：%(reason)s") % {"reason": line.reason} if line.state == "corrected" else "",
        _slices(cells, year), _body(line), _downloads(line), line.digest, reverse("published_list"),
        _("决算数") if is_final else _("预算数"),
    )  # fmt: skip
    return render(request, "web/finance/published.html", {"page": page})


def _open_edition(unit: str, year: int, form: str) -> EditionLine:
    line = public_edition(unit=unit, year=year, form=form)
    if line is None:
        raise Http404(unit)
    return line


def _slices(cells: object, year: int) -> tuple[Slice, ...]:
    """Spending by class, the largest first."""
    assert isinstance(cells, dict)
    forms = load_accounts(str(year))
    total = hundredths(cells.get("01.r57", 0))
    found = [
        (forms.function_codes[code].name, hundredths(cells.get(f"01.{forms.row_of_class('01', code)}", 0)))
        for code in forms.classes
    ]
    return tuple(
        Slice(name, amount_in_table(value), f"{percent(value, total) or 0}%", amount(value))
        for name, value in sorted(found, key=lambda pair: -pair[1])
        if value
    )


def _body(line: EditionLine) -> SafeString:
    """The edition's own web page as it was frozen: what is shown is what was published; figures open their formula."""
    content = file_of(line.id, "html")
    if content is None:
        return mark_safe("")
    address = reverse("published_formula", args=[line.unit, line.year])
    # a budget is what was approved: below its cells lies nothing that could be opened
    cells = frozen_cells(line.id) if line.form == Form.FINAL else {}
    piece = frozen_page_piece(content.decode(), lambda name: f"{address}?cell={name}" if name in cells else "")
    return mark_safe(piece)  # noqa: S308 - our own rendering, escaped piece by piece when it was made


@require_safe
def published_formula(request: HttpRequest, unit: str, year: int) -> HttpResponse:
    """How a printed cell is formed: formula, the printed cells below it, and how many facts; never which."""
    line = _open_edition(unit, year, Form.FINAL)
    cells = frozen_cells(line.id)
    name = request.GET.get("cell", "")
    try:
        found, _vouchers = trace(year=year, unit=unit, cell=name)
    except KeyError as absent:
        raise Http404(name) from absent
    if name not in cells:
        raise Http404(name)
    address = reverse("published_formula", args=[unit, year])
    accounts = load_accounts(str(year))
    printed = amount_in_table(hundredths(cells[name]))
    rows = tuple(
        TraceRow(
            part.name,
            amount_in_table(hundredths(cells.get(part.name, 0))),
            _counted(part, accounts),
            f"{address}?cell={part.name}",
            label_of(part.name, accounts),
        )
        for part in found.parts
    )
    own = TraceRow(name, printed, _counted(found, accounts))
    page = TracePage(
        shell_for(request, name, at=clock.now()), name, line.unit_name, year,
        formula_text(found.formula, accounts), "", rows or (own,),
        reverse("published_account", args=[unit, year]), label_of(name, accounts), printed,
    )  # fmt: skip
    return render(request, "web/finance/trace.html", {"page": page})


def _counted(part: Traced, accounts: Accounts) -> str:
    if part.facts:
        return _("由 %(count)s 笔记录合计") % {"count": part.facts}
    return formula_text(part.formula, accounts)


def _downloads(line: EditionLine) -> tuple[Fact, ...]:
    kept = formats_of([line.id]).get(line.id, ())
    return tuple(Fact(name.upper(), "", _address("published_file", line, name)) for name in FORMATS if name in kept)


@require_safe
def published_file(request: HttpRequest, unit: str, year: int, format: str) -> HttpResponse:
    """A file of the edition, byte for byte as it was frozen."""
    line = _open_edition(unit, year, _asked_form(request))
    content = file_of(line.id, format) if format in FORMATS else None
    if content is None:
        raise Http404(format)
    response = HttpResponse(content, content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="{_FILES[line.form]}-{unit}-{year}-{line.number}.{format}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
