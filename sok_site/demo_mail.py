"""Mails that do not leave: where no mail server is named, a page shows them. Sending: places/letters.py."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

MOST_MAILS = 30
_END_OF_MAIL = b"\n" + b"-" * 79 + b"\n"  # as Django's file backend writes it


@dataclass(frozen=True)
class Mail:
    """One mail as whoever gets it would read it."""

    subject: str
    to: str
    text: str
    sent_at: datetime | None


def lies_here() -> bool:
    """Whether mails stay on this machine, and nobody else is served who could read them."""
    return not settings.MAIL_LEAVES and not settings.PUBLIC_HOSTS


@require_safe
@never_cache
def demo_mail(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first; not found where mails leave or others are served."""
    if not lies_here():
        raise Http404
    response = render(request, "pages/demo_mail.html", {"mails": newest(Path(settings.EMAIL_FILE_PATH), MOST_MAILS)})
    response["X-Robots-Tag"] = "noindex"
    return response


def newest(folder: Path, most: int) -> list[Mail]:
    """The last mails that Django's file backend wrote into ``folder``, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    mails: list[Mail] = []
    for file in files:
        if len(mails) >= most:
            break
        parts = [part for part in file.read_bytes().split(_END_OF_MAIL) if part.strip()]
        mails += [_read(part) for part in reversed(parts)]
    return mails[:most]


def _read(content: bytes) -> Mail:
    message = message_from_bytes(content.lstrip(b"\n"), policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    sent_at = message["date"].datetime if message["date"] is not None else None
    if sent_at is not None and sent_at.tzinfo is None:  # UTC as Django writes it, "-0000", is no zone to Python
        sent_at = sent_at.replace(tzinfo=UTC)
    return Mail(
        subject=str(message["subject"] or "").strip(),
        to=str(message["to"] or ""),
        text=body.get_content().strip() if body is not None else "",
        sent_at=sent_at,
    )
