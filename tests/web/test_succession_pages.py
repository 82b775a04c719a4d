"""/pruefung/nachfolgen/: what an administrator sees of a proposal before deciding on it."""

import re
from datetime import date
from math import cos, radians
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohesion.views.map import VIEW
from places.models import Mandate, Municipality, Succession
from places.small_map import WIDTH, outlines
from places.views.review.successions import PER_PAGE
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState
from tests.factories import make_edition, make_municipality, square
from tests.web.settlements import words

pytestmark = pytest.mark.django_db

PAGE = "/pruefung/nachfolgen/"
NEXT = date(2023, 12, 31)


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("administration"))
    return client


def propose(gone: Municipality, heir: Municipality, area: float, residents: float | None, **fields: Any) -> Succession:
    return Succession.objects.create(
        predecessor=gone,
        successor=heir,
        area_share=area,
        resident_share=residents,
        **{
            "kind": SuccessionKind.DISSOLVED,
            "source": SuccessionSource.OVERLAP,
            "state": SuccessionState.PROPOSED,
            **fields,
        },
    )


@pytest.fixture
def divided() -> Municipality:
    """Anrode would go to two neighbours, Bromskirchen to one as a whole."""
    older = make_edition()
    anrode = make_municipality("16064073", name="Anrode", population=3000, edition=older, geometry=square(10, 51, 0.2))
    sole = make_municipality("06635005", name="Bromskirchen", population=1800, edition=older)
    newer = make_edition(NEXT, follows=older)
    north = make_municipality("16061118", name="Dingelstädt", edition=newer, geometry=square(10, 51.1, 0.2))
    south = make_municipality("16064071", name="Unstruttal", edition=newer, geometry=square(10, 50.9, 0.2))
    heir = make_municipality("06635001", name="Allendorf (Eder)", edition=newer)
    propose(sole, heir, 1.0, None)
    propose(anrode, north, 0.42, 0.62)
    propose(anrode, south, 0.58, 0.38)
    return anrode


def test_shares_are_told_in_words_and_in_figures(administrator: Client, divided: Municipality) -> None:
    told = words(administrator.get(PAGE))
    anrode, bromskirchen = told[told.index("Anrode 16064073") :].split("Bromskirchen 06635005")
    area = divided.area_km2
    for share, km2 in (("58", area * 0.58), ("42", area * 0.42)):
        assert f"({share} %, etwa {km2:.1f} von {area:.1f} km²)".replace(".", ",") in anrode
    assert "die meisten, die dort wohnen (62 %, etwa 1.860 von 3.000)" in anrode
    assert "ein Teil derer, die dort wohnen (38 %, etwa 1.140 von 3.000)" in anrode
    assert anrode.index("Unstruttal") < anrode.index("Dingelstädt")  # the larger part first
    assert "die ganze Fläche (100 %" in bromskirchen
    assert "Wie viele dort wohnten, ist nicht bekannt" in bromskirchen


def test_each_proposal_leads_to_the_map_with_the_successor_in_the_middle(
    administrator: Client, divided: Municipality
) -> None:
    page = administrator.get(PAGE).content.decode().replace("&amp;", "&")
    found = {parse_qs(urlsplit(url).query)["ags"][0]: url for url in re.findall(r'href="(/\?[^"]+)"', page)}
    assert set(found) == {"16061118", "16064071", "06635001"}
    asked = {name: values[0] for name, values in parse_qs(urlsplit(found["16061118"]).query).items()}
    assert set(asked) <= VIEW
    assert (float(asked["lat"]), float(asked["lon"])) == (51.2, 10.1)
    degrees = 360 / 2 ** int(asked["z"]) * 600 / 256  # that a map of 600 pixels shows
    assert 0.2 <= degrees < 1
    assert administrator.get(found["16061118"]).status_code == 200


def test_the_drawing_shows_the_former_territory_where_it_lies_in_those_of_today(
    administrator: Client, divided: Municipality
) -> None:
    page = administrator.get(PAGE).content.decode()
    assert 'aria-label="Das frühere Gebiet von Anrode über den Gemeinden von heute"' in page
    drawing = page[page.index("Gebiet von Anrode") :].split("</svg>")[0]
    assert drawing.count('class="succession__now"') == 2
    assert drawing.count('class="succession__before"') == 1
    assert re.findall(r">(\d)</text>", drawing) == ["1", "2"]
    drawn = outlines([square(10, 51, 0.2), square(10, 51.1, 0.2), square(10, 50.9, 0.2)])
    (_path, _x, middle), (_path, _x, north), (_path, _x, south) = drawn.drawn
    assert 0 < north < middle < south < drawn.height
    xs, ys = zip(*((float(x), float(y)) for x, y in re.findall(r"([\d.]+),([\d.]+)", drawn.drawn[0][0])), strict=True)
    assert 0 <= min(xs) < max(xs) <= WIDTH
    wide, tall = max(xs) - min(xs), max(ys) - min(ys)
    assert wide / tall == pytest.approx(cos(radians(51.1)), abs=0.01)  # as it is on the ground


def test_the_doubtful_stand_first_and_pages_ask_no_more_of_the_database_the_more_there_are(
    administrator: Client, divided: Municipality
) -> None:
    with CaptureQueriesContext(connection) as few:
        administrator.get(PAGE)
    older, newer = divided.edition, Succession.objects.filter(predecessor=divided)[0].successor.edition
    for index in range(PER_PAGE):
        gone = make_municipality(f"166420{index:02}", edition=older, geometry=square(9, 50))
        heir = make_municipality(f"166421{index:02}", edition=newer, geometry=square(9, 50))
        propose(gone, heir, 0.6 + index / 100, 0.5)
    with CaptureQueriesContext(connection) as many:
        first = administrator.get(PAGE).content.decode()
    assert len(many) <= len(few)
    names = re.findall(r'<h2 class="queue__name">([^<]+)', first)
    assert len(names) == PER_PAGE
    assert names[:2] == ["Anrode", "Gemeinde 16642000"]
    second = administrator.get(PAGE, {"seite": "2"}).content.decode()
    assert "Bromskirchen" in second
    assert "Bromskirchen" not in first


def test_what_is_ticked_is_decided_and_the_rest_stays(administrator: Client, divided: Municipality) -> None:
    chosen = Succession.objects.get(successor__name="Unstruttal")
    page = administrator.get(PAGE).content.decode()
    assert f'name="chosen" value="{chosen.pk}"' in page
    done = administrator.post(PAGE, {"act": "confirm", "chosen": [chosen.pk]}, follow=True)
    assert "Eine Nachfolge bestätigt." in done.content.decode()
    states = dict(Succession.objects.values_list("successor__name", "state"))
    assert states == {"Unstruttal": "confirmed", "Dingelstädt": "proposed", "Allendorf (Eder)": "proposed"}


def test_what_was_never_decided_waits_though_a_newer_edition_came(administrator: Client, divided: Municipality) -> None:
    """And what is decided late goes on to those of today: Allendorf has another key since."""
    Mandate.objects.create(user=User.objects.get(), area="16064073", starts_on=NEXT)
    newer = Succession.objects.filter(predecessor=divided)[0].successor.edition
    newest = make_edition(date(2024, 12, 31), follows=newer)
    north = make_municipality("16061999", name="Dingelstädt", edition=newest, geometry=square(10, 51.1, 0.2))
    before = Municipality.objects.get(ags="16061118")
    propose(before, north, 1.0, 1.0, kind=SuccessionKind.KEY_CHANGED, state=SuccessionState.CONFIRMED)
    assert "Anrode" in words(administrator.get(PAGE))
    chosen = list(Succession.objects.filter(predecessor=divided).values_list("pk", flat=True))
    sent = {"act": "confirm", "chosen": chosen, "edition": NEXT.isoformat()}
    assert "2 Nachfolgen bestätigt" in words(administrator.post(PAGE, sent, follow=True))
    assert set(Mandate.objects.values_list("area", flat=True)) == {"16061999", "16064071"}
    # All of that edition, and nothing of another one that waits, too
    propose(before, make_municipality("16061998", edition=newest), 0.1, None)
    administrator.post(PAGE, {"act": "all", "edition": NEXT.isoformat()})
    waiting = Succession.objects.filter(state=SuccessionState.PROPOSED)
    assert [row.successor.edition for row in waiting] == [newest]
