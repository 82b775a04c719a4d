"""What is done after a change that counts: the assessment of the day is brought up to date."""

from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from cohesion.assessment import NothingToAssessError, assess
from places import clock

READY, RUNNING = "READY", "RUNNING"


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


def is_being_assessed() -> bool:
    """Whether figures are about to change: an assessment is queued or at work. Asks nothing where there is no queue."""
    return _has_queue() and _queued(READY, RUNNING)


def _enqueue() -> None:
    # After the transaction: what is queued and not begun will see this change too; what has begun may not.
    if not (_has_queue() and _queued(READY)):
        assess_today.enqueue()


def _has_queue() -> bool:
    return bool(assess_today.get_backend().supports_defer)


def _queued(*states: str) -> bool:
    return DBTaskResult.objects.filter(task_path=assess_today.module_path, status__in=states).exists()
