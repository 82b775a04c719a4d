"""Builds the files before somebody asks for them: after each assessment, where a queue does what comes after an answer.
Without a queue the first who asks has them built."""

from django.db import transaction
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from sok_site.exports.files import EXPORTS, built

LAST = -50  # everything else goes first: letters, the next assessment


@task(priority=LAST)
def prepare_all() -> None:
    """Build what is not built as the data are now, one file after the other."""
    prepare.enqueue(list(EXPORTS))


@task(priority=LAST)
def prepare(names: list[str]) -> None:
    """Build the first of these files, and then the others: a task each, so that letters go out in between."""
    built(EXPORTS[names[0]])
    if names[1:]:
        prepare.enqueue(names[1:])


def prepare_after_assessment(**signal: object) -> None:
    """Listen to an assessment that is stored."""
    if prepare_all.get_backend().supports_defer:
        transaction.on_commit(_enqueue)


def _enqueue() -> None:
    if not DBTaskResult.objects.filter(task_path=prepare_all.module_path, status="READY").exists():
        prepare_all.enqueue()
