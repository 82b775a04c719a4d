"""The tables of what it means, and of whom it is told to; import them from here."""

from cohesion.models.assessment import Assessment, Score
from cohesion.models.webhook import Attempt, Delivery, Subscription

__all__ = ["Assessment", "Attempt", "Delivery", "Score", "Subscription"]
