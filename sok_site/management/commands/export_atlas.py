"""manage.py export_atlas: the public atlas as static files. The work is in sok_site/static_atlas.py."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from sok_site.static_atlas import MissingFilesError, NotAnAtlasError, export_atlas


class Command(BaseCommand):
    help = "Writes the public map, tables, figures and downloads as a folder that any web server serves."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="empty, new, or an earlier atlas, which is replaced")
        parser.add_argument(
            "--language",
            action="append",
            choices=[code for code, _ in settings.LANGUAGES],
            help="default: de; given again, the others stand in folders of their own below, with the way to and fro",
        )
        parser.add_argument(
            "--without",
            action="append",
            choices=("municipalities", "entries", "downloads"),
            default=[],
            help="leave these out: links then lead to the living site; may be given again",
        )
        parser.add_argument("--dry-run", action="store_true", help="count the pages and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        def bar(paths: Iterable[str]) -> Iterable[str]:
            return tqdm(paths, desc="pages", file=sys.stderr, disable=not sys.stderr.isatty())

        languages = options["language"] or ["de"]
        try:
            report = export_atlas(
                options["folder"],
                language=languages[0],
                besides=languages[1:],
                without=options["without"],
                dry_run=options["dry_run"],
                progress=bar,
            )
        except (NotAnAtlasError, MissingFilesError) as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write(f"Would write {report.pages} pages.")
            return
        self.stdout.write(f"{options['folder']}: {report}")
        for path in report.missing:
            self.stderr.write(f"{path}: left out, the site does not answer it with a page")
        if report.missing:
            raise CommandError("Not everything could be written; the rest stands.")
