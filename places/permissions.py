"""Who may do what, as named predicates. The verbs check them; pages and administration only ask."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin

from places.models import Entry, Mandate, Municipality, Stewardship

User = AbstractBaseUser | AnonymousUser


def may_review(user: User, municipality: Municipality | None, today: date) -> bool:
    """Whether ``user`` has a mandate for ``municipality`` that is in force."""
    return (
        municipality is not None
        and user.is_authenticated
        and Mandate.objects.of(user).in_force(today).covering(municipality.ags).exists()
    )


def is_reviewer(user: User, today: date) -> bool:
    """Whether ``user`` has any mandate that is in force."""
    return user.is_authenticated and Mandate.objects.of(user).in_force(today).exists()


def is_steward(user: User, entry: Entry) -> bool:
    """Whether ``user`` looks after ``entry``."""
    return user.is_authenticated and Stewardship.of(entry).filter(user=user.pk).exists()


def may_edit(user: User, entry: Entry, today: date) -> bool:
    """Whether ``user`` may change ``entry``: who looks after it, or who reviews there."""
    return is_steward(user, entry) or may_review(user, entry.municipality, today)


def may_see(user: User, entry: Entry, today: date) -> bool:
    """Whether ``user`` may read ``entry`` in whatever state it is."""
    return entry.is_published or may_edit(user, entry, today)


def may_correct(user: User, entry: Entry) -> bool:
    """Whether ``user`` may change entries of this kind in the administration, beside any mandate."""
    permission = f"places.change_{entry.entry_kind}"
    return bool(user.is_authenticated and isinstance(user, PermissionsMixin) and user.has_perm(permission))


def may_give_mandates(user: User) -> bool:
    """Whether ``user`` is an administrator of the platform."""
    return bool(user.is_authenticated and getattr(user, "is_superuser", False))
