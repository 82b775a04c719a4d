"""The record of an entry on its page: who reads which names, setting back, taking out."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from places.models import Change, Municipality, Place, Report, tie
from places.record import on_record
from places.vocabulary import ActedAs, ReportKind, Status, Verb
from tests.factories import TODAY, make_place, make_reviewer, make_steward
from tests.web.review.steps import proposed, text

pytestmark = pytest.mark.django_db


def edited(place: Place, by: User | None, acted_as: ActedAs, **fields: Any) -> Change:
    with on_record(place, Verb.UPDATED, by=by, acted_as=acted_as, reason="Umzug"):
        for name, value in fields.items():
            setattr(place, name, value)
        place.save()
    return Change.of_entry(place)[0]


def test_reviewers_read_names_of_reviewers_and_stewards_read_none(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach, street="Alt")
    reviewer, steward = make_reviewer("06635", "pruefung-wf"), make_steward(place, "stewardess")
    edited(place, reviewer, ActedAs.REVIEWER, street="Neu")
    edited(place, steward, ActedAs.STEWARD, street="Neuer")
    path = f"/orte/{place.pk}/verlauf/"
    client.force_login(reviewer)
    page = text(client, path)
    assert "pruefung-wf" in page
    assert "stewardess" not in page
    for words in ("Straße und Hausnummer: Alt → Neu", "Umzug", "· Betreuung", "zurücksetzen"):
        assert words in page
    client.force_login(steward)
    page = text(client, path)
    assert "pruefung-wf" not in page
    assert "· Prüfung" in page
    assert "Auf den Stand vor" not in page
    assert "Was Sie tun können" not in page


def test_reviewers_read_the_name_that_somebody_gave_and_nobody_else_does(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    reviewer, steward = make_reviewer("06635", "pruefung-wf"), make_steward(place)
    User.objects.filter(pk=steward.pk).update(first_name="Frau Beispiel")
    User.objects.filter(pk=reviewer.pk).update(first_name="Herr Prüfer")
    edited(place, steward, ActedAs.STEWARD, street="Neu")
    edited(place, reviewer, ActedAs.REVIEWER, street="Neuer")
    path = f"/orte/{place.pk}/verlauf/"
    client.force_login(reviewer)
    page = text(client, path)
    assert "Betreuung: Frau Beispiel" in page
    assert "Herr Prüfer" in page
    client.force_login(make_steward(place))
    page = text(client, path)
    assert "Frau Beispiel" not in page
    assert "Herr Prüfer" not in page


def test_the_record_survives_the_accounts(client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    reviewer, steward = make_reviewer("06635"), make_steward(place)
    edited(place, reviewer, ActedAs.REVIEWER, street="Neu")
    edited(place, steward, ActedAs.STEWARD, street="Neuer")
    reviewer.delete()
    steward.delete()
    client.force_login(make_reviewer("06635"))
    page = text(client, f"/orte/{place.pk}/verlauf/")
    assert "ehemals Prüfende" in page
    assert "ehemals Betreuende" in page


def test_setting_back_is_shown_first_and_then_done(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach, street="Alt")
    line = edited(place, None, ActedAs.STEWARD, street="Neu")
    path = f"/orte/{place.pk}/verlauf/"
    page = text(reviewer, f"{path}?zurueck={line.pk}")
    assert re.search(r"jetzt</span> Neu</dd>.*danach</span> Alt</dd>", page, re.DOTALL)
    place.refresh_from_db()
    assert place.street == "Neu"
    sent = {"restore": line.pk, "restore-reason": "Versehen", "seen": line.pk}
    assert reviewer.post(path, sent | {"seen": line.pk - 1}).status_code == 422
    assert reviewer.post(path, sent).status_code == 302
    place.refresh_from_db()
    assert place.street == "Alt"


def test_an_entry_is_taken_out_and_brought_back(reviewer: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    path = f"/orte/{place.pk}/verlauf/"
    assert reviewer.post(path, {"action": "archive", "archive-reason": ""}).status_code == 422
    reviewer.post(path, {"action": "archive", "archive-reason": "Abgerissen"})
    assert reviewer.get(place.get_absolute_url()).status_code != 200
    assert "Wieder veröffentlichen" in text(reviewer, path)
    reviewer.post(path, {"action": "republish", "republish-reason": "Doch nicht"})
    assert reviewer.get(place.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "sent", [{"action": "confirm"}, {"action": "archive", "archive-reason": "x"}, {"restore": "1"}]
)
def test_a_steward_reads_the_record_and_acts_on_nothing(
    sent: dict[str, str], client: Client, korbach: Municipality
) -> None:
    place = make_place(korbach)
    client.force_login(make_steward(place))
    text(client, f"/orte/{place.pk}/verlauf/")
    assert client.post(f"/orte/{place.pk}/verlauf/", sent).status_code == 403
    place.refresh_from_db()
    assert place.is_published


@pytest.mark.parametrize("who", ["elsewhere", "stranger", "administrator"])
def test_nobody_else_sees_any_of_it(who: str, client: Client, korbach: Municipality) -> None:
    place = make_place(korbach)
    submission = proposed(place, status=Status.CLOSED.value)
    report = Report.objects.create(kind=ReportKind.ERROR, reported_on=TODAY, **tie(place))
    user = make_reviewer("06634") if who == "elsewhere" else User.objects.create_user(who)
    if who == "administrator":
        User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
        user.refresh_from_db()
    client.force_login(user)
    for path in (
        f"/pruefung/vorlagen/{submission.pk}/",
        f"/pruefung/meldungen/{report.pk}/",
        f"/orte/{place.pk}/verlauf/",
        f"/pruefung/zusammenfuehren/orte/{place.pk}/{make_place(korbach).pk}/",
        "/pruefung/gemeinden/06635015/",
    ):
        text(client, path, 403)
        assert client.post(path, {"action": "publish", "seen": "0"}).status_code == 403
    assert not Change.objects.exists()
