"""What becomes of a key over several editions: what ended it is told, and who has its territory now."""

from collections.abc import Callable
from datetime import date

import pytest

from places.models import BoundaryEdition, Municipality, Succession
from places.successors import Fate, fate_of
from places.vocabulary import SuccessionKind, SuccessionSource, SuccessionState
from tests.factories import make_edition, make_municipality, square

pytestmark = pytest.mark.django_db

DAYS = (date(2016, 12, 31), date(2019, 12, 31), date(2022, 12, 31))
EARLIER, LATER = date(2017, 1, 1), date(2021, 1, 1)


@pytest.fixture
def editions() -> list[BoundaryEdition]:
    found: list[BoundaryEdition] = []
    for day in DAYS:
        found.append(make_edition(day, follows=found[-1] if found else None))
    return found


@pytest.fixture
def named(editions: list[BoundaryEdition]) -> Callable[[int, str, str], Municipality]:
    def made(at: int, ags: str, name: str) -> Municipality:
        geometry = square(9 + int(ags[-2:]) / 10, 51)
        return make_municipality(ags, name=name, edition=editions[at], geometry=geometry)

    return made


def becomes(
    predecessor: Municipality, successor: Municipality, kind: SuccessionKind, day: date | None, share: float = 1.0
) -> None:
    Succession.objects.create(
        predecessor=predecessor,
        successor=successor,
        kind=kind,
        effective_on=day,
        area_share=share,
        resident_share=share,
        source=SuccessionSource.OFFICIAL,
        state=SuccessionState.CONFIRMED,
    )


def fate(ags: str) -> Fate:
    found = fate_of(ags)
    assert found is not None
    return found


Named = Callable[[int, str, str], Municipality]


def test_another_key_and_then_an_end_is_told_as_the_end(named: Named) -> None:
    first, second, third = named(0, "16056001", "Ast"), named(1, "16063001", "Ast"), named(2, "16063002", "Buch")
    becomes(first, second, SuccessionKind.KEY_CHANGED, EARLIER)
    becomes(second, third, SuccessionKind.DISSOLVED, LATER)
    assert not fate("16056001").is_other_key
    assert fate("16056001").in_words() == "Ast ging am 1. Januar 2021 in Buch auf."
    assert fate("16056001").in_english() == "Ast (16056001) became part of Buch (16063002) on 2021-01-01."


def test_an_end_without_a_day_lies_between_the_editions_on_both_its_sides(named: Named) -> None:
    first, second, third = named(0, "16056001", "Ast"), named(1, "16063001", "Ast"), named(2, "16063002", "Buch")
    becomes(first, second, SuccessionKind.KEY_CHANGED, None)
    becomes(second, third, SuccessionKind.DISSOLVED, None)
    assert fate("16056001").in_words() == (
        "Ast ging zwischen dem 31. Dezember 2019 und dem 31. Dezember 2022 in Buch auf."
    )
    assert fate("16056001").in_english().endswith("between 2019-12-31 and 2022-12-31.")


def test_who_took_over_and_is_gone_too_is_named_before_those_of_today(named: Named) -> None:
    first, second, third = named(0, "06635001", "Ast"), named(1, "06635002", "Buch"), named(2, "06635003", "Clus")
    becomes(first, second, SuccessionKind.DISSOLVED, EARLIER)
    becomes(second, third, SuccessionKind.DISSOLVED, LATER)
    assert fate("06635001").in_words() == "Ast ging am 1. Januar 2017 in Buch auf. Heute gehört das Gebiet zu Clus."
    assert fate("06635001").in_english() == (
        "Ast (06635001) became part of Buch (06635002) on 2017-01-01. Its territory is now in Clus (06635003)."
    )


def test_what_was_divided_and_came_together_again_says_both(named: Named) -> None:
    first, left, right = named(0, "06635001", "Ast"), named(1, "06635002", "Buch"), named(1, "06635003", "Clus")
    last = named(2, "06635003", "Clus")
    becomes(first, left, SuccessionKind.DISSOLVED, EARLIER, 0.6)
    becomes(first, right, SuccessionKind.DISSOLVED, EARLIER, 0.4)
    becomes(left, last, SuccessionKind.DISSOLVED, LATER)
    assert fate("06635001").sole is not None
    assert fate("06635001").in_words() == (
        "Ast wurde am 1. Januar 2017 aufgeteilt: auf Buch und Clus. Heute gehört das Gebiet zu Clus."
    )


def test_two_other_keys_one_after_the_other_are_another_key(named: Named) -> None:
    first, second, third = named(0, "16056001", "Ast"), named(1, "16063001", "Ast"), named(2, "16064001", "Ast")
    becomes(first, second, SuccessionKind.KEY_CHANGED, EARLIER)
    becomes(second, third, SuccessionKind.KEY_CHANGED, LATER)
    assert fate("16056001").is_other_key
    assert fate("16056001").in_words() == (
        "Ast hat seit dem 1. Januar 2017 einen anderen Schlüssel: 16064001 statt 16056001."
    )
    assert fate("16056001").in_english() == "Ast has another key since 2017-01-01: 16064001, no longer 16056001."


def test_an_edition_that_was_never_compared_hides_no_successor(named: Named) -> None:
    first, last = named(0, "06635001", "Ast"), named(2, "06635002", "Buch")
    named(1, "06635001", "Ast")  # imported later than both
    BoundaryEdition.objects.filter(date=DAYS[2]).update(follows=first.edition)
    becomes(first, last, SuccessionKind.DISSOLVED, EARLIER)
    found = fate("06635001").sole
    assert found is not None
    assert found.municipality == last
