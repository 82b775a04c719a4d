"""manage.py assess: one assessment of the current edition. The work is in cohesion/assessment.py."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from cohesion.assessment import NothingToAssessError, assess
from cohesion.engine.draws import SEED
from cohesion.models import Assessment
from cohesion.vocabulary import CohesionClass
from places import clock

_SURE = 0.8


class Command(BaseCommand):
    help = "Classes the cohesion of every municipality (method SOK-1) and stores the assessment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="the day for which places must be confirmed and inventories completed; default: today",
        )
        parser.add_argument(
            "--if-changed",
            action="store_true",
            help="write nothing where the last assessment, of whatever day, has the same inputs: for every day",
        )

        parser.add_argument(
            "--draws",
            type=_number,
            default=settings.ASSESS_DRAWS,
            metavar="N",
            help="so many draws say how sure each class is (method §7), 0: none; default: %(default)s (ASSESS_DRAWS)",
        )
        parser.add_argument(
            "--seed", type=_number, default=SEED, metavar="N", help="what the draws start from; default: %(default)s"
        )
        parser.add_argument(
            "--keep-draws",
            type=Path,
            metavar="FILE",
            help="keep the draws done in FILE and go on with those that are there: for a long run that may be ended",
        )

        parser.add_argument(
            "--whole",
            action="store_true",
            help="reckon everything, also what nothing has touched since the last assessment; the figures are the same",
        )

        parser.add_argument(
            "--dry-run", action="store_true", help="reckon and tell, then take it back; the file of draws stays"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            with transaction.atomic():
                self._assess(options)
                transaction.set_rollback(True)
            return
        self._assess(options)

    def _assess(self, options: dict[str, Any]) -> None:
        draws: int = options["draws"]
        try:
            with _Bar(total=draws, desc="draws", file=sys.stderr, leave=False, disable=not sys.stderr.isatty()) as bar:
                outcome = assess(
                    options["as_of"] or clock.today(),
                    if_changed=options["if_changed"],
                    draws=draws,
                    seed=options["seed"],
                    keep_in=options["keep_draws"],
                    whole=options["whole"],
                    trial=options["dry_run"],
                    progress=bar.update_to,
                )
        except NothingToAssessError as error:
            raise CommandError(str(error)) from error
        assessment = outcome.assessment
        counts = Counter(assessment.scores.values_list("cohesion_class", flat=True))
        words = ", ".join(f"{counts[name]} {name}" for name in CohesionClass.values)
        known = "" if outcome.is_new else " (the same inputs: already stored, nothing written)"
        if outcome.is_new and options["dry_run"]:
            known = " (dry run, nothing was written)"
        named = _named(assessment, is_trial=options["dry_run"] and outcome.is_new)
        self.stdout.write(
            f"{named} as of {assessment.as_of}, edition {assessment.edition}: "
            f"{words}; {assessment.places_counted} places counted{known}"
        )
        self.stdout.write(f"Inputs {assessment.inputs_digest}")
        if assessment.draws:
            unsure = assessment.scores.filter(stability__lt=_SURE).count()
            self.stdout.write(
                f"{assessment.draws} draws from seed {assessment.seed}: "
                f"{unsure} municipalities whose class holds in fewer than {_SURE:.0%} of them"
            )


def _named(assessment: Assessment, is_trial: bool) -> str:
    """Its number, unless it will not be there."""
    return "An assessment" if is_trial else f"Assessment {assessment.pk}"


class _Bar(tqdm):  # type: ignore[type-arg]
    def update_to(self, done: int) -> None:
        self.update(done - self.n)


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise ArgumentTypeError(f"a whole number from 0 to 999999999 is expected, not {word!r}")
    return int(word)
