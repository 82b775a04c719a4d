"""The files of /api/v1/exports/: which there are, where they lie, and that each is built once per version of the data.

A file's name has the version of the data in it and the digest of its bytes, which is its ETag. A version that changes
nothing in a layer gives the same bytes, and keeps the file's time.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from places.data_version import current_version, may_be_kept
from sok_site.exports import layers
from sok_site.exports.columns import OWN
from sok_site.exports.formats import FORMATS, Format, write_geopackage
from sok_site.ogc.collections import COLLECTIONS

EVERYTHING = "sok-atlas"  # all layers in one file
DIGITS = 20  # of a digest, in a name
BLOCK = 1 << 20


@dataclass(frozen=True)
class Export:
    """One file that can be had: a layer, or all of them, in a format."""

    layer: str
    extension: str

    @property
    def name(self) -> str:
        """As the address has it."""
        return f"{self.layer}.{self.extension}"

    @property
    def format(self) -> Format:
        """Which format it has."""
        return FORMATS[self.extension]

    @property
    def extension_title(self) -> str:
        """The format in a word."""
        return self.format.title.partition(" ")[0]

    @property
    def layers(self) -> tuple[str, ...]:
        """What is in it."""
        return tuple(OWN) if self.layer == EVERYTHING else (self.layer,)


EXPORTS: dict[str, Export] = {
    export.name: export
    for export in (*(Export(layer, extension) for layer in OWN for extension in FORMATS), Export(EVERYTHING, "gpkg"))
}


def files_by_title() -> list[dict[str, Any]]:
    """For people: of each layer, and of all together, what it is called and the files with their formats."""
    titles: dict[str, Any] = {name: COLLECTIONS[name].title for name in OWN} | {EVERYTHING: _("Alle Ebenen zusammen")}
    return [
        {
            "title": title,
            "formats": [(name, each.extension_title) for name, each in EXPORTS.items() if each.layer == layer],
        }
        for layer, title in titles.items()
    ]


@dataclass(frozen=True)
class Built:
    """A file that is there."""

    path: Path

    @property
    def digest(self) -> str:
        """Of its bytes."""
        return self.path.stem.rpartition("-")[2]

    @property
    def packed(self) -> Path | None:
        """The same gzipped; None where there is none."""
        path = self.path.with_name(f"{self.path.name}.gz")
        return path if path.exists() else None


def existing(export: Export) -> Built | None:
    """The file as the data are now, if it is there already."""
    return _find(export, _key())


def built(export: Export) -> Built:
    """The file as the data are now. Two who ask for it at once build it once."""
    key = _key()  # before the data are read: what is newer than its name says is built again, never older
    if found := _find(export, key):
        return found
    with _only_one(export):
        return _find(export, key) or _build(export, key)


def _key() -> str:
    """What the files depend on: the data, the day, the program, and what the operator has said."""
    version = current_version()
    if not (version.token and may_be_kept()):  # read in a transaction that may come to nothing
        return secrets.token_hex(8)
    said = (settings.SITE_URL, settings.DATA_LICENCE, settings.OPERATOR["name"])
    return f"{version.key()}-{hashlib.sha256(repr(said).encode()).hexdigest()[:8]}"


def _find(export: Export, key: str) -> Built | None:
    found = sorted(_folder().glob(f"{export.layer}_{escape(key)}-*.{export.extension}"))
    return Built(found[0]) if found else None


def _build(export: Export, key: str) -> Built:
    with TemporaryDirectory(dir=_folder(), prefix=".") as made:
        file = Path(made, export.name)
        for layer in map(layers.read, export.layers):
            (write_geopackage if export.extension == "gpkg" else export.format.write)(layer, file)
        digest = _digest(file)
        path = _folder() / f"{export.layer}_{key}-{digest}.{export.extension}"
        earlier = _all_of(export)
        if not export.format.is_packed:
            packed = Path(made, f"{export.name}.gz")
            with file.open("rb") as plain, gzip.GzipFile(packed, "wb", compresslevel=6, mtime=0) as target:
                shutil.copyfileobj(plain, target, BLOCK)
            packed.replace(path.with_name(f"{path.name}.gz"))
        for same in (each for each in earlier if Built(each).digest == digest):
            shutil.copystat(same, file)  # nobody has to fetch what has not changed
        file.replace(path)
    # The one before stays for a moment: somebody may have been sent to it just now.
    for old in sorted(earlier, key=lambda each: each.stat().st_ctime)[:-1]:
        for gone in (old, old.with_name(f"{old.name}.gz")):
            gone.unlink(missing_ok=True)
    return Built(path)


def _all_of(export: Export) -> list[Path]:
    return [*_folder().glob(f"{escape(export.layer)}_*.{export.extension}")]


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:DIGITS]


def _folder() -> Path:
    folder: Path = settings.EXPORTS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _only_one(export: Export) -> Iterator[None]:
    """Of all processes of this machine."""
    lock = os.open(_folder() / f".{export.name}.lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
