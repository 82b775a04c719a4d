"""The demo's reviewer: an account that everybody may try, on a machine that serves nobody else."""

from django.conf import settings
from django.contrib.auth import get_user_model

from places import clock
from places.models import Mandate

REVIEWER = ("pruefung", "sozialer-ort")  # name and password, shown on the sign-in page of the demo
AREAS = ("06", "16")  # Hessen and Thüringen: the whole demo


def make_reviewer() -> None:
    """Give the demo its reviewer. Not where others are served: the password is no secret."""
    if settings.PUBLIC_HOSTS:
        return
    name, password = REVIEWER
    user = get_user_model().objects.create_user(name, password=password)
    for area in AREAS:
        Mandate.objects.create(user=user, area=area, starts_on=clock.today())


def reviewer_to_try() -> tuple[str, str] | None:
    """Name and password of the demo's reviewer, where there is one."""
    known = not settings.PUBLIC_HOSTS and get_user_model().objects.filter(username=REVIEWER[0]).exists()
    return REVIEWER if known else None
