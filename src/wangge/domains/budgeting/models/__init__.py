"""The tables of budget execution, re-exported under one name."""

from wangge.domains.budgeting.models.allotments import Allotment, AllotmentChange, AllotmentTotal, Dimension, Stage
from wangge.domains.budgeting.models.ledger import (
    ADJUSTMENT_PERIOD,
    AccountBalance,
    LedgerBalance,
    Phase,
    Posting,
    Side,
    System,
    Voucher,
    VoucherCheck,
)
from wangge.domains.budgeting.models.payments import Payment, PaymentState, PaymentStep
from wangge.domains.budgeting.models.records import LedgerUpload, Record
from wangge.domains.budgeting.models.units import (
    BudgetUnit,
    BudgetYear,
    BudgetYearStep,
    LedgerImport,
    UnitKind,
    YearAct,
    YearState,
)

__all__ = [
    "ADJUSTMENT_PERIOD",
    "AccountBalance",
    "Allotment",
    "AllotmentChange",
    "AllotmentTotal",
    "BudgetUnit",
    "BudgetYear",
    "BudgetYearStep",
    "Dimension",
    "LedgerBalance",
    "LedgerImport",
    "LedgerUpload",
    "Payment",
    "PaymentState",
    "PaymentStep",
    "Phase",
    "Posting",
    "Record",
    "Side",
    "Stage",
    "System",
    "UnitKind",
    "Voucher",
    "VoucherCheck",
    "YearAct",
    "YearState",
]
