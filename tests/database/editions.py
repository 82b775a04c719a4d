"""Files of boundaries and the official list, cut down to what the tests of edition changes need."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely

from places.importers.boundaries import import_boundaries
from places.importers.report import Report
from places.models import (
    Municipality,
    Succession,
)
from tests.factories import EDITION_DATE

NEXT = date(2023, 12, 31)
LATER = date(2024, 12, 31)
# Rows of the official list as they are: Bromskirchen, Anrode and a neighbour, an exchange of meadows, an association.
LIST = """\
datei,kennziffer,regionaleinheit,ars_abgebend,ags_abgebend,name_abgebend,aenderungsart,flaeche_qm,einwohner,\
ars_aufnehmend,ags_aufnehmend,name_aufnehmend,wirksam_juristisch,wirksam_statistisch
2023.xlsx,06/2023/0002-R,Gemeindeverband,066350005,,Bromskirchen,1,,,066350001,,Allendorf (Eder),01.01.2023,01.01.2023
2023.xlsx,06/2023/0002-R,Gemeinde,066350005005,06635005,Bromskirchen,1,35221465,1917,066350001001,06635001,\
Allendorf (Eder),01.01.2023,01.01.2023
2023.xlsx,16/2023/0019-R,Gemeinde,160640073073,16064073,Anrode,1,24622179,1126,160640071071,16064071,Unstruttal,\
01.01.2023,01.01.2023
2023.xlsx,16/2023/0019-R,Gemeinde,160640073073,16064073,Anrode,1,4808650,313,160640046046,16064046,\
"Mühlhausen/Thüringen, Stadt",01.01.2023,01.01.2023
2023.xlsx,16/2023/0019-R,Gemeinde,160640073073,16064073,Anrode,1,23300105,1699,160610118118,16061118,\
"Dingelstädt, Stadt",01.01.2023,01.01.2023
"""
HESSE = {
    "06635001": ("Allendorf (Eder)", (9.0, 51.0, 9.1, 51.1)),
    "06635005": ("Bromskirchen", (9.1, 51.0, 9.2, 51.1)),
}
MERGED = {"06635001": ("Allendorf (Eder)", (9.0, 51.0, 9.2, 51.1))}
# Anrode lies in the middle: its three parts are as wide as the list has square metres
ANRODE = {
    "16064073": ("Anrode", (10.0, 51.0, 10.1, 51.1)),
    "16064071": ("Unstruttal", (9.9, 51.0, 10.0, 51.1)),
    "16064046": ("Mühlhausen/Thüringen", (10.0, 50.9, 10.1, 51.0)),
    "16061118": ("Dingelstädt", (10.1, 51.0, 10.2, 51.1)),
}
DIVIDED = {
    "16064071": ("Unstruttal", (9.9, 51.0, 10.047, 51.1)),
    "16064046": ("Mühlhausen/Thüringen", (10.047, 50.9, 10.056, 51.1)),
    "16061118": ("Dingelstädt", (10.056, 51.0, 10.2, 51.1)),
}


Boxes = dict[str, tuple[str, tuple[float, float, float, float]]]


def boundaries(path: Path, areas: Boxes) -> Path:
    columns = {"AGS": list(areas), "GEN": [name for name, _ in areas.values()]}
    pyogrio.raw.write(
        path,
        shapely.to_wkb([shapely.box(*box) for _, box in areas.values()]),
        [np.array(values, dtype=object) for values in columns.values()],
        list(columns),
        layer="vg250_gem",
        geometry_type="Polygon",
        crs="EPSG:4326",
    )
    return path


def first_edition(folder: Path, areas: Boxes, **facts: dict[str, Any]) -> None:
    import_boundaries(boundaries(folder / "first.gpkg", areas), edition=EDITION_DATE)
    for ags, values in facts.items():
        Municipality.objects.filter(ags=ags.removeprefix("m")).update(**values)


def next_edition(folder: Path, areas: Boxes, changes: str | None = None, day: date = NEXT, **options: Any) -> Report:
    file = None
    if changes is not None:
        file = folder / "changes.csv"
        file.write_text(changes)
    return import_boundaries(
        boundaries(folder / f"{day}.gpkg", areas), edition=day, changes=file, attribution="© Test", **options
    )


def stored() -> dict[tuple[str, str], Succession]:
    rows = Succession.objects.select_related("predecessor", "successor")
    return {(row.predecessor.ags, row.successor.ags): row for row in rows}
