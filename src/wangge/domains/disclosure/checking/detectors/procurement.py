"""Detectors on procurement: the shares of small enterprises and their bases."""

from __future__ import annotations

from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.recognition.cells import CENT
from wangge.domains.disclosure.checking.rules.weighing import HUNDRED, rounded

_KINDS = ("goods", "works", "services")


def _micro_base(asked: Asked) -> str:
    where = asked.where("N.s11.micro.share")
    return "N.s11.total" if "采购支出总额" in where.partition("小微")[2] else "N.s11.sme"


@detector("micro_base")
def micro_base(asked: Asked) -> Checked:
    """A 小微 share that fits the other base than the one named."""
    checked = Checked()
    micro, share = asked.value("N.s11.micro"), asked.value("N.s11.micro.share")
    named = _micro_base(asked)
    other = "N.s11.sme" if named == "N.s11.total" else "N.s11.total"
    base, else_base = asked.value(named), asked.value(other)
    if micro is None or share is None or not base or not else_base:
        return checked
    right, wrong = rounded(micro * HUNDRED / base, CENT), rounded(micro * HUNDRED / else_base, CENT)
    if not checked.sees(not (share == wrong != right)):
        checked.faults.append(
            Fault(
                ["N.s11.micro.share"],
                asked.where("N.s11.micro.share"),
                "小微企业占比用了另一个分母",
                f"{plain(share)}%",
                f"{plain(right)}%",
                place=asked.place("N.s11.micro.share"),
                repairable=True,
            )
        )
    return checked


@detector("sme_parts")
def sme_parts(asked: Asked) -> Checked:
    """Small enterprises' parts of goods, works and services add up to their whole."""
    checked = Checked()
    sme = asked.value("N.s11.sme")
    total = error = Decimal(0)
    seen = []
    for kind in _KINDS:
        amount, share = asked.value(f"N.s11.{kind}"), asked.value(f"N.s11.{kind}.share")
        if not amount:
            continue
        if share is None:
            return checked
        step = asked.paper.cells[f"N.s11.{kind}.share"].step
        step = CENT if step == 1 and share in (0, 100) else step
        total += amount * share / HUNDRED
        error += amount * step / HUNDRED / 2 + CENT / 2
        seen += [f"N.s11.{kind}.share"]
    if sme is None or not seen:
        return checked
    if not checked.sees(abs(total - sme) <= error + CENT):
        checked.faults.append(
            Fault(
                ["N.s11.sme", *seen],
                asked.where("N.s11.sme"),
                "货物、工程、服务授予中小企业金额之和与总额不符",
                plain(sme),
                plain(rounded(total, CENT)),
                sme - total,
                place=asked.place("N.s11.sme"),
            )
        )
    return checked
