"""The tables of the cases, re-exported under one name."""

from wangge.domains.cases.models.case import Case, CaseMatter, CaseNumberCounter
from wangge.domains.cases.models.history import CaseStep, PrivateTexts, WriteReceipt
from wangge.domains.cases.models.import_runs import ImportKind, ImportRun, ImportState

__all__ = [
    "Case", "CaseMatter", "CaseNumberCounter", "CaseStep", "ImportKind", "ImportRun", "ImportState", "PrivateTexts",
    "WriteReceipt",
]  # fmt: skip
