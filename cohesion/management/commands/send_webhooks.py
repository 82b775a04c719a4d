"""manage.py send_webhooks: what changed goes to its subscribers, now. The work is in cohesion/webhooks/."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cohesion.changes import settled_until
from cohesion.models import Delivery
from cohesion.webhooks.packing import pack_all
from cohesion.webhooks.sending import send_everything_due


class Command(BaseCommand):
    help = "Packs what has changed for every webhook and sends what is due (docs/operation.md). Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be packed and sent, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        packed = pack_all(settled_until(), dry_run=options["dry_run"])
        if options["dry_run"]:
            due = Delivery.objects.due(timezone.now()).count()
            self.stdout.write(f"Would have packed: {packed}; due already: {due}")
            return
        self.stdout.write(f"Packed: {packed}; sent: {send_everything_due()}")
