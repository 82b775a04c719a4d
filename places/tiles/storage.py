"""Where the tile archives lie: one file per edition, named by its day and its digest, never changed once written.

What is in one: cutting.py; how it is served: sok_site/tiles.py.
"""

import hashlib
import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.db.models.functions import AsWKB

from places.models import BoundaryEdition, Municipality
from places.tiles.cutting import Territory, cut


def archive_path(day: date, digest: str) -> Path:
    """The file of the archive of that edition with that digest, whether it is there or not."""
    folder: Path = settings.TILES_DIR
    return folder / f"{day.isoformat()}-{digest}.pmtiles"


def cut_tiles(edition: BoundaryEdition) -> int:
    """Cut all boundaries of the edition anew, write the archive and its digest; how many bytes it has.

    An archive that was there before stays, for pages that are open; ``forgotten_archives`` finds it.
    """
    rows = list(Municipality.objects.of_edition(edition).order_by("ags").values_list("ags", AsWKB("geometry")))
    geometries = shapely.from_wkb(np.array([bytes(wkb) for _, wkb in rows], dtype=object))
    names = dict(edition.regions.values_list("key", "name"))
    archive = cut(Territory([ags for ags, _ in rows], geometries, names), attribution=edition.attribution)
    digest = hashlib.sha256(archive.content).hexdigest()
    _write(archive_path(edition.date, digest), archive.content)
    edition.tiles_digest, edition.tiles_head = digest, archive.head
    edition.save(update_fields=["tiles_digest", "tiles_head"])
    return len(archive.content)


def forgotten_archives() -> list[Path]:
    """Files of archives that no edition names."""
    named = {archive_path(*row) for row in BoundaryEdition.objects.values_list("date", "tiles_digest")}
    return sorted(set(settings.TILES_DIR.glob("*.pmtiles")) - named)


def _write(path: Path, content: bytes) -> None:
    """All or nothing: whoever reads the folder never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
