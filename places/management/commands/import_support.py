"""manage.py import_support FILE: support structures with the areas they serve from CSV or GeoJSON, as of today."""

from pathlib import Path
from typing import Any

from places import clock
from places.importers.entries import SUPPORT, import_entries
from places.importers.report import Report
from places.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports support structures from CSV or GeoJSON; external_id, name, kind, lon and lat are required."

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_entries(SUPPORT, file, today=clock.today(), **common)
