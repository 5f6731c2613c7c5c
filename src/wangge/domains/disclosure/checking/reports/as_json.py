"""The stable JSON of the check; its schema is ``docs/schemas/accounts-check.schema.json``."""

from __future__ import annotations

from typing import Any

from wangge.domains.disclosure.checking.findings.finding import Finding, Outcome, Result
from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.cells import Cell


def result_as_json(result: Result) -> dict[str, Any]:
    """The whole result of one paper."""
    paper = result.paper
    document = paper.document
    outcomes = list(result.outcomes.values())
    tables = {name: cell for name, cell in paper.cells.items() if not name.startswith(("N.", "R."))}
    figures = [cell for name, cell in paper.cells.items() if name.startswith(("N.", "R."))]
    return {
        "document": {
            "file": document.name,
            "kind": document.kind.value,
            "unit": paper.unit,
            "year": paper.year,
            "sha256": document.sha256,
            "remarks": list(document.remarks),
        },
        "cells": {name: _cell(cell) for name, cell in tables.items()},
        "figures": [{"name": cell.name, **_cell(cell)} for cell in figures],
        "findings": [finding_as_json(finding) for finding in result.findings],
        "rules": {name: outcome.value for name, outcome in result.outcomes.items()},
        "summary": {
            "rules_run": sum(outcome is not Outcome.NOT_APPLICABLE for outcome in outcomes),
            "passed": outcomes.count(Outcome.PASS),
            "failed": outcomes.count(Outcome.FAIL),
            "not_applicable": outcomes.count(Outcome.NOT_APPLICABLE),
        },
    }


def refusal_as_json(file: str, reason: str, text: str) -> dict[str, Any]:
    """In the place of a result: the file could not be read."""
    return {"document": {"file": file}, "refused": {"reason": reason, "message": text}}


def _cell(cell: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {
        "value": f"{cell.value:f}" if cell.value is not None else None,
        "printed": cell.printed,
        "confidence": cell.confidence,
        "where": f"{cell.where}（{cell.place}）" if str(cell.place) else cell.where,
    }
    if cell.repaired_from:
        found["printed_row"] = cell.repaired_from
    return found


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One finding."""
    return {
        "rule": finding.rule,
        "title": finding.title,
        "severity": finding.severity.value,
        "cells": finding.cells,
        "where": " ".join(
            part for part in (finding.where, f"（{finding.place}）" if str(finding.place) else "") if part
        ),
        "place": _place(finding.place),
        "printed": finding.printed,
        "expected": finding.expected,
        "difference": finding.difference,
        "cause": finding.cause.value,
        "message": finding.message,
        "basis": finding.basis,
        "repair": {"cell": finding.repair.cell, "value": finding.repair.value} if finding.repair else None,
        "also": finding.also,
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        key: value
        for key, value in (
            ("line", place.line),
            ("page", place.page),
            ("sheet", place.sheet),
            ("row", place.row),
            ("block", place.block),
        )
        if value
    }
