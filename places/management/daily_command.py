"""What the commands share that a machine calls once a day: the day as an argument, a trial run, a printed report."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from places import clock


class DailyCommand(BaseCommand):
    """Does what is due on a day. Called twice it does nothing the second time."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="act as on this day, not as today"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        report = self.act(options["today"] or clock.today(), dry_run=options["dry_run"])
        self.stdout.write(f"{'Would have: ' if options['dry_run'] else ''}{report}")

    def act(self, today: date, *, dry_run: bool) -> object:
        """Call the verb of this command; what it returns is printed."""
        raise NotImplementedError
