"""The demo's accounts, that everybody may try, and what waits for them; on a machine that serves nobody else."""

from datetime import date, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from places import clock
from places.accounts import account_for
from places.care.proposals import propose
from places.geo import WGS84
from places.locating import municipality_at
from places.models import Correspondence, Mandate, Place, Question, Stewardship, Submission
from places.record import on_record, write_change
from places.vocabulary import CORE_CRITERIA, ActedAs, Kind, Publication, SubmissionKind, SubmissionState, Verb


class TryOut(NamedTuple):
    """An account whose password is no secret."""

    username: str
    password: str
    email: str
    what: Promise


REVIEWER = TryOut("pruefung", "sozialer-ort", "pruefung@example.org", _("prüft Einträge in der ganzen Demo"))
STEWARD = TryOut("betreuung", "sozialer-ort", "betreuung@example.org", _("betreut drei Orte in Wolfhagen"))
ACCOUNTS = (REVIEWER, STEWARD)
NEIGHBOUR = "naehkreis@example.org"  # registers what is there already

AREAS = ("06", "16")  # Hessen and Thüringen: the whole demo
# The steward's three places: one is asked about, one has a change that waits, one a change with a question to it.
ASKED_ABOUT = "demo-bahnhofsbank-spaeter-zug"
CHANGED = "demo-flickstube-achtelnaht"
ASKED_BACK = "demo-streuobstwiese-schrumpelkoenig"
DAYS_AGO = 6


def make_accounts() -> None:
    """Give the demo its reviewer, its steward and their work. Not where others are served: the passwords are known."""
    if settings.PUBLIC_HOSTS:
        return
    today = clock.today()
    reviewer, steward = (_make(account) for account in ACCOUNTS)
    for area in AREAS:
        Mandate.objects.create(user=reviewer, area=area, starts_on=today)
    places = {place.external_id: place for place in Place.objects.filter(external_id__startswith="demo-")}
    if places:
        _give_steward(steward, places, today)
        _give_reviewer(reviewer, steward, places, today)


def accounts_to_try() -> tuple[TryOut, ...]:
    """The demo's accounts, where there are any."""
    if settings.PUBLIC_HOSTS:
        return ()
    names = set(User.objects.filter(username__in=[account.username for account in ACCOUNTS]).values_list("username"))
    return tuple(account for account in ACCOUNTS if (account.username,) in names)


def _make(account: TryOut) -> User:
    user = User.objects.create_user(account.username, email=account.email, password=account.password)
    EmailAddress.objects.create(user=user, email=account.email, verified=True, primary=True)
    Correspondence.objects.create(user=user)
    return user


def _give_steward(steward: User, places: dict[str | None, Place], today: date) -> None:
    for name in (ASKED_ABOUT, CHANGED, ASKED_BACK):
        Stewardship.objects.create(place=places[name], user=steward, since=today - timedelta(days=400))
    asked_on = today - timedelta(days=DAYS_AGO)
    Question.objects.create(place=places[ASKED_ABOUT], asked_on=asked_on, last_sent_on=asked_on)


def _give_reviewer(reviewer: User, steward: User, places: dict[str | None, Place], today: date) -> None:
    """A likely duplicate and a change to decide, and a question to the steward."""
    earlier = today - timedelta(days=DAYS_AGO)
    _register_again(places[CHANGED], earlier)
    propose(
        places[CHANGED],
        {"engaged_actors": 4},
        by=steward,
        acted_as=ActedAs.STEWARD,
        today=earlier,
        message="Seit dem Herbst helfen acht Leute regelmäßig mit.",
    )
    asked = propose(
        places[ASKED_BACK],
        {"open_administration": 4},
        by=steward,
        acted_as=ActedAs.STEWARD,
        today=earlier,
        message="Bei der Stadt gibt es jetzt eine feste Ansprechpartnerin.",
    )
    if asked is not None:
        asked.state = SubmissionState.ASKED_BACK
        asked.reason = "Seit wann gibt es sie, und wofür ist sie zuständig?"
        asked.save(update_fields=["state", "reason"])
        write_change(places[ASKED_BACK], Verb.ASKED_BACK, by=reviewer, acted_as=ActedAs.REVIEWER, reason=asked.reason)


def _register_again(place: Place, day: date) -> None:
    """Somebody else registers a place that is there already, a few houses further."""
    location = Point(place.location.x + 0.0006, place.location.y + 0.0003, srid=WGS84)
    again = Place(
        name="Flick-Stube Achtelnaht Wolfhagen",
        kind=Kind.REPAIR_CAFE,
        publication=Publication.SUBMITTED,
        is_fictional=True,
        location=location,
        municipality=municipality_at(location.x, location.y),
        description="Jeden ersten Samstag wird genäht, geflickt und geplaudert. Stoffreste sind da.",
        participation="Einfach vorbeikommen.",
        city=place.city,
        confirmed_on=day,
        **{criterion.value: True for criterion in CORE_CRITERIA},
    )
    neighbour = account_for(NEIGHBOUR)
    with on_record(again, Verb.SUBMITTED, by=neighbour, acted_as=ActedAs.STEWARD):
        again.save()
    Stewardship.objects.create(place=again, user=neighbour, since=day)
    Submission.objects.create(
        place=again,
        kind=SubmissionKind.REGISTRATION,
        state=SubmissionState.WAITING,
        user=neighbour,
        waiting_since=day,
        message="Wir sind der Nähkreis und treffen uns dort seit Jahren.",
    )
