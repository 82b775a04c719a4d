"""German is the source; the English catalogue is complete, current, and keeps every placeholder."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = Path("sok_site/locale/en/LC_MESSAGES/django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|</?[a-z]+")


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def sides(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


@pytest.fixture(scope="module")
def english() -> Catalog:
    with (ROOT / CATALOGUE).open("rb") as file:
        return read_po(file, locale="en")


def test_every_string_is_translated(english: Catalog) -> None:
    assert [message.id for message in messages(english) if message.fuzzy or not all(sides(message.string))] == []


def test_every_placeholder_survives_translation(english: Catalog) -> None:
    changed = [
        message.id
        for message in messages(english)
        if set(PLACEHOLDER.findall(sides(message.id)[-1])) != set(PLACEHOLDER.findall(sides(message.string)[-1]))
    ]
    assert changed == []


def test_the_catalogue_holds_exactly_the_strings_of_the_code(english: Catalog, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in listed.stdout.decode().split("\0"):
        source = ROOT / name
        if source.is_file() and source.suffix in (".py", ".html", ".po", ".txt"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy / name)
    subprocess.run([sys.executable, "-m", "scripts.messages"], cwd=copy, capture_output=True, check=True)
    with (copy / CATALOGUE).open("rb") as file:
        fresh = read_po(file, locale="en")
    ours = {(message.context, tuple(sides(message.id))) for message in messages(english)}
    theirs = {(message.context, tuple(sides(message.id))) for message in messages(fresh)}
    assert ours - theirs == set(), "no longer used: make messages"
    assert theirs - ours == set(), "not yet in the catalogue: make messages"
