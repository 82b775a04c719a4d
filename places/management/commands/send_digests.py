"""manage.py send_digests: what places/upkeep/digests.py does, once a day."""

from datetime import date

from places.management.daily_command import DailyCommand
from places.upkeep.digests import send_digests


class Command(DailyCommand):
    help = "Writes to reviewers, at most once a day, what waits for them."

    def act(self, today: date, *, dry_run: bool) -> object:
        return send_digests(today, dry_run=dry_run)
