"""Two names are alike whatever the spelling; two different names are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from places.likeness import likeness

NAMES = st.text(alphabet="abcdeäöüß é-.,'0123456789 ABCÄ", max_size=30)
WORDS = st.lists(st.text(alphabet="abcdefgäöüß", min_size=4, max_size=9), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café Köhler", "cafe koehler"),
        ("Bürgerhaus Großalmerode", "BUERGERHAUS GROSSALMERODE"),
        ("Dorfladen Ottlar e. V.", "Dorfladen Ottlar"),
        ("Verein der Freunde Ottlar", "Ottlar, Freunde Verein"),
        ("Repair-Café", "Repair Café"),
        ("Repair-Café Witzenhausen", "Repaircafé Witzenhausen"),
    ],
)
def test_spelling_case_order_and_small_words_make_no_difference(one: str, other: str) -> None:
    assert likeness(one, other) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Kulturbahnhof Kasel", "Kulturbahnhof Kassel"), ("Bücherei Hofgeismar", "Büchrei Hofgeismar")],
)
def test_a_slip_of_the_pen_is_very_alike(one: str, other: str) -> None:
    assert 0.75 <= likeness(one, other) < 1


@pytest.mark.parametrize(
    ("one", "other"), [("Dorfladen", "Feuerwehrhaus"), ("Kulturbahnhof", "Mehrgenerationenhaus"), ("", "Dorfladen")]
)
def test_different_names_are_not_alike(one: str, other: str) -> None:
    assert likeness(one, other) < 0.4


def test_a_name_that_shares_the_rarer_word_is_more_alike_than_a_stranger() -> None:
    assert likeness("Dorfladen Ottlar", "Ottlarer Dorfladen") > likeness("Dorfladen Ottlar", "Dorfladen Vasbeck") > 0.4


@given(NAMES, NAMES)
def test_it_lies_between_nothing_and_all_and_asks_in_no_order(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == pytest.approx(likeness(other, one))


@given(WORDS, st.randoms(use_true_random=False))
def test_any_order_of_words_and_capitals_is_the_same_name(words: list[str], chance: object) -> None:
    shuffled = list(words)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert likeness(" ".join(words), " ".join(shuffled).upper()) == pytest.approx(1.0)
