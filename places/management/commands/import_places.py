"""manage.py import_places FILE: places with criteria, ratings and actors from CSV or GeoJSON, as of today."""

from pathlib import Path
from typing import Any

from places import clock
from places.importers.places import import_places
from places.importers.report import Report
from places.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports places from CSV or GeoJSON; external_id, name, kind, lon and lat are required. They are published."

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_places(file, today=clock.today(), **common)
