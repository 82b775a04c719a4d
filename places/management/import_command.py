"""What the four import_* commands share: arguments, progress, the printed report, the exit code."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from places.importers.report import Report
from places.importers.rows import RefusedError

Item = TypeVar("Item")
SHOWN_ERRORS = 50


class ImportCommand(BaseCommand):
    """Reads a file into the database, in one transaction: exit code 0 only if everything asked for was done."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="do everything, then take it back")
        parser.add_argument(
            "--skip-invalid", action="store_true", help="leave out rows that are wrong and import the others"
        )
        parser.add_argument(
            "--max-errors",
            type=int,
            default=SHOWN_ERRORS,
            metavar="N",
            help="print at most N errors when a file is refused, 0 for all; skipped rows are always printed",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        progress = self.bar if self.stderr.isatty() else self.lines
        try:
            report = self.read(
                options["file"],
                options,
                dry_run=options["dry_run"],
                skip_invalid=options["skip_invalid"],
                progress=progress,
            )
        except RefusedError as refused:
            shown = refused.errors[: options["max_errors"] or None]
            for error in shown:
                self.stderr.write(str(error))
            if refused.count > len(shown):
                self.stderr.write(f"… and {refused.count - len(shown)} more (--max-errors 0 prints all that are kept)")
            errors = "1 error" if refused.count == 1 else f"{refused.count} errors"
            raise CommandError(f"{errors}; nothing was written.") from refused
        for error in report.rejected.errors:
            self.stderr.write(str(error))
        self.stdout.write(str(report))

    def read(self, file: Path, options: dict[str, Any], **common: Any) -> Report:
        """Call the importer of this command with its own options."""
        raise NotImplementedError

    def bar(self, items: Iterable[Item], doing: str, total: int | None = None) -> Iterable[Item]:
        """A progress bar, for a terminal."""
        if total == 0:
            self.say(f"{doing} …")
            return items
        return tqdm(items, desc=doing, total=total, file=sys.stderr, leave=False)

    def lines(self, items: Iterable[Item], doing: str, total: int | None = None) -> Iterator[Item]:
        """One plain line per step, for a log."""
        self.say(f"{doing} ({total})" if total else f"{doing} …")
        yield from items

    def say(self, line: str) -> None:
        """On the error stream, that the report stays alone on the other; in plain letters, for it is no error."""
        self.stderr.write(line, lambda plain: plain)
        self.stderr.flush()
