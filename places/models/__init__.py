"""The tables of what exists, by subject; import them from here."""

from places.models.actor import Actor, Involvement
from places.models.place import Place
from places.models.territory import BoundaryEdition, Municipality, PopulationGrid, Region, ResidentPoint

__all__ = [
    "Actor",
    "BoundaryEdition",
    "Involvement",
    "Municipality",
    "Place",
    "PopulationGrid",
    "Region",
    "ResidentPoint",
]
