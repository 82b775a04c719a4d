"""The tables of what exists, by subject; import them from here."""

from places.models.actor import Actor, Involvement
from places.models.history import Change
from places.models.mandate import Mandate
from places.models.place import Place
from places.models.territory import BoundaryEdition, Municipality, PopulationGrid, Region, ResidentPoint

__all__ = [
    "Actor",
    "BoundaryEdition",
    "Change",
    "Involvement",
    "Mandate",
    "Municipality",
    "Place",
    "PopulationGrid",
    "Region",
    "ResidentPoint",
]
