"""Mails, in plain text. Each is a template in templates/letters/: its first line is the subject."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.template import Context, Engine
from django.urls import reverse
from django.utils import translation

from places.models import Correspondence
from places.tasks import post


def write(
    letter: str, to: str, *, language: str = "", headers: Mapping[str, str] | None = None, **context: Any
) -> None:
    """Send the letter of this name to one address as soon as what it speaks of is stored."""
    with translation.override(language or settings.LANGUAGE_CODE):
        template = Engine.get_default().get_template(f"letters/{letter}.txt")
        text = template.render(Context({**context, "site": settings.SITE_URL}, autoescape=False))
    subject, _, body = text.strip().partition("\n")
    post(" ".join(subject.split()), body.strip() + "\n", [to], dict(headers or {}))


def write_to(user: AbstractBaseUser, letter: str, *, headers: Mapping[str, str] | None = None, **context: Any) -> None:
    """Send a letter to somebody with an account, in the language chosen there; nothing without an address."""
    address = getattr(user, user.get_email_field_name())
    if address:
        language = Correspondence.objects.filter(user=user.pk).values_list("language", flat=True).first() or ""
        write(letter, address, language=language, headers=headers, **context)


def address_of(name: str, *args: Any) -> str:
    """The whole address of a page, for a letter."""
    return settings.SITE_URL + reverse(name, args=args)
