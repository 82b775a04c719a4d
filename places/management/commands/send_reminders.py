"""manage.py send_reminders: what places/upkeep/reminders.py does, once a day."""

from datetime import date

from places.management.daily_command import DailyCommand
from places.upkeep.reminders import send_reminders


class Command(DailyCommand):
    help = "Asks stewards once a year whether their entry is still there, and reminds them twice."

    def act(self, today: date, *, dry_run: bool) -> object:
        return send_reminders(today, dry_run=dry_run)
