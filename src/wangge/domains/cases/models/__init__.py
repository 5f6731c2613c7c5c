"""The tables of the cases, re-exported under one name."""

from wangge.domains.cases.models.case import Case, CaseMatter, CaseNumberCounter
from wangge.domains.cases.models.history import CaseStep, PrivateTexts, WriteReceipt

__all__ = ["Case", "CaseMatter", "CaseNumberCounter", "CaseStep", "PrivateTexts", "WriteReceipt"]
