"""publiccode.yml has what the standard requires, and says of this version what is true of it."""

import tomllib
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
REQUIRED = {
    "publiccodeYmlVersion",
    "name",
    "url",
    "platforms",
    "categories",
    "developmentStatus",
    "softwareType",
    "description",
    "legal",
    "maintenance",
    "localisation",
}


def document() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    return read


def test_every_required_key_is_there() -> None:
    found = document()
    assert set(found) >= REQUIRED
    assert found["legal"]["license"]
    assert found["maintenance"]["type"] in ("internal", "contract", "community", "none")
    assert isinstance(found["localisation"]["localisationReady"], bool)
    assert found["developmentStatus"] in ("concept", "development", "beta", "stable", "obsolete")


def test_descriptions_are_as_long_as_the_standard_allows_in_both_languages() -> None:
    descriptions = document()["description"]
    assert set(descriptions) == {code for code, _name in settings.LANGUAGES}
    for words in descriptions.values():
        assert len(words["shortDescription"]) <= 150
        assert 150 <= len(words["longDescription"]) <= 10_000
        assert words["features"]


def test_version_licence_and_languages_are_the_project_s() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = document()
    assert found["softwareVersion"] == project["version"]
    assert found["legal"]["license"] == project["license"]
    assert set(found["localisation"]["availableLanguages"]) == {code for code, _name in settings.LANGUAGES}
