"""Steps that several tests of the pages of a reviewer take."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client

from places.facts import facts_of
from places.models import Entry, Submission
from places.vocabulary import Publication, SubmissionKind
from tests.factories import TODAY, make_submission


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return unescape(response.content.decode())


def registered(entry: Entry, days: int = 0, **fields: Any) -> Submission:
    """A registration that has been waiting for so many days."""
    type(entry)._default_manager.filter(pk=entry.pk).update(publication=Publication.SUBMITTED)
    return make_submission(entry, waiting_since=TODAY - timedelta(days=days), **fields)


def proposed(entry: Entry, **values: Any) -> Submission:
    now = facts_of(entry)
    return make_submission(entry, SubmissionKind.CHANGE, values=values, base={name: now[name] for name in values})


def names(page: str) -> list[str]:
    """The headings of the cards, in their order."""
    return re.findall(r'queue__name"><a href="[^"]*">([^<]*)</a>', page)
