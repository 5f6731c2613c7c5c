"""The tables of the self-evaluation, re-exported under one name."""

from wangge.domains.self_evaluation.models.evidence import Reading, Statement
from wangge.domains.self_evaluation.models.forms import Form, FormKind, FormStep, TargetLine, TargetSet
from wangge.domains.self_evaluation.models.results import Monitoring, Result

__all__ = [
    "Form",
    "FormKind",
    "FormStep",
    "Monitoring",
    "Reading",
    "Result",
    "Statement",
    "TargetLine",
    "TargetSet",
]
