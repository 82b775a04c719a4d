"""The tables of what exists, by subject; import them from here."""

from places.models.actor import Actor, Involvement
from places.models.care import Correspondence, Draft, Question, Report, Stewardship, Submission
from places.models.data_change import DataChange
from places.models.entry import Entry
from places.models.history import Change
from places.models.idempotency import IdempotencyKey
from places.models.mandate import Mandate
from places.models.of_entry import ENTRY_KINDS, ENTRY_MODELS, OfEntry, tie
from places.models.photo import Photo
from places.models.place import Place
from places.models.planning_region import PlanningRegion
from places.models.space import Space
from places.models.succession import Succession
from places.models.support import ServedArea, Support
from places.models.territory import BoundaryEdition, Municipality, PopulationGrid, Region, ResidentPoint
from places.models.token import ApiToken

__all__ = [
    "ENTRY_KINDS",
    "ENTRY_MODELS",
    "Actor",
    "ApiToken",
    "BoundaryEdition",
    "Change",
    "Correspondence",
    "DataChange",
    "Draft",
    "Entry",
    "IdempotencyKey",
    "Involvement",
    "Mandate",
    "Municipality",
    "OfEntry",
    "Photo",
    "Place",
    "PlanningRegion",
    "PopulationGrid",
    "Question",
    "Region",
    "Report",
    "ResidentPoint",
    "ServedArea",
    "Space",
    "Stewardship",
    "Submission",
    "Succession",
    "Support",
    "tie",
]
