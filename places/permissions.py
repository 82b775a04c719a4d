"""Who may do what, as named predicates. The verbs check them; pages and administration only ask."""

from datetime import date

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin

from places.models import Mandate, Municipality

User = AbstractBaseUser | AnonymousUser


def may_review(user: User, municipality: Municipality, today: date) -> bool:
    """Whether ``user`` has a mandate for ``municipality`` that is in force."""
    return user.is_authenticated and Mandate.objects.of(user).in_force(today).covering(municipality.ags).exists()


def may_correct_places(user: User) -> bool:
    """Whether ``user`` may change places in the administration, beside any mandate."""
    return bool(user.is_authenticated and isinstance(user, PermissionsMixin) and user.has_perm("places.change_place"))


def may_give_mandates(user: User) -> bool:
    """Whether ``user`` is an administrator of the platform."""
    return bool(user.is_authenticated and getattr(user, "is_superuser", False))
