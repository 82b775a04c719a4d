"""What this app tells the house: something an assessment rests on has changed. Who listens, it does not know."""

from django.dispatch import Signal

inputs_changed = Signal()
