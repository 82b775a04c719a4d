"""manage.py import_municipalities CSV: populations, central-place tiers, inventory states and municipal ratings."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from places import clock
from places.importers.municipalities import columns, import_municipalities
from places.importers.report import Report
from places.management.import_command import ImportCommand

COLUMNS = ", ".join(column.name for column in columns(date.max))


class Command(ImportCommand):
    help = f"Imports facts of municipalities from a CSV file; all columns but ags are optional: {COLUMNS}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--edition", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: the newest")

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_municipalities(file, today=clock.today(), edition=options["edition"], **common)
