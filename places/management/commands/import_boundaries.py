"""manage.py import_boundaries FILE --edition YYYY-MM-DD: municipalities from any vector file that GDAL opens."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from places.importers.boundaries import import_boundaries
from places.importers.report import Report
from places.keys import STATE_NAMES
from places.management.import_command import ImportCommand


class Command(ImportCommand):
    help = (
        "Imports municipalities with VG250's columns (AGS, GEN; optional ARS or RS, BEZ, EWZ, GF) from a vector file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--edition", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD", help="day of the boundaries"
        )
        parser.add_argument("--layer", help="default: vg250_gem, or the only layer")
        parser.add_argument(
            "--state", nargs="+", default=[], choices=list(STATE_NAMES), metavar="KEY", help="only these states"
        )
        parser.add_argument(
            "--changes", type=Path, metavar="CSV", help="the official list of changes since the edition before"
        )
        parser.add_argument("--source", help="default: the name of the file")
        parser.add_argument("--attribution", help="with licence; default for files with VG250's names: the BKG's")

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_boundaries(
            file,
            edition=options["edition"],
            layer=options["layer"],
            states=options["state"],
            source=options["source"],
            attribution=options["attribution"],
            changes=options["changes"],
            **common,
        )
