"""manage.py load_demo: the fictional demo of Nordhessen and the Eichsfeld, through the same importers as real data."""

import csv
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from cohesion.assessment import assess
from places import clock
from places.importers.boundaries import import_boundaries
from places.importers.entries import SPACES, SUPPORT, import_entries
from places.importers.municipalities import import_municipalities
from places.importers.places import import_places
from places.models import Municipality
from sok_site.demo import make_accounts

FIXTURES = settings.BASE_DIR / "fixtures"
EDITION = date(2022, 12, 31)
SOURCE = "VG250, auf den Gebietsstand 31.12.2022 fortgeschrieben und generalisiert (fixtures/README.md)"
ATTRIBUTION = "© GeoBasis-DE / BKG 2016 (Daten verändert), dl-de/by-2-0"
# The day on which the demo's dates were written. They are moved to today, so that the demo never goes stale.
WRITTEN_ON = date(2026, 11, 1)


class Command(BaseCommand):
    help = "Loads the demo region: official boundaries and figures, invented places. Assesses it as of today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--unless-loaded", action="store_true", help="do nothing where the database has municipalities already"
        )

        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["unless_loaded"] and Municipality.objects.exists():
            return
        today = clock.today()
        with tempfile.TemporaryDirectory() as folder, transaction.atomic():
            reports = (
                import_boundaries(
                    FIXTURES / "boundaries_2022-12-31.gpkg", edition=EDITION, source=SOURCE, attribution=ATTRIBUTION
                ),
                import_municipalities(FIXTURES / "municipalities_2022-12-31.csv", today=today),
                import_municipalities(
                    moved_to(today, FIXTURES / "demo_inventory.csv", ("inventory_completed_on",), Path(folder)),
                    today=today,
                ),
                import_places(
                    moved_to(today, FIXTURES / "demo_places.csv", ("confirmed_on",), Path(folder)),
                    today=today,
                    fictional=True,
                ),
                import_entries(
                    SUPPORT,
                    moved_to(today, FIXTURES / "demo_supports.csv", ("confirmed_on",), Path(folder)),
                    today=today,
                    fictional=True,
                ),
                import_entries(
                    SPACES,
                    moved_to(
                        today,
                        FIXTURES / "demo_spaces.csv",
                        ("confirmed_on", "available_from", "available_until"),
                        Path(folder),
                    ),
                    today=today,
                    fictional=True,
                ),
            )
            make_accounts()
            outcome = assess(today, trial=options["dry_run"])
            transaction.set_rollback(options["dry_run"])
        for report in reports:
            self.stdout.write(str(report))
        taken_back = " (dry run, nothing was written)" if options["dry_run"] else ""
        self.stdout.write(f"Demo assessed as of {outcome.assessment.as_of}.{taken_back}")


def moved_to(today: date, file: Path, columns: Sequence[str], folder: Path) -> Path:
    """A copy of a CSV file in ``folder`` whose dates in ``columns`` lie as far before today as before WRITTEN_ON."""
    moved = folder / file.name
    with file.open(encoding="utf-8", newline="") as source, moved.open("w", encoding="utf-8", newline="") as target:
        rows = csv.DictReader(source)
        writer = csv.DictWriter(target, rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            for column in columns:
                if row[column]:
                    row[column] = (date.fromisoformat(row[column]) + _shift(today)).isoformat()
            writer.writerow(row)
    return moved


def _shift(today: date) -> timedelta:
    return today - WRITTEN_ON
