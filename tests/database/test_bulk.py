"""Very many rows out of the database and into it: the same numbers and words on both databases."""

from typing import Any

import numpy as np
import pytest

from cohesion.models import Score
from places.bulk import numbers, store, store_numbers
from places.models import Municipality, ResidentPoint
from tests.factories import make_assessment, make_municipality

pytestmark = pytest.mark.django_db

KEYS = ("06635001", "06635002", "06635003")


def test_numbers_come_as_they_are_and_nan_for_what_is_missing() -> None:
    made = [make_municipality(key, population=population) for key, population in zip(KEYS, (0, None, 7), strict=True)]
    Municipality.objects.filter(pk=made[2].pk).update(open_administration=4, area_km2=1 / 3)
    rows = numbers(Municipality.objects.filter(ags__startswith="066").values_list("pk", "population", "area_km2"))
    rows = rows[np.argsort(rows[:, 0])]
    assert rows.dtype == np.float64
    assert rows[:, 0].tolist() == [each.pk for each in made]
    assert str(rows[:, 1].tolist()) == "[0.0, nan, 7.0]"
    assert rows[2, 2] == 1 / 3


def test_of_no_rows_there_are_no_numbers_in_so_many_columns() -> None:
    assert numbers(Municipality.objects.values_list("pk", "population")).shape == (0, 2)


@pytest.mark.parametrize("name", ["", 'Haus "Zur Linde", alt', "Müßiggang; \\N \\. NULL", "zwei\nZeilen", " "])
def test_what_is_stored_is_read_again_as_it_was(name: str) -> None:
    first, other = make_municipality(KEYS[0]), make_municipality(KEYS[1])
    assessment = make_assessment(first.edition)
    told = {"residents": 0.1 + 0.2, "words": name, "nothing": None, "list": []}
    known: dict[str, Any] = {"supply": 1 / 3, "supply_after_loss": 0.0, "explanation": told}
    known["class_shares"] = {"robust": 1.0}
    unknown: dict[str, Any] = {"supply": None, "renewal": None, "class_shares": None, "explanation": {}}
    rows = [
        Score(assessment=assessment, municipality=municipality, cohesion_class="risky", critical_name=name, **facts)
        for municipality, facts in ((first, known), (other, unknown))
    ]
    store(Score.objects, rows)
    found = Score.objects.order_by("municipality__ags")
    for row, score, facts in zip(rows, found, (known, unknown), strict=True):
        assert score.critical_name == name
        assert score.critical_kind == ""
        assert score.critical_place_id is None
        assert score.municipality_id == row.municipality_id
        assert {field: getattr(score, field) for field in facts} == facts


def test_nothing_to_store_is_stored() -> None:
    store(Score.objects, [])
    assert not Score.objects.exists()


def test_whole_numbers_and_keys_are_stored_as_they_are() -> None:
    made = [make_municipality(key).pk for key in KEYS[:2]]
    names = ("municipality_id", "x", "y", "residents")
    rows = [(made[0], 0, 2**31 - 1, 1), (made[1], 4_300_500, 3_100_500, 70)]
    store_numbers(ResidentPoint.objects, names, np.array(rows, dtype=np.int64))
    store_numbers(ResidentPoint.objects, names, np.empty((0, 4), dtype=np.int64))
    assert list(ResidentPoint.objects.order_by("residents").values_list(*names)) == rows
