"""The names of the shared inboxes: whose post, unit or case a message lies at, and which ones a person opens.

Pure. ``post:acceptor`` is read by every holder of the post (of a district: only what concerns it), ``unit:D017`` by
everyone of the unit, ``case:430202-20240313-00001`` is for the reporter of that case, who may have no account: the
pages of his report show it, and a channel to his telephone reads the same facts as a consumer of its own.
"""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor


def of_post(post: str) -> str:
    """The inbox of a desk or another post."""
    return f"post:{post}"


def of_unit(department_code: str) -> str:
    """The inbox of a responsible unit."""
    return f"unit:{department_code}"


def of_case(number: str) -> str:
    """The inbox for the reporter of a case."""
    return f"case:{number}"


def opened_by(actor: Actor) -> list[tuple[str, str]]:
    """(inbox, district or empty for the whole city) for everything the actor's posts let him read."""
    found: set[tuple[str, str]] = set()
    for holding in actor.holdings:
        if holding.department_code is not None:
            found.add((of_unit(holding.department_code), ""))
        else:
            found.add((of_post(holding.post), holding.district_code or ""))
    whole = {inbox for inbox, district in found if not district}
    return sorted((inbox, district) for inbox, district in found if not district or inbox not in whole)
