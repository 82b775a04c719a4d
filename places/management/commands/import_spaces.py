"""manage.py import_spaces FILE: spaces of possibility from CSV or GeoJSON, as of today."""

from pathlib import Path
from typing import Any

from places import clock
from places.importers.entries import SPACES, import_entries
from places.importers.report import Report
from places.management.import_command import ImportCommand


class Command(ImportCommand):
    help = "Imports spaces of possibility from CSV or GeoJSON; external_id, name, kind, lon and lat are required."

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        return import_entries(SPACES, file, today=clock.today(), **common)
