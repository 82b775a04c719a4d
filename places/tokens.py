"""Keys to the API: make one, revoke it, find whose it is. What can be done with one: places/api.

Whoever comes with a key acts as its owner, but never with a mandate to review and never as an administrator: a key
that got lost must not publish anything.
"""

from datetime import date, timedelta
from hashlib import sha256

from django.contrib.auth.models import AbstractBaseUser, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from places import letters
from places.models import ApiToken
from places.models.token import LONGEST_NAME

PREFIX = "sok_"  # by it those who search published code for secrets know what they have found
SECRET_LENGTH = 40  # letters and digits: 238 bits, so nobody guesses one, and a plain digest is enough
DAYS_AT_MOST = 731
TOKENS_AT_MOST = 20


@transaction.atomic
def make_token(owner: AbstractBaseUser, *, name: str, ends_on: date, today: date) -> str:
    """Make a key for ``owner`` and write to them that there is one. What comes back is shown once and kept nowhere.

    Raises ValidationError for a name that is missing, too long or taken, an end that has passed or is too far away,
    and where there are too many keys.
    """
    User.objects.select_for_update().get(pk=owner.pk)  # two at once are counted one after the other
    name = " ".join(name.split())
    tokens = ApiToken.objects.filter(owner=owner.pk)
    if not name or len(name) > LONGEST_NAME:
        raise ValidationError({"name": _("Bitte schreiben Sie kurz, wofür der Schlüssel ist.")})
    if tokens.filter(name=name).exists():
        raise ValidationError({"name": _("Einen Schlüssel mit diesem Namen haben Sie schon.")})
    if not today <= ends_on <= today + timedelta(days=DAYS_AT_MOST):
        raise ValidationError({"ends_on": _("Ein Schlüssel gilt höchstens zwei Jahre.")})
    if tokens.count() >= TOKENS_AT_MOST:
        raise ValidationError(
            _("Sie haben schon %(number)s Schlüssel. Bitte widerrufen Sie zuerst einen.") % {"number": TOKENS_AT_MOST}
        )
    secret = PREFIX + get_random_string(SECRET_LENGTH)
    token = ApiToken.objects.create(
        owner_id=owner.pk, name=name, digest=digest_of(secret), created_on=today, ends_on=ends_on
    )
    letters.write_to(owner, "token_made", token=token, link=letters.address_of("tokens"))
    return secret


def revoke_token(owner: AbstractBaseUser, pk: int) -> bool:
    """Let a key of ``owner`` open nothing any more; whether there was one."""
    return ApiToken.objects.filter(owner=owner.pk, pk=pk).delete()[0] > 0


def find_token(secret: str, today: date) -> ApiToken | None:
    """The key behind a secret, marked as used today; None where it is unknown, has ended, or its owner's account is
    closed."""
    found = (
        ApiToken.objects.select_related("owner")
        .filter(digest=digest_of(secret), ends_on__gte=today, owner__is_active=True)
        .first()
    )
    if found is not None and found.last_used_on != today:
        ApiToken.objects.filter(pk=found.pk).update(last_used_on=today)
        found.last_used_on = today
    return found


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()
