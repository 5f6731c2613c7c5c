"""Sends an answer by e-mail, through the mail server of the settings; the same answer bears the same Message-ID."""

from __future__ import annotations

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage

from wangge.domains.replies.operations.sending import SendFailed
from wangge.domains.replies.wording import Reply

_REFUSED_FOR_GOOD = range(500, 600)


def send(where: str, reply: Reply) -> None:
    """Hand one message to the mail server."""
    host = settings.REPLIES.email_from.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMessage(
        subject=reply.subject, body=reply.text, from_email=settings.REPLIES.email_from, to=[where],
        headers={"Message-ID": f"<{reply.message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    hand_over(message)


def hand_over(message: EmailMessage) -> None:
    """Give a message to the mail server; raises SendFailed as it was refused."""
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _said in refused.recipients.values()]
        raise SendFailed(f"SMTP {codes}", is_final=all(code in _REFUSED_FOR_GOOD for code in codes)) from refused
    except smtplib.SMTPResponseException as refused:
        raise SendFailed(f"SMTP {refused.smtp_code}") from refused
    except (smtplib.SMTPException, OSError) as failed:
        raise SendFailed(f"{type(failed).__name__}: {failed}", is_down=True) from failed
    except ValueError as wrong:  # an address no header can hold
        raise SendFailed(str(wrong), is_final=True) from wrong
