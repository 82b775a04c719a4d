"""The table of the map page without a database: what is asked for, found, counted, sorted, paged."""

import json

import pytest
from django.http import QueryDict

from cohesion.views.overview import PAGE_SIZE, Asked, Overview, Row, fold, found_by, ordered
from places import keys
from tests.conftest import DATA


def row(ags: str, name: str, cohesion_class: str = "risky", zok_tier: str = "none", **figures: float | None) -> Row:
    known = {"supply": 0.5, "supply_after_loss": 0.25, "renewal": None, **figures}
    return Row(ags=ags, name=name, zok_tier=zok_tier, population=1000, cohesion_class=cohesion_class, **known)


ROWS = [
    row("06611000", "Kassel", "risky", "oberzentrum"),
    row("06635015", "Korbach", "resilient", "mittelzentrum", supply=0.7),
    row("06635001", "Äpfelfeld", "risky", "none", supply=None),
    row("06635002", "Zell", "robust", "none", supply=0.95),
    row("06635003", "Oede", "unassessed", "", supply=0.0),
]


def asked(query: str) -> Asked:
    return Asked.read(QueryDict(query))


def names(query: str) -> list[str]:
    return [found.name for found in Overview.of(ROWS, asked(query)).rows]


def test_nothing_asked_shows_all_by_name_as_in_a_dictionary() -> None:
    assert names("") == ["Äpfelfeld", "Kassel", "Korbach", "Oede", "Zell"]
    assert not asked("").is_filtered


def test_choices_of_one_kind_add_up_and_choices_of_two_kinds_narrow_down() -> None:
    assert names("class=risky&class=robust") == ["Äpfelfeld", "Kassel", "Zell"]
    assert names("class=risky&tier=oberzentrum") == ["Kassel"]
    assert names("tier=unknown") == ["Oede"]


def test_a_count_says_what_its_box_would_show() -> None:
    overview = Overview.of(ROWS, asked("class=risky&tier=none"))
    assert overview.class_counts == {"risky": 1, "resilient": 0, "robust": 1, "unassessed": 0}
    assert overview.tier_counts == {
        "none": 1,
        "grundzentrum": 0,
        "mittelzentrum": 0,
        "oberzentrum": 1,
        "unknown": 0,
    }
    assert (overview.found, overview.total) == (1, 5)


@pytest.mark.parametrize(
    "query", ["class=angry", "tier=metropolis", "sort=weather", "page=0", "page=x", "page=9999999", "q=+", "utm=1"]
)
def test_what_is_unknown_in_a_query_is_passed_over(query: str) -> None:
    assert asked(query) == Asked()


@pytest.mark.parametrize("text", ["Höxter", "hoexter", "Hoxt", "HÖX", "oxte", "05762", "05762020"])
def test_names_are_found_whatever_way_umlauts_are_typed_and_keys_by_their_beginning(text: str) -> None:
    assert found_by(text, row("05762020", "Höxter"))


@pytest.mark.parametrize("text", ["Haxter", "762020", "Höxter 1"])
def test_what_does_not_fit_is_not_found(text: str) -> None:
    assert not found_by(text, row("05762020", "Höxter"))


def test_sharp_s_is_found_as_two() -> None:
    assert fold("Großalmerode") == ("grossalmerode", "grossalmerode")


def test_what_is_not_known_comes_last_either_way() -> None:
    assert [found.name for found in ordered(ROWS, "supply")] == ["Oede", "Kassel", "Korbach", "Zell", "Äpfelfeld"]
    assert [found.name for found in ordered(ROWS, "-supply")] == ["Zell", "Korbach", "Kassel", "Oede", "Äpfelfeld"]
    assert ordered(ROWS, "-zok_tier")[-1].name == "Oede"


def test_classes_and_tiers_are_sorted_by_their_meaning_and_equal_ones_by_name() -> None:
    assert [found.name for found in ordered(ROWS, "cohesion_class")][:3] == ["Äpfelfeld", "Kassel", "Korbach"]
    assert [found.name for found in ordered(ROWS, "-zok_tier")][:2] == ["Kassel", "Korbach"]


def test_many_rows_come_in_pages_and_a_page_beyond_the_last_is_the_last() -> None:
    many = [row(f"06635{number:03}", f"Ort {number:03}") for number in range(PAGE_SIZE + 1)]
    first, second = Overview.of(many, asked("")), Overview.of(many, asked("page=7"))
    assert (len(first.rows), first.page, first.pages) == (PAGE_SIZE, 1, 2)
    assert ([found.name for found in second.rows], second.page) == (["Ort 200"], 2)


def test_addresses_end_as_the_browser_writes_them() -> None:
    slugs = json.loads((DATA / "slugs.json").read_text(encoding="utf-8"))
    assert {name: keys.slug(name) for name in slugs} == slugs
