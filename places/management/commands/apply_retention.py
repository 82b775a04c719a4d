"""manage.py apply_retention: what places/upkeep/retention.py does, once a day."""

from datetime import date

from places.management.daily_command import DailyCommand
from places.upkeep.retention import apply_retention


class Command(DailyCommand):
    help = "Deletes what is not kept any longer (docs/retention.md)."

    def act(self, today: date, *, dry_run: bool) -> object:
        return apply_retention(today, dry_run=dry_run)
