"""The archive of boundaries as maps read it: in ranges, for ever, from anywhere; and how it is cut anew."""

import gzip
from http import HTTPStatus
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from places.importers.boundaries import import_boundaries
from places.models import BoundaryEdition
from places.tiles.storage import archive_path, cut_tiles
from tests.conftest import DATA
from tests.factories import EDITION_DATE, make_municipality

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> BoundaryEdition:
    """An edition of one municipality, with its tiles."""
    edition = make_municipality().edition
    cut_tiles(edition)
    return edition


def address(edition: BoundaryEdition) -> str:
    return reverse("tiles", args=[edition.date, edition.tiles_digest])


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_map_reads_the_first_bytes_and_keeps_them_for_ever(client: Client, edition: BoundaryEdition) -> None:
    last = edition.tiles_head - 1
    response = client.get(address(edition), headers={"Range": f"bytes=0-{last}", "Accept-Encoding": "gzip"})
    content = archive_path(edition.date, edition.tiles_digest).read_bytes()
    assert response.status_code == HTTPStatus.PARTIAL_CONTENT
    assert body(response) == content[: edition.tiles_head]
    assert response["Content-Range"] == f"bytes 0-{last}/{len(content)}"
    assert response["Content-Type"] == "application/vnd.pmtiles"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in response
    assert response["ETag"] == f'"{edition.tiles_digest}"'
    assert content.startswith(b"PMTiles\x03")


def test_what_is_known_is_not_sent_again(client: Client, edition: BoundaryEdition) -> None:
    response = client.get(address(edition), headers={"If-None-Match": f'"{edition.tiles_digest}"'})
    assert response.status_code == HTTPStatus.NOT_MODIFIED


def test_maps_of_other_sites_may_read_them(client: Client, edition: BoundaryEdition) -> None:
    asked = client.options(address(edition), headers={"Origin": "https://example.org"})
    assert asked.status_code == HTTPStatus.NO_CONTENT
    assert "Range" in asked["Access-Control-Allow-Headers"]
    read = client.head(address(edition))
    assert read["Access-Control-Allow-Origin"] == "*"
    assert "Content-Range" in read["Access-Control-Expose-Headers"]
    assert read["Accept-Ranges"] == "bytes"


def test_nobody_writes_there(client: Client, edition: BoundaryEdition) -> None:
    assert client.post(address(edition)).status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("other", ["/tiles/2022-12-30-{}.pmtiles", "/tiles/2022-13-41-{}.pmtiles"])
def test_another_edition_has_none(client: Client, edition: BoundaryEdition, other: str) -> None:
    assert client.get(other.format(edition.tiles_digest)).status_code == HTTPStatus.NOT_FOUND


def test_an_import_cuts_tiles_and_a_dry_run_does_not(tiles_folder: Path) -> None:
    squares = DATA / "boundaries" / "two_squares.geojson"
    import_boundaries(squares, edition=EDITION_DATE, dry_run=True)
    assert not tiles_folder.exists()
    import_boundaries(squares, edition=EDITION_DATE)
    edition = BoundaryEdition.objects.get()
    assert [path.name for path in tiles_folder.iterdir()] == [f"{EDITION_DATE}-{edition.tiles_digest}.pmtiles"]


def test_lost_tiles_are_cut_again_and_forgotten_ones_go(edition: BoundaryEdition, tiles_folder: Path) -> None:
    (lost,) = tiles_folder.iterdir()
    before = lost.read_bytes()
    lost.unlink()
    forgotten = tiles_folder / f"2021-12-31-{'0' * 64}.pmtiles"
    forgotten.write_bytes(gzip.compress(b""))
    call_command("cut_tiles", "--dry-run", stdout=StringIO())
    assert list(tiles_folder.iterdir()) == [forgotten]
    call_command("cut_tiles", stdout=StringIO())
    assert list(tiles_folder.iterdir()) == [lost]
    assert lost.read_bytes() == before


def test_without_an_edition_there_is_nothing_to_cut() -> None:
    with pytest.raises(CommandError, match="import_boundaries"):
        call_command("cut_tiles", stdout=StringIO())
