"""PMTiles, version 3: the tiles of all zooms in one file, read by ranges of bytes. Pure: no Django.

The tiles of the lowest zoom lie right behind the directory: the first ``head`` bytes show the whole territory.
"""

import gzip
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from places.geo import Bbox
from places.tiles.vector_tile import varint

HEADER_BYTES = 127
FIRST_READ = 16_384  # header and directory must be within it, as the format has it
GZIP, VECTOR_TILE = 2, 1  # the format's numbers
LEVEL = 9

Address = tuple[int, int, int]  # zoom, column, row from the north-west


@dataclass(frozen=True)
class Archive:
    """The bytes of the file, and how many of them to read at first."""

    content: bytes
    head: int


def build_archive(tiles: Mapping[Address, bytes], bounds: Bbox, metadata: Mapping[str, Any]) -> Archive:
    """The file of ``tiles`` (not packed yet); the same tiles give the same bytes.

    Raises ValueError if there are too many for one directory, or none.
    """
    if not tiles:
        raise ValueError("an archive has at least one tile")
    in_order = sorted((tile_id(*address), address) for address in tiles)
    packed = [gzip.compress(tiles[address], LEVEL, mtime=0) for _, address in in_order]
    directory = _directory([number for number, _ in in_order], [len(tile) for tile in packed])
    if HEADER_BYTES + len(directory) > FIRST_READ:
        raise ValueError(f"{len(tiles)} tiles are too many for one directory")
    about = gzip.compress(json.dumps(metadata, ensure_ascii=False, sort_keys=True).encode(), LEVEL, mtime=0)
    content = b"".join(packed)
    zooms = [zoom for zoom, _, _ in tiles]
    data_at = HEADER_BYTES + len(directory) + len(about)
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        *(HEADER_BYTES, len(directory)),
        *(HEADER_BYTES + len(directory), len(about)),
        *(data_at, 0),  # no leaf directories
        *(data_at, len(content)),
        *(len(tiles), len(tiles), len(tiles)),
        *(1, GZIP, GZIP, VECTOR_TILE, min(zooms), max(zooms)),
        *(round(degrees * 1e7) for degrees in bounds.as_tuple()),
        min(zooms),
        round((bounds.west + bounds.east) / 2 * 1e7),
        round((bounds.south + bounds.north) / 2 * 1e7),
    )
    lowest = sum(len(tile) for (_, (zoom, _, _)), tile in zip(in_order, packed, strict=True) if zoom == min(zooms))
    return Archive(header + directory + about + content, data_at + lowest)


def tile_id(zoom: int, column: int, row: int) -> int:
    """The number of a tile: zoom after zoom, along a Hilbert curve."""
    number = ((1 << 2 * zoom) - 1) // 3
    x, y = column, row
    side = 1 << zoom >> 1
    while side:
        right, below = int(x & side > 0), int(y & side > 0)
        number += side * side * ((3 * right) ^ below)
        if not below:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return number


def _directory(numbers: Sequence[int], lengths: Sequence[int]) -> bytes:
    """Entries in columns: numbers as steps, one tile each, lengths, and places: one right behind the other."""
    steps = [number - before for number, before in zip(numbers, [0, *numbers[:-1]], strict=True)]
    places = [1, *(0 for _ in numbers[1:])]
    columns = [len(numbers), *steps, *(1 for _ in numbers), *lengths, *places]
    return gzip.compress(b"".join(map(varint, columns)), LEVEL, mtime=0)
