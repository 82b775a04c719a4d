"""manage.py assess: one assessment of the current edition. The work is in cohesion/assessment.py."""

from argparse import ArgumentParser
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohesion.assessment import NothingToAssessError, assess
from cohesion.vocabulary import CohesionClass
from places import clock


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

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = assess(options["as_of"] or clock.today(), if_changed=options["if_changed"])
        except NothingToAssessError as error:
            raise CommandError(str(error)) from error
        assessment = outcome.assessment
        counts = Counter(assessment.scores.values_list("cohesion_class", flat=True))
        words = ", ".join(f"{counts[name]} {name}" for name in CohesionClass.values)
        known = "" if outcome.is_new else " (the same inputs: already stored, nothing written)"
        self.stdout.write(
            f"Assessment {assessment.pk} as of {assessment.as_of}, edition {assessment.edition}: "
            f"{words}; {assessment.places_counted} places counted{known}"
        )
        self.stdout.write(f"Inputs {assessment.inputs_digest}")
