"""manage.py import_population CSV: the census grid, cell by cell, as resident points of the newest edition."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from places.importers.population import import_population
from places.importers.report import Report
from places.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports a census grid (.csv or .csv.gz): x_mp_1km; y_mp_1km; Einwohner, or x_mp_100m … (EPSG:3035 centres)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--source", help="default: the census, if the cells' names tell which; else the file's name"
        )
        parser.add_argument("--attribution", help="with licence; default for a census grid: the statistical offices'")

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_population(file, source=options["source"], attribution=options["attribution"], **common)
