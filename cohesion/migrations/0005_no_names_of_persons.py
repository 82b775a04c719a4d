"""Figures keep no person's name: it stands with the actor alone. Of an actor that is gone nobody knows whether it was one."""

from typing import Any

from django.db import migrations
from django.db.models import Q


def forget_persons(apps: Any, schema_editor: Any) -> None:
    scores = apps.get_model("cohesion", "Score").objects.using(schema_editor.connection.alias)
    of_persons = Q(critical_actor__is_person=True) | Q(critical_actor=None)
    scores.filter(of_persons, critical_kind="actor").exclude(critical_name="").update(critical_name="")


class Migration(migrations.Migration):
    dependencies = [("cohesion", "0004_scores_while_they_hold")]

    operations = [migrations.RunPython(forget_persons, migrations.RunPython.noop)]
