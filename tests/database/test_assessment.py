"""From the database to stored scores: inputs, the worked example, recognition, findings. The formulas: tests/unit."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from cohesion.assessment import NothingToAssessError, assess
from cohesion.engine import Parameters
from cohesion.explanation import explain
from cohesion.inputs import read_world
from cohesion.models import Assessment, Score
from cohesion.vocabulary import CohesionClass, PopulationBasis
from places.geo import to_degrees
from places.models import Actor, Municipality, Place
from places.vocabulary import Condition, Dynamic, Role, Sector, Status, ZokTier
from tests.factories import (
    TODAY,
    box_in_metres,
    involve,
    make_actor,
    make_edition,
    make_municipality,
    make_place,
    square,
)

pytestmark = pytest.mark.django_db

# Method §9 stands at the origin of a grid; here it stands on census cells in the middle of Germany.
X0, Y0 = 4_300_500, 3_100_500


def place_at(x: float, name: str, **fields: Any) -> Place:
    longitude, latitude = to_degrees(np.array([X0 + x]), np.array([Y0]))
    return make_place(name=name, longitude=float(longitude[0]), latitude=float(latitude[0]), **fields)


@pytest.fixture
def worked_example() -> None:
    """Method §9."""
    make_municipality(
        "06635001",
        geometry=box_in_metres(X0 - 2000, Y0 - 2000, X0 + 5500, Y0 + 2000),
        residents={(X0, Y0): 1000, (X0 + 3000, Y0): 500},
        inventory_completed_on=TODAY,
    )
    make_municipality(
        "06635002",
        geometry=box_in_metres(X0 + 5500, Y0 - 2000, X0 + 10_000, Y0 + 2000),
        residents={(X0 + 8000, Y0): 400},
        inventory_completed_on=TODAY,
    )
    # Draws depend on the ids of places: these are the same in every run
    shop = place_at(0, "shop", pk=900_001, **dict.fromkeys(Condition, 3), **dict.fromkeys(Dynamic, 2))
    involve(shop, make_actor("A"), Role.MOTIVATOR, Role.PROMOTER)
    involve(shop, make_actor("B"), Role.PROVIDER)
    place_at(3000, "hall", pk=900_002)


def score(ags: str, assessment: Assessment | None = None) -> Score:
    assessment = assessment or Assessment.objects.newest()
    assert assessment is not None
    return Score.objects.of(assessment).get(municipality__ags=ags)


def test_the_worked_example_of_the_method_number_by_number(worked_example: None) -> None:
    outcome = assess(TODAY)
    assert outcome.is_new
    assert outcome.assessment.places_counted == 2
    first, second = score("06635001"), score("06635002")
    assert first.supply == pytest.approx(1)
    assert first.supply_after_loss == pytest.approx(1 / 3)
    assert first.renewal == pytest.approx(0.75)
    assert first.cohesion_class == CohesionClass.RESILIENT
    assert first.critical_place == Place.objects.get(name="shop")
    assert first.critical_name == "shop"
    assert first.population_basis == PopulationBasis.GRID
    assert second.supply == pytest.approx(0, abs=1e-9)
    assert second.cohesion_class == CohesionClass.RISKY
    assert second.critical_name == ""


def test_figures_keep_no_name_of_a_person(worked_example: None) -> None:
    """So one that agreed is told as long as that holds, also by figures of an earlier day."""
    hall = Place.objects.get(name="hall")
    rosa = Actor.objects.create(name="Rosa", is_person=True, sector=Sector.CIVIL_SOCIETY)
    Actor.objects.filter(name="B").delete()
    for place in (Place.objects.get(name="shop"), hall):
        involve(place, rosa, Role.PROVIDER)
    assess(TODAY)
    found = score("06635001")
    assert (found.critical_kind, found.critical_name) == ("actor", "")
    assert explain(found).critical_name == "Rosa"
    Actor.objects.filter(name="Rosa").update(name="")
    assert "nicht genannt" in explain(score("06635001")).critical_name


def test_the_same_inputs_are_recognised_and_stored_once(worked_example: None) -> None:
    first = assess(TODAY)
    again = assess(TODAY)
    assert not again.is_new
    assert again.assessment == first.assessment
    assert Assessment.objects.count() == 1


def test_inputs_that_changed_and_changed_back_are_the_newest_again(worked_example: None) -> None:
    first = assess(TODAY).assessment
    Municipality.objects.filter(ags="06635002").update(inventory_completed_on=None)
    between = assess(TODAY).assessment
    Municipality.objects.filter(ags="06635002").update(inventory_completed_on=TODAY)
    last = assess(TODAY)
    assert last.is_new
    assert Assessment.objects.newest() == last.assessment
    assert last.assessment.inputs_digest == first.inputs_digest != between.inputs_digest


def test_run_every_day_it_is_stored_only_when_inputs_changed(worked_example: None) -> None:
    first = assess(TODAY, if_changed=True)
    assert first.is_new
    assert assess(TODAY + timedelta(days=1), if_changed=True).assessment == first.assessment
    run_out = assess(TODAY + timedelta(days=3 * 365), if_changed=True)  # nobody confirmed anything since
    assert run_out.is_new
    assert run_out.assessment.places_counted == 0


def test_another_day_is_another_assessment_with_the_same_digest_and_figures(worked_example: None) -> None:
    first = assess(TODAY).assessment
    later = assess(TODAY + timedelta(days=1)).assessment
    assert later != first
    assert later.inputs_digest == first.inputs_digest
    figures = ("cohesion_class", "supply", "supply_after_loss", "renewal", "critical_name")
    assert list(first.scores.values_list(*figures)) == list(later.scores.values_list(*figures))


@pytest.mark.parametrize(
    "change",
    [
        lambda: Place.objects.filter(name="shop").update(consolidation=3),
        lambda: Municipality.objects.filter(ags="06635001").update(open_administration=1),
        lambda: Municipality.objects.filter(ags="06635002").update(inventory_completed_on=None),
        lambda: Place.objects.filter(name="hall").update(status=Status.CLOSED),
        lambda: involve(Place.objects.get(name="hall"), make_actor("B"), Role.PROVIDER),
    ],
)
def test_any_change_of_an_input_changes_the_digest(worked_example: None, change) -> None:  # type: ignore[no-untyped-def]
    before = assess(TODAY).assessment.inputs_digest
    change()
    assert assess(TODAY).assessment.inputs_digest != before


def test_changing_every_tier_changes_no_class_and_is_no_input(worked_example: None) -> None:
    first = assess(TODAY)
    Municipality.objects.update(zok_tier=ZokTier.OBERZENTRUM, zok_detail="Metropole", zok_source="Test")
    assert assess(TODAY).assessment == first.assessment


def test_other_parameters_give_another_assessment(worked_example: None) -> None:
    first = assess(TODAY).assessment
    strict = assess(TODAY, Parameters(sufficient_supply=0.8)).assessment
    assert strict.parameters["sufficient_supply"] == 0.8
    after_loss = [score("06635001", each).supply_after_loss or 0 for each in (first, strict)]
    assert after_loss[0] > after_loss[1]


def test_a_place_that_was_confirmed_too_long_ago_is_not_counted(worked_example: None) -> None:
    Place.objects.filter(name="shop").update(confirmed_on=date(2024, 11, 22))
    assert assess(TODAY).assessment.places_counted == 2, "24 months to the day still hold"
    Place.objects.filter(name="shop").update(confirmed_on=date(2024, 11, 21))
    assert assess(TODAY).assessment.places_counted == 1
    assert explain(score("06635001")).unconfirmed == [Place.objects.get(name="shop")]


def test_a_confirmation_after_the_day_of_the_assessment_does_not_count_yet(worked_example: None) -> None:
    Place.objects.filter(name="shop").update(confirmed_on=TODAY + timedelta(days=1))
    assert assess(TODAY).assessment.places_counted == 1


def test_absence_is_no_risk_before_the_inventory_is_completed(worked_example: None) -> None:
    Municipality.objects.update(inventory_completed_on=TODAY + timedelta(days=1))
    assess(TODAY)
    assert score("06635002").cohesion_class == CohesionClass.UNASSESSED
    assess(TODAY + timedelta(days=1))
    assert score("06635002").cohesion_class == CohesionClass.RISKY


def test_a_municipality_without_census_cells_gets_a_lattice_with_all_its_residents() -> None:
    cells = box_in_metres(X0 - 500, Y0 - 500, X0 + 1500, Y0 + 500)
    municipality = make_municipality("06635001", geometry=cells, population=900, inventory_completed_on=TODAY)
    world = read_world(municipality.edition, TODAY, 24)
    assert sorted(world.inputs.point_x) == pytest.approx([X0, X0 + 1000], abs=0.01)
    assert world.inputs.point_residents.tolist() == [450, 450]
    assert world.population_basis == [PopulationBasis.LATTICE]


def test_unincorporated_and_empty_areas_are_kept_without_a_class() -> None:
    make_municipality("06635001", is_unincorporated=True)
    make_municipality("06635002", population=None, inventory_completed_on=TODAY)
    make_municipality("06635003", population=0, inventory_completed_on=TODAY)
    assess(TODAY)
    for ags in ("06635001", "06635002", "06635003"):
        assert score(ags).cohesion_class == CohesionClass.UNASSESSED
        assert score(ags).supply is None
        assert score(ags).population_basis == ""


def test_the_critical_actor_is_named_and_explained(worked_example: None) -> None:
    hall = Place.objects.get(name="hall")
    Place.objects.filter(name="shop").update(**dict.fromkeys(Condition, 4), **dict.fromkeys(Dynamic, 4))
    owner = make_actor("Gut Eichhorn", Sector.PRIVATE_SECTOR)
    involve(hall, owner, Role.PROVIDER)
    Place.objects.get(name="shop").involvements.filter(provider=True).update(actor=owner)
    assess(TODAY)
    found = score("06635001")
    assert (found.critical_kind, found.critical_actor, found.critical_place) == ("actor", owner, None)
    assert found.supply_after_loss == pytest.approx(0)
    carriers = explain(found).carriers
    assert carriers[0].actor == owner
    assert carriers[0].is_critical
    assert carriers[0].loss == pytest.approx(found.supply)


def test_the_explanation_names_what_stands_what_is_missing_and_what_could_be_used(worked_example: None) -> None:
    planned = place_at(1000, "planned", status=Status.PLANNED)
    dormant = place_at(9000, "dormant", status=Status.DORMANT)
    draft = place_at(1000, "draft", publication="draft", status=Status.PLANNED)
    Municipality.objects.filter(ags="06635001").update(public_infrastructure=1, process_not_project=2)
    assess(TODAY)
    first, second = explain(score("06635001")), explain(score("06635002"))
    assert [standing.place.name for standing in first.standing] == ["shop", "hall"]
    assert sum(standing.share for standing in first.standing) == pytest.approx(1)
    assert first.standing[0].is_critical
    assert first.standing[0].loss == pytest.approx(2 / 3)
    assert first.critical_loss == pytest.approx(2 / 3)
    assert [vacant.place.name for vacant in first.vacant_roles] == ["hall"]
    assert first.vacant_roles[0].is_whole_triad
    assert [weak.condition for weak in first.weakest_conditions] == [
        Condition.PUBLIC_INFRASTRUCTURE,
        Condition.PROCESS_NOT_PROJECT,
    ]
    assert first.planned == [planned]
    assert draft not in first.planned
    assert first.unreached_residents == 0
    assert (second.planned, second.dormant) == ([], [dormant])
    assert second.residents == 400


def test_a_place_that_is_no_longer_public_is_not_named(worked_example: None) -> None:
    assess(TODAY)
    Place.objects.filter(name="hall").update(publication="archived")
    assert [standing.place.name for standing in explain(score("06635001")).standing] == ["shop"]


def test_a_crowded_place_is_named_with_its_demand(worked_example: None) -> None:
    make_municipality("06635003", geometry=square(12, 51), residents={(X0 + 1000, Y0): 6000})
    assess(TODAY)
    crowded = explain(score("06635001")).crowded
    assert [found.place.name for found in crowded] == ["shop", "hall"]
    assert crowded[0].crowding == pytest.approx(3000 / (1000 + 500 * 0.5 + 6000))


# --- How sure (method §7) -------------------------------------------------------------------------------------------


def test_an_assessment_says_how_sure_each_class_is_and_what_would_change_it(worked_example: None) -> None:
    make_municipality("06635003", population=0, inventory_completed_on=TODAY)
    assessment = assess(TODAY, draws=200, seed=5).assessment
    assert (assessment.draws, assessment.seed) == (200, 5)
    first = score("06635001")
    assert first.class_shares is not None
    assert set(first.class_shares) == set(CohesionClass.values)
    assert sum(first.class_shares.values()) == pytest.approx(1)
    assert first.stability == first.class_shares["resilient"]
    assert 0.9 < first.class_shares["resilient"] < 1
    assert first.explanation["flip"] == {
        "kind": "place",
        "cohesion_class": "risky",
        "place": Place.objects.get(name="shop").pk,
        "rating": None,
        "steps": 0,
        "role": None,
        "actor": None,
    }
    flip = explain(first).flip
    assert flip is not None
    assert (flip.kind, flip.place, flip.cohesion_class) == ("place", first.critical_place, CohesionClass.RISKY)
    nobody = score("06635003")
    assert (nobody.stability, nobody.class_shares) == (None, None)


def test_without_draws_nothing_is_said_of_how_sure_it_is(worked_example: None) -> None:
    assessment = assess(TODAY, draws=0).assessment
    assert (assessment.draws, assessment.seed) == (0, None)
    first = score("06635001")
    assert (first.stability, first.class_shares, first.explanation["flip"]) == (None, None, None)
    assert not Score.objects.filter(class_shares__isnull=False).exists()


def test_the_same_inputs_with_more_draws_or_another_seed_are_another_assessment(worked_example: None) -> None:
    none, few = assess(TODAY, draws=0), assess(TODAY, draws=5)
    assert few.is_new
    assert few.assessment.inputs_digest != none.assessment.inputs_digest
    assert not assess(TODAY, draws=5).is_new
    more = assess(TODAY, draws=6)
    assert more.is_new
    for draws in (0, 5, 6):
        assert assess(TODAY, draws=draws).assessment == more.assessment, "it has as many, and is as good"
    assert assess(TODAY, draws=5, seed=2).is_new
    Place.objects.filter(name="shop").update(consolidation=3)
    assert assess(TODAY, draws=5, seed=2).is_new


def test_the_draws_of_a_place_do_not_depend_on_what_others_there_are(worked_example: None) -> None:
    before = read_world(make_edition(), TODAY, 24).names()
    make_municipality("01001001", geometry=square(9, 54))
    Place.objects.filter(name="shop").update(confirmed_on=None)
    after = read_world(make_edition(), TODAY, 24).names()
    assert after.places.tolist() == before.places.tolist()[1:]
    assert after.municipalities.tolist() == [1001001, *before.municipalities.tolist()]


def test_draws_that_were_ended_are_gone_on_with(
    worked_example: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cohesion.engine.draws._DRAWS_AT_ONCE", 10)
    expected = [score.class_shares for score in assess(TODAY, draws=40).assessment.scores.all()]
    Assessment.objects.all().delete()
    file = tmp_path / "draws"

    def power_cut(done: int) -> None:
        if done == 20:
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        assess(TODAY, draws=40, keep_in=file, progress=power_cut)
    assert not Assessment.objects.exists()
    told: list[int] = []
    resumed = assess(TODAY, draws=40, keep_in=file, progress=told.append).assessment
    assert told == [30, 40]
    assert [score.class_shares for score in resumed.scores.all()] == expected
    # What belongs to other inputs, or is no such file, is not gone on with
    Place.objects.filter(name="shop").update(consolidation=4)
    told.clear()
    assess(TODAY, draws=20, keep_in=file, progress=told.append)
    assert told == [10, 20]
    file.write_bytes(b"PK\x03\x04 broken")
    told.clear()
    assess(TODAY, draws=20, seed=9, keep_in=file, progress=told.append)
    assert told == [10, 20]


def test_whoever_is_slower_than_another_run_looks_again(worked_example: None) -> None:
    others: list[Assessment] = []

    def another_run(done: int) -> None:
        if not others:
            Place.objects.filter(name="shop").update(consolidation=4)
            others.append(assess(TODAY, draws=3).assessment)

    outcome = assess(TODAY, draws=3, progress=another_run)
    assert not outcome.is_new
    assert outcome.assessment == others[0]
    assert Assessment.objects.count() == 1


def test_the_command_draws_as_it_is_told(
    worked_example: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("assess", draws=30, seed=4, keep_draws=tmp_path / "draws")
    assert "30 draws from seed 4" in capsys.readouterr().out
    newest = Assessment.objects.newest()
    assert newest is not None
    assert (newest.draws, newest.seed) == (30, 4)
    assert (tmp_path / "draws").exists()
    with pytest.raises(CommandError, match="a whole number from 0"):
        call_command("assess", "--draws=-1")


def test_the_order_of_rows_in_the_database_changes_nothing(worked_example: None) -> None:
    edition = make_edition()
    before = read_world(edition, TODAY, 24)
    rows = list(Municipality.objects.get(ags="06635001").resident_points.all())
    for row in rows:
        row.delete()
    for row in reversed(rows):
        row.pk = None
        row.save()
    assert read_world(edition, TODAY, 24).digest(Parameters()) == before.digest(Parameters())


def test_a_failing_run_stores_nothing(worked_example: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("cohesion.assessment.find", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        assess(TODAY)
    assert not Assessment.objects.exists()


def test_without_municipalities_it_says_what_to_do() -> None:
    with pytest.raises(NothingToAssessError, match="import_boundaries"):
        assess(TODAY)
