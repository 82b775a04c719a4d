"""The app of what it means."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class CohesionConfig(AppConfig):
    name = "cohesion"
    verbose_name = _("Kohäsion")

    published = ("Assessment", "Score")  # what the public reads (places/data_version.py)

    def ready(self) -> None:
        from cohesion.models import Assessment
        from cohesion.tasks import assess_after_change
        from cohesion.webhooks.packing import follow_after_change
        from cohesion.webhooks.upkeep import own_webhooks, remove_old
        from places.data_version import watch
        from places.signals import boundaries_changed, inputs_changed, own_data_asked, recorded, retention_due

        post_migrate.connect(watch, sender=self, dispatch_uid="watch_cohesion")
        inputs_changed.connect(assess_after_change, dispatch_uid="assess_after_change")
        recorded.connect(follow_after_change, dispatch_uid="follow_after_record")
        boundaries_changed.connect(follow_after_change, dispatch_uid="follow_after_boundaries")
        post_save.connect(follow_after_change, sender=Assessment, dispatch_uid="follow_after_assessment")
        own_data_asked.connect(own_webhooks, dispatch_uid="own_webhooks")
        retention_due.connect(remove_old, dispatch_uid="remove_old_webhooks")
