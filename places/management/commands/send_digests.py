"""manage.py send_digests: what places/digests.py does, once a day."""

from datetime import date

from places.digests import send_digests
from places.management.daily_command import DailyCommand


class Command(DailyCommand):
    help = "Writes to reviewers, at most once a day, what waits for them."

    def act(self, today: date, *, dry_run: bool) -> object:
        return send_digests(today, dry_run=dry_run)
