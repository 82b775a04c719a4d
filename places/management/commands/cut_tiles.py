"""manage.py cut_tiles: the tile archive of an edition anew, where its file was lost or the way of cutting changed."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from places.models import BoundaryEdition
from places.tiles.storage import archive_path, cut_tiles, forgotten_archives


class Command(BaseCommand):
    help = "Cuts the map tiles of the newest edition, or of another one, and removes archives that no edition names."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--edition", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: the newest")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        editions = BoundaryEdition.objects.filter(date=options["edition"]) if options["edition"] else None
        edition = editions.first() if editions is not None else BoundaryEdition.objects.current()
        if edition is None:
            raise CommandError("There is no such edition: run import_boundaries first.")
        if options["dry_run"]:
            self.stdout.write(f"Would cut the tiles of {edition}.")
        else:
            with transaction.atomic():
                size = cut_tiles(edition)
            self.stdout.write(f"{archive_path(edition.date, edition.tiles_digest)}: {size} bytes")
        for path in forgotten_archives():
            if not options["dry_run"]:
                path.unlink()
            self.stdout.write(f"{'Would remove' if options['dry_run'] else 'Removed'} {path}")
