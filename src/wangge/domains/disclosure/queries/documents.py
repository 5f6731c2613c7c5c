"""The document of a unit and year as it would be published now."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.domains.disclosure.document import Document
from wangge.domains.disclosure.narrative.account import Account
from wangge.domains.disclosure.narrative.whole import write_document
from wangge.domains.disclosure.queries.telling import account_of
from wangge.domains.disclosure.rendering.tables import Tables, nine_tables
from wangge.domains.self_evaluation.policies import city_performance_tables
from wangge.standards.accounts.library import Accounts, load_accounts
from wangge.standards.narrative import sentences


@dataclass(frozen=True, slots=True)
class Written:
    """A document with the account it was written from and the forms of its year."""

    account: Account
    document: Document
    forms: Accounts


def written(*, year: int, unit: str) -> Written:
    """The document from the facts as they stand. Raises ``UnitUnknown``."""
    return written_from(account_of(year=year, unit=unit))


def written_from(account: Account) -> Written:
    """The document of an account that is at hand."""
    forms = load_accounts(str(account.year))
    words = sentences()
    tables = Tables(
        account.unit.name, account.cells, account.names, words["table.empty_fund"], words["table.empty_capital"],
        words["table.empty_three"],
    )  # fmt: skip
    document = write_document(account, nine_tables(tables, forms), performance=city_performance_tables())
    return Written(account, document, forms)
