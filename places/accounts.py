"""Accounts of people who proved an e-mail address. Signing in is django-allauth's; what they may do: permissions.py."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import get_random_string

from places.models import Correspondence

NAME_LENGTH = 12  # of a name that nobody types: people sign in by their address


@transaction.atomic
def account_for(email: str, language: str = "de") -> User:
    """The account of whoever has just proved to read ``email``: the one there is, or a new one without a password.

    Say to nobody which of the two it was.
    """
    email = email.strip().lower()
    known = EmailAddress.objects.filter(email__iexact=email, verified=True).select_related("user").first()
    if known is not None:
        owner: User = known.user
        return owner
    # An administrator may have made the account and typed the address; now it is proved. Nobody else can type one.
    user = User.objects.filter(email__iexact=email).order_by("pk").first()
    if user is None:
        user = User.objects.create_user(get_random_string(NAME_LENGTH).lower(), email=email)
    EmailAddress.objects.filter(user=user).exclude(email=email).delete()
    EmailAddress.objects.update_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    Correspondence.objects.get_or_create(user=user, defaults={"language": language})
    return user
