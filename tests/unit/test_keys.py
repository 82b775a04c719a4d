"""Keys of municipalities are read strictly, taken apart, and names become addresses."""

import pytest

from places.keys import STATE_NAMES, district_key, parse_ags, parse_ars, slug, state_key


def test_an_ags_is_eight_digits_and_stays_text() -> None:
    assert parse_ags("06635015") == "06635015"
    assert parse_ags(" 16061001 ") == "16061001"


def test_an_ars_is_twelve_digits() -> None:
    assert parse_ars("066350015015") == "066350015015"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("6635015", "not an AGS (8 digits); was a leading zero lost?"),
        ("066350150", "not an AGS (8 digits)"),
        ("0663501a", "not an AGS (8 digits)"),
        ("٠٦٦٣٥٠١٥", "not an AGS (8 digits)"),
        ("", "not an AGS (8 digits)"),
        ("17000000", "not an AGS: no state has the key 17"),
        ("00000000", "not an AGS: no state has the key 00"),
    ],
)
def test_what_is_no_ags_is_refused_and_never_padded(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"not an AGS") as refused:
        parse_ags(text)
    assert str(refused.value) == message


def test_state_and_district_are_its_beginning() -> None:
    assert (state_key("06635015"), district_key("06635015")) == ("06", "06635")


def test_there_are_sixteen_states() -> None:
    assert sorted(STATE_NAMES) == [f"{number:02}" for number in range(1, 17)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bad Sooden-Allendorf", "bad-sooden-allendorf"),
        ("Großalmerode", "grossalmerode"),
        ("Neukirchen/Pleiße, Ü", "neukirchen-pleisse-ue"),
        ("Çeşme – Café", "cesme-cafe"),
        ("St. Märgen", "st-maergen"),
        ("…", ""),
    ],
)
def test_a_slug_is_readable_ascii(name: str, expected: str) -> None:
    assert slug(name) == expected
