"""Giving mandates, on record. Who may do what with one: permissions.py; who has to decide where: responsibility.py."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from places.facts import as_json
from places.models import Change, Mandate
from places.permissions import User, may_give_mandates
from places.vocabulary import ActedAs, Verb


@transaction.atomic
def give_mandate(mandate: Mandate, *, by: User) -> None:
    """Store a new or a changed mandate. Raises PermissionDenied for anybody but an administrator."""
    if not may_give_mandates(by):
        raise PermissionDenied
    before = Mandate.objects.filter(pk=mandate.pk).first()
    mandate.save()
    Change.objects.create(
        user_id=by.pk,
        acted_as=ActedAs.ADMINISTRATOR,
        verb=Verb.GAVE_MANDATE,
        ags=mandate.area,
        before=_terms(before) if before else {},
        after=_terms(mandate),
    )


def _terms(mandate: Mandate) -> dict[str, Any]:
    return {
        "user": mandate.user_id,
        "area": mandate.area,
        "starts_on": as_json(mandate.starts_on),
        "ends_on": as_json(mandate.ends_on),
    }
