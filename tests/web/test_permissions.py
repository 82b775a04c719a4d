"""One table: every address that is not for everybody × who asks × what happens. Nothing of the site is left out.

A letter per person, in the order of CAST: . done or shown, > sent on to sign in, x forbidden, 0 not found,
! refused because of what was sent, - method not allowed, ~ gone.
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cohesion.models import Delivery, Subscription
from cohesion.webhooks.signing import new_secret, sealed
from places import clock
from places.care.invitations import invitation_token
from places.care.questions import question_token
from places.models import Change, Draft, Mandate, Place, Question, Report, Stewardship, Submission
from places.registering.registration import confirmation_token, sent_token
from places.upkeep.digests import stop_token
from places.vocabulary import ActedAs, Publication, ReportKind, SubmissionKind, SubmissionState, Verb
from tests.database.test_photographs import picture
from tests.factories import make_municipality, make_photo, make_place, make_reviewer, make_space

pytestmark = pytest.mark.django_db

CAST = ("visitor", "steward", "steward elsewhere", "reviewer", "reviewer elsewhere", "administrator")
#                V S s R r A
EVERYBODY = "......"
SIGNED_IN = ">....."
STEWARD = ">.xxxx"
REVIEWER = ">xx.xx"
OWNER = ">.0000"  # what is another's is not there
CARING = ">.x.xx"  # who looks after it, and who reviews there
AT_WORK = ">>>>>."  # administrators; /admin/login/ forbids it to all others who are signed in

OUTCOMES = {200: ".", 204: ".", 301: ".", 302: ".", 403: "x", 404: "0", 405: "-", 410: "~", 422: "!", 409: "!"}
SIGN_IN = ("/konto/anmelden/", "/admin/login/")

Sent = dict[str, Any]
Row = tuple[str, str, Sent, str]

TABLE: list[Row] = [
    # --- Looking after an entry: 1001 published, 1002 submitted, both in 06635015; 1003 elsewhere ------------------
    ("GET", "/orte/1001/bearbeiten/", {}, CARING),
    ("POST", "/orte/1001/bearbeiten/", {"save": "1"}, ">!x!xx"),
    ("GET", "/orte/1002/bearbeiten/", {}, CARING),
    ("GET", "/orte/1001/betreuung/", {}, CARING),
    ("GET", "/orte/1002/betreuung/", {}, CARING),
    ("POST", "/orte/1001/betreuung/", {"act": "confirm"}, STEWARD),
    ("POST", "/orte/1001/betreuung/", {"act": "leave"}, STEWARD),
    ("POST", "/orte/1001/betreuung/", {"act": "status", "status-status": "dormant"}, CARING),
    ("POST", "/orte/1001/betreuung/", {"act": "take_down", "take_down-reason": "Umbau"}, STEWARD),
    (
        "POST",
        "/orte/1001/betreuung/",
        {"act": "invite", "invite-email": "a@example.org", "invite-hands_over": ""},
        STEWARD,
    ),
    ("POST", "/orte/1001/betreuung/", {"act": "withdraw", "submission": "1012"}, STEWARD),
    ("POST", "/orte/1001/betreuung/", {"act": "let_in", "submission": "1013"}, CARING),
    ("POST", "/orte/1001/betreuung/", {"act": "anything"}, ">xxxxx"),
    ("GET", "/orte/1001/fotos/", {}, CARING),
    ("POST", "/orte/1001/fotos/", {"remove": "1031"}, CARING),
    ("POST", "/orte/1001/fotos/", {"image": "FILE", "alternative_text": "Haus", "allowed": "on"}, CARING),
    ("GET", "/raeume/1001/betreuung/", {}, CARING),
    ("GET", "/raeume/1001/bearbeiten/", {}, CARING),
    ("GET", "/orte/9999/betreuung/", {}, ">00000"),
    # --- What is not public is not there, but for those whom it concerns -------------------------------------------
    ("GET", "/orte/1001-treff/", {}, EVERYBODY),
    ("GET", "/orte/1002-neu/", {}, "0.0.00"),
    ("GET", "/fotos/1032/klein.webp", {}, "000000"),  # of an unpublished entry; the file itself is not on the disk
    ("GET", "/orte/1001/verlauf/", {}, CARING),
    ("POST", "/orte/1001/verlauf/", {"action": "archive", "archive-reason": "Umbau"}, REVIEWER),
    ("POST", "/orte/1001/verlauf/", {"restore": "1041", "restore-reason": "Versehen", "seen": "1041"}, REVIEWER),
    # --- Deciding ---------------------------------------------------------------------------------------------------
    ("GET", "/pruefung/", {}, SIGNED_IN),
    ("GET", "/pruefung/nachfolgen/", {}, ">xxxx."),
    ("POST", "/pruefung/nachfolgen/", {"act": "all"}, ">xxxx."),
    ("GET", "/pruefung/gemeinden/", {}, SIGNED_IN),
    ("GET", "/pruefung/gemeinden/06635015/", {}, REVIEWER),
    ("GET", "/pruefung/06635015/", {}, EVERYBODY),  # only leads to the line above
    (
        "POST",
        "/pruefung/gemeinden/06635015/",
        {"inventory": "1", "inventory-completed_on": "2026-01-01"},
        REVIEWER,
    ),
    (
        "POST",
        "/pruefung/gemeinden/06635015/",
        {"conditions": "1", "conditions-engaged_actors": "3", "conditions-evidence": "Beschluss"},
        REVIEWER,
    ),
    (
        "POST",
        "/pruefung/gemeinden/06635015/",
        {"inventory": "1", "inventory-completed_on": "2999-01-01"},
        ">xx!xx",
    ),
    *(("GET", f"/pruefung/vorlagen/{pk}/", {}, REVIEWER) for pk in (1011, 1012)),
    ("GET", "/pruefung/vorlagen/1013/", {}, CARING),  # somebody wants to join: a fellow steward may agree, no more
    ("POST", "/pruefung/vorlagen/1011/", {"action": "publish", "seen": "0"}, REVIEWER),
    ("POST", "/pruefung/vorlagen/1012/", {"action": "publish", "seen": "1041"}, REVIEWER),
    ("POST", "/pruefung/vorlagen/1013/", {"action": "publish", "seen": "1041"}, CARING),
    *(
        ("POST", f"/pruefung/vorlagen/{pk}/", sent, REVIEWER)
        for pk in (1011, 1012, 1013)
        for sent in (
            {"action": "ask_back", "ask_back-words": "Wann ist offen?"},
            {"action": "reject", "reject-words": "Das ist kein Sozialer Ort."},
        )
    ),
    ("POST", "/pruefung/vorlagen/1012/", {"action": "publish", "seen": "7"}, ">xx!xx"),  # the record went on
    ("POST", "/pruefung/vorlagen/1011/", {"action": "reject", "reject-words": ""}, ">xx!xx"),
    ("POST", "/pruefung/vorlagen/", {"submission": "1011"}, SIGNED_IN),  # see below: what is not theirs stays
    ("GET", "/pruefung/vorlagen/", {}, ">-----"),
    ("GET", "/pruefung/zusammenfuehren/orte/1001/1002/", {}, REVIEWER),
    (
        "POST",
        "/pruefung/zusammenfuehren/orte/1001/1002/",
        {"reason": "Dasselbe Haus", "name": "kept", "location": "kept", "confirmed_on": "kept"},
        REVIEWER,
    ),
    ("POST", "/pruefung/zusammenfuehren/orte/1003/1001/", {"reason": "Dasselbe Haus"}, ">xxxxx"),
    ("GET", "/pruefung/meldungen/1021/", {}, REVIEWER),
    ("POST", "/pruefung/meldungen/1021/", {"words": "Ist berichtigt."}, REVIEWER),
    # --- Without an account: whoever has the link -------------------------------------------------------------------
    *(("GET", f"/{kind}/neu/", {}, EVERYBODY) for kind in ("orte", "unterstuetzung", "raeume")),
    ("POST", "/orte/neu/", {}, EVERYBODY),
    ("GET", "/orte/neu/aehnliche/", {}, EVERYBODY),
    ("GET", "/orte/neu/{draft}/", {}, EVERYBODY),
    ("GET", "/orte/neu/geraten/", {}, "000000"),
    ("GET", "/orte/1001/betreuen/", {}, EVERYBODY),
    ("GET", "/eingereicht/{sent}/", {}, EVERYBODY),
    ("GET", "/eingereicht/geraten/", {}, "000000"),
    ("GET", "/bestaetigen/{confirm}/", {}, EVERYBODY),
    ("POST", "/bestaetigen/{confirm}/", {}, EVERYBODY),
    ("POST", "/bestaetigen/geraten/", {}, "000000"),
    ("GET", "/einladung/{invitation}/", {}, EVERYBODY),
    ("POST", "/einladung/{invitation}/", {}, EVERYBODY),
    ("POST", "/einladung/geraten/", {}, "~~~~~~"),
    ("GET", "/noch-da/{question}/", {}, EVERYBODY),
    ("POST", "/noch-da/{question}/", {"answer": "still_there"}, EVERYBODY),
    ("POST", "/noch-da/{question}/", {"answer": "perhaps"}, "!!!!!!"),
    ("POST", "/noch-da/geraten/", {"answer": "closed"}, "~~~~~~"),
    ("GET", "/orte/1001/melden/", {}, EVERYBODY),
    ("POST", "/orte/1001/melden/", {"kind": "closed"}, EVERYBODY),
    ("GET", "/orte/1002/melden/", {}, "000000"),
    ("GET", "/post/abbestellen/{digest}/", {}, EVERYBODY),
    ("POST", "/post/abbestellen/{digest}/", {}, EVERYBODY),
    ("POST", "/post/abbestellen/geraten/", {}, "000000"),
    # --- One's own account ------------------------------------------------------------------------------------------
    ("GET", "/konto/", {}, SIGNED_IN),
    ("GET", "/konto/daten/", {}, SIGNED_IN),
    ("GET", "/konto/loeschen/", {}, SIGNED_IN),
    ("GET", "/konto/schluessel/", {}, SIGNED_IN),
    ("POST", "/konto/schluessel/", {"name": "Website", "ends_on": "365"}, SIGNED_IN),
    ("POST", "/konto/schluessel/", {"revoke": "1"}, SIGNED_IN),
    ("GET", "/konto/adresse/", {}, SIGNED_IN),
    ("GET", "/konto/zweiter-faktor/", {}, SIGNED_IN),
    ("GET", "/konto/abonnements/", {}, SIGNED_IN),
    ("GET", "/konto/abonnements/neu/", {}, SIGNED_IN),
    ("POST", "/konto/abonnements/neu/", {"url": "https://example.org/new"}, SIGNED_IN),
    ("GET", "/konto/abonnements/1051/", {}, OWNER),
    *(("POST", "/konto/abonnements/1051/", {"act": act}, OWNER) for act in ("pause", "resume", "end")),
    ("GET", "/konto/abonnements/1051/aendern/", {}, OWNER),
    ("POST", "/konto/abonnements/1051/aendern/", {"url": "https://example.org/other"}, OWNER),
    ("GET", "/konto/abonnements/1051/geheimnis/", {}, OWNER),
    ("POST", "/konto/abonnements/1051/geheimnis/", {}, OWNER),
    ("GET", "/konto/abonnements/1051/1061/", {}, OWNER),
    ("POST", "/konto/abonnements/1051/1061/", {}, OWNER),
    # --- Administration ---------------------------------------------------------------------------------------------
    ("GET", "/admin/", {}, AT_WORK),
    ("GET", "/admin/login/", {}, ">xxxx."),
    ("GET", "/admin/places/mandate/add/", {}, AT_WORK),
    ("GET", "/admin/places/place/1001/change/", {}, AT_WORK),
    ("GET", "/admin/places/change/add/", {}, ">>>>>x"),
]

# Not in the table: read by everybody and nothing else, or under the tests of allauth's pages and of the API.
READ_BY_EVERYBODY = {
    *("map", "tiles", "map_classes", "map_points", "map_cells", "municipality", "municipality_by_ags"),
    *("interplay", "method", "concept"),
    *("changes", "changes_feed", "areas", "district", "state", "planning_region"),
    *("embed", "opening_hours_calendar", "catalogue", "robots", "sitemap", "sitemap_section"),
    *("imprint", "privacy", "accessibility", "set_language", "favicon", "health", "ready", "demo_mail"),
    *("place_by_id", "support", "support_by_id", "space", "space_by_id", "login", "logout"),
    *("landing", "conformance", "api", "collections", "collection", "queryables", "items", "item", "nothing"),  # /ogc/
}


@pytest.fixture
def told(tmp_path: Any, settings: Any) -> dict[str, str]:
    """The world of the table; what stands for its gaps."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache.clear()
    today = clock.today()
    here, elsewhere = make_municipality("06635015"), make_municipality("16061001")
    users = {name: User.objects.create_user(name, email=f"{name.replace(' ', '.')}@example.org") for name in CAST[1:3]}
    steward, other = users.values()
    make_reviewer("06635", "reviewer")
    make_reviewer("16061", "reviewer elsewhere")
    User.objects.create_superuser("administrator")
    ended = User.objects.create_user("ended")
    Mandate.objects.create(user=ended, area="06635", starts_on=date(2020, 1, 1), ends_on=today - timedelta(days=1))

    place = make_place(here, pk=1001, name="Treff", confirmed_on=today)
    beside = {"longitude": here.centre.x + 0.03, "latitude": here.centre.y}
    new = make_place(here, pk=1002, name="Neu", publication=Publication.SUBMITTED, **beside)
    away = make_place(elsewhere, pk=1003, name="Anderswo")
    space = make_space(here, pk=1001)
    for user, entry in ((steward, place), (steward, new), (other, away)):
        Stewardship.objects.create(user=user, place=entry, since=today)
    Stewardship.objects.create(user=steward, space=space, since=today)
    waiting: dict[str, Any] = {"state": SubmissionState.WAITING, "waiting_since": today}
    Submission.objects.create(pk=1011, kind=SubmissionKind.REGISTRATION, place=new, user=steward, **waiting)
    proposal = {"values": {"status": "dormant"}, "base": {"status": "active"}}
    Submission.objects.create(pk=1012, kind=SubmissionKind.CHANGE, place=place, user=steward, **proposal, **waiting)
    claimant = User.objects.create_user("claimant", email="claimant@example.org")
    Submission.objects.create(pk=1013, kind=SubmissionKind.CLAIM, place=place, user=claimant, **waiting)
    unproved = Submission.objects.create(
        pk=1014, kind=SubmissionKind.CLAIM, place=place, email="new@example.org", state=SubmissionState.UNCONFIRMED
    )
    Report.objects.create(pk=1021, place=place, kind=ReportKind.ERROR, text="Falsche Zeiten", reported_on=today)
    make_photo(place, pk=1031)
    make_photo(new, pk=1032)
    Change.objects.create(
        pk=1041,
        verb=Verb.UPDATED,
        acted_as=ActedAs.STEWARD,
        place=place,
        ags=here.ags,
        before={"city": "Dort"},
        after={"city": ""},
    )
    now = timezone.now()
    webhook = Subscription.objects.create(
        pk=1051, user=steward, url="https://a.example.org/", secret=sealed(new_secret()), since=now, cursor="2026-01-01"
    )
    Delivery.objects.create(
        pk=1061,
        subscription=webhook,
        message_id="msg_1",
        subject="test",
        payload="{}",
        progress="given_up",
        created_at=now,
    )
    question = Question.objects.create(place=place, asked_on=today, last_sent_on=today)
    return {
        "draft": Draft.objects.create(entry_kind="place").key,
        "sent": sent_token(unproved),
        "confirm": confirmation_token(unproved),
        "invitation": invitation_token(place, "fellow@example.org", by=steward, hands_over=False, today=today),
        "question": question_token(question),
        "digest": stop_token(User.objects.get(username="reviewer")),
    }


def ask(who: str, method: str, path: str, sent: Sent) -> HttpResponseBase:
    """One request; nothing of it stays."""
    client = Client()
    if who != "visitor":
        client.force_login(User.objects.get(username=who))
    sent = {name: _photo() if value == "FILE" else value for name, value in sent.items()}
    with transaction.atomic():
        response = client.get(path, sent) if method == "GET" else client.post(path, sent)
        transaction.set_rollback(True)
    cache.clear()
    return response


def _photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("haus.jpg", picture().read(), content_type="image/jpeg")


def outcome(response: HttpResponseBase) -> str:
    """The letter for an answer."""
    if response.status_code == 302 and response["Location"].startswith(SIGN_IN):
        return ">"
    return OUTCOMES.get(response.status_code, f"({response.status_code})")


@pytest.mark.parametrize(
    ("method", "path", "sent", "expected"),
    [pytest.param(*row, id=f"{index} {row[0]} {row[1]}") for index, row in enumerate(TABLE)],
)
def test_who_may_do_what(told: dict[str, str], method: str, path: str, sent: Sent, expected: str) -> None:
    found = "".join(outcome(ask(who, method, path.format(**told), sent)) for who in CAST)
    assert dict(zip(CAST, found, strict=False)) == dict(zip(CAST, expected, strict=True))


def test_several_at_once_publish_only_what_is_within_the_mandate(told: dict[str, str], client: Client) -> None:
    for who in ("steward", "steward elsewhere", "reviewer elsewhere", "administrator", "reviewer"):
        client.force_login(User.objects.get(username=who))
        client.post("/pruefung/vorlagen/", {"submission": "1011"})
        assert Place.objects.get(pk=1002).is_published is (who == "reviewer")


@pytest.mark.parametrize("path", ["/pruefung/vorlagen/1011/", "/pruefung/gemeinden/06635015/", "/orte/1001/verlauf/"])
def test_a_mandate_that_has_ended_opens_nothing(told: dict[str, str], path: str) -> None:
    assert outcome(ask("ended", "GET", path, {})) == "x"


def test_the_table_names_every_address_of_the_site() -> None:
    named = {get_resolver().resolve(_example(row[1])).url_name for row in TABLE}
    assert _names(get_resolver()) - READ_BY_EVERYBODY - named == set()


def _example(path: str) -> str:
    return path.replace("{", "").replace("}", "")


def _names(resolver: URLResolver) -> set[str]:
    """Every name of an address, but for the API's and allauth's and the administration's own."""
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in ("api", "admin"):
                found |= _names(pattern)
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.name.startswith(("account_", "mfa_")):
            found.add(pattern.name)
    return found
