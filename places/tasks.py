"""What is done after the answer: a letter goes out. The assessment after a change: cohesion/tasks.py."""

from django.core.mail import EmailMessage
from django_tasks import task


@task()
def deliver(subject: str, body: str, to: list[str], headers: dict[str, str]) -> None:
    """Hand one mail to the mail server."""
    EmailMessage(subject, body, to=to, headers=headers).send()
