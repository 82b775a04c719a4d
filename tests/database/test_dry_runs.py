"""Every command that writes can be tried first: --dry-run tells what would be, and leaves everything as it was."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from django.contrib.auth.models import User
from django.core.management import call_command, get_commands, load_command_class
from pytest_django import Settings

from cohesion.assessment import assess
from cohesion.models import Assessment, Score
from places.models import BoundaryEdition, Municipality, Place, Space, Support
from tests.factories import TODAY
from tests.web.settlements import settle_resilient, settle_risky

pytestmark = pytest.mark.django_db

OURS = sorted(name for name, app in get_commands().items() if app in ("places", "cohesion", "sok_site"))


@pytest.mark.parametrize("name", OURS)
def test_every_command_of_ours_can_be_tried_first(name: str) -> None:
    command: Any = load_command_class(get_commands()[name], name)
    parser = command.create_parser("manage.py", name)
    assert "--dry-run" in parser.format_help()
    assert f"`{name}" in (site.BASE_DIR / "docs" / "formats.md").read_text()


def test_no_command_is_forgotten() -> None:
    files = {file.stem for app in ("places", "cohesion", "sok_site") for file in _commands(app)}
    assert files == set(OURS)
    assert len(files) > 10


def _commands(app: str) -> list[Path]:
    folder = Path(apps.get_app_config(app).path) / "management" / "commands"
    return [file for file in folder.glob("*.py") if file.stem != "__init__"]


def run(name: str, *arguments: str) -> str:
    out = StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def test_an_assessment_that_is_tried_tells_its_classes_and_is_not_stored(settings: Settings, tmp_path: Path) -> None:
    settings.LAST_WORLD = tmp_path / "world"
    settle_resilient("Gutstadt")
    settle_risky("Fern")
    told = run("assess", "--as-of", TODAY.isoformat(), "--draws", "10", "--dry-run")
    assert told.startswith(f"An assessment as of {TODAY.isoformat()}")
    assert "1 risky, 1 resilient" in told
    assert "(dry run, nothing was written)" in told
    assert "10 draws from seed" in told
    assert not Assessment.objects.exists()
    assert not Score.objects.exists()
    assert not settings.LAST_WORLD.exists()


def test_a_trial_leaves_what_the_next_assessment_goes_on_from(settings: Settings, tmp_path: Path) -> None:
    settings.LAST_WORLD = tmp_path / "world"
    settle_resilient("Gutstadt")
    assess(TODAY, draws=0)
    before = settings.LAST_WORLD.read_bytes()
    Place.objects.update(status="closed")
    assert "1 risky" in run("assess", "--as-of", TODAY.isoformat(), "--draws", "0", "--dry-run")
    assert settings.LAST_WORLD.read_bytes() == before
    assert [score.cohesion_class for score in Score.objects.all()] == ["resilient"]


def test_one_of_the_same_inputs_is_recognised_in_a_trial_too() -> None:
    settle_risky("Fern")
    stored = assess(TODAY, draws=0).assessment
    told = run("assess", "--as-of", TODAY.isoformat(), "--draws", "0", "--dry-run")
    assert told.startswith(f"Assessment {stored.pk} as of")
    assert "already stored, nothing written" in told


def test_the_demo_that_is_tried_is_not_there(settings: Settings, tmp_path: Path) -> None:
    settings.LAST_WORLD, settings.ASSESS_DRAWS, settings.TILES_DIR = tmp_path / "world", 0, tmp_path / "tiles"
    told = run("load_demo", "--dry-run")
    assert "(dry run, nothing was written)" in told
    assert "184 created" in told
    for model in (BoundaryEdition, Municipality, Place, Support, Space, Assessment, User):
        assert not model.objects.exists()
    assert not settings.LAST_WORLD.exists()
