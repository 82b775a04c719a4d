"""What is done after a change that counts: the assessment of the day is brought up to date."""

from django.db import transaction
from django_tasks import task

from cohesion.assessment import NothingToAssessError, assess
from places import clock


@task()
def assess_today() -> None:
    """Assess as of today; one that has the very same inputs is recognised and not stored twice."""
    try:
        assess(clock.today())
    except NothingToAssessError:
        return


def assess_after_change(**signal: object) -> None:
    """Listen to ``inputs_changed``: once per transaction, as soon as it is stored."""
    connection = transaction.get_connection()
    if not any(_enqueue in entry for entry in connection.run_on_commit):
        transaction.on_commit(_enqueue)


def _enqueue() -> None:
    assess_today.enqueue()
