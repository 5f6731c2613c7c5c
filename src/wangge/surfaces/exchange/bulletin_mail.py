"""Sends a published bulletin as PDF by the city's mail server; the same message bears the same Message-ID."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from wangge.domains.disclosure.rendering.pdf import as_pdf
from wangge.domains.evaluation.logic.bulletins import months_in
from wangge.domains.evaluation.queries.results import published_months
from wangge.domains.replies.operations.sending import SendFailed
from wangge.surfaces.exchange.replies.by_email import hand_over
from wangge.surfaces.web.assessment.bulletin import title_of
from wangge.surfaces.web.assessment.bulletin_paper import NoBulletin, published_paper
from wangge.surfaces.web.assessment.words import figure_url

_BODY = "{title}已发布，附后。\n\n网页上每个数点开即见其案卷：{where}\n不再订阅：在“考评通报”页取消订阅。\n"
"""Like the bulletin itself the letter is Chinese."""


@dataclass(frozen=True, slots=True)
class _Addresses:
    """Addresses of the pages for a file that is read elsewhere."""

    base: str

    def figure(self, result: str, name: str) -> str:
        return self.base + figure_url(result, name)

    def score(self, period: str, kind: str, code: str) -> str:
        return self.base + reverse("assessment_object", args=[period, kind, code])

    def month(self, period: str) -> str:
        return self.base + reverse("bulletin", args=[period])


def send(where: str, bulletin: str, message_id: str) -> None:
    """Hand one bulletin to the mail server; raises SendFailed."""
    base, title, sender = _base(), title_of(bulletin), settings.REPLIES.email_from
    issues = tuple(each.id for each in published_months(whole=False) if each.period in months_in(bulletin))
    try:
        attached = _pdf_of(bulletin, issues, base)
    except NoBulletin as missing:
        raise SendFailed("not published", is_final=True) from missing
    host = sender.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMessage(
        subject=title, body=_BODY.format(title=title, where=base + reverse("bulletin", args=[bulletin])),
        from_email=sender, to=[where],
        headers={"Message-ID": f"<{message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    message.attach(f"bulletin-{bulletin}.pdf", attached, "application/pdf")
    hand_over(message)


@lru_cache(maxsize=4)
def _pdf_of(bulletin: str, _issues: tuple[str, ...], base: str) -> bytes:
    """Set once for all who get it; a correction has another issue."""
    _paper, document, _results = published_paper(bulletin, _Addresses(base))
    return as_pdf(document)


def _base() -> str:
    """Where the pages are opened: the first host of the settings that is a name; bare paths without one."""
    host = next((each for each in settings.ENVIRONMENT.hosts if "*" not in each and not each.startswith(".")), "")
    return f"https://{host}" if host else ""
