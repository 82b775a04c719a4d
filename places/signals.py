"""What this app tells the house, and asks it. Who listens, it does not know."""

from django.dispatch import Signal

inputs_changed = Signal()  # something an assessment rests on has changed
recorded = Signal()  # an entry has a new line in the record
boundaries_changed = Signal()  # an edition follows another, or it was settled who succeeds whom
own_data_asked = Signal()  # of `user`: a listener returns by name what else is stored about the person
retention_due = Signal()  # on `today`: a listener deletes, or with `dry_run` counts, what it keeps no longer; by name
