"""What a single role that somebody takes up or gives up makes of the strength of places. No supply, no class."""

from dataclasses import dataclass

import numpy as np

from cohesion.engine.arrays import BEST_RATING, ROLES, Floats, Integers
from cohesion.engine.parameters import Parameters
from cohesion.engine.reckoner import Ground
from cohesion.engine.strength import PROVIDER, SHARES_A_ROLE, mean_of_known, strength_of, triad_of


@dataclass(frozen=True, eq=False)
class Turnover:
    """Every single change of a role (C), sorted by place, what is taken up before what is given up.

    A case (X) is such a change together with an actor of that place who has other places, too.
    """

    place: Integers  # (C,)
    role: Integers  # (C,) index into ROLES
    actor: Integers  # (C,) who gives it up; -1: somebody new takes it up
    strength: Floats  # (C,) of the place afterwards
    first_case: Integers  # (C + 1,)
    row: Integers  # (X,) of the shared rows of the triads
    lost: Floats  # (X,) strength that the actor of the row would take away afterwards


def turnover(ground: Ground, parameters: Parameters) -> Turnover:
    """All roles that somebody new may take up, and all that are held and may be given up."""
    staff, given = ground.triads, ground.inputs
    places = np.arange(len(given.place_x))
    held_by, held = np.nonzero(staff.roles[:, np.newaxis] & (1 << np.arange(len(ROLES))))
    place = np.concatenate([np.repeat(places, len(ROLES)), staff.place[held_by]])
    role = np.concatenate([np.tile(np.arange(len(ROLES)), len(places)), held])
    giver = np.concatenate([np.full(len(places) * len(ROLES), -1), held_by])
    order = np.lexsort(
        (np.where(giver < 0, -1, staff.actor[giver]) if len(staff.actor) else giver, role, giver >= 0, place)
    )
    place, role, giver = place[order], role[order], giver[order]
    gives = giver >= 0

    # Holders of each set of roles afterwards: who gives up counts with what he keeps
    change = SHARES_A_ROLE[1 << role]
    before = staff.roles[giver[gives]]
    kept = before & ~(1 << role[gives])
    change[gives] = SHARES_A_ROLE[kept] - SHARES_A_ROLE[before]
    holders = staff.holders[place] + change
    anybody = holders[:, -1] > 0

    conditions = mean_of_known(given.place_conditions) / BEST_RATING
    dynamics = mean_of_known(given.place_dynamics) / BEST_RATING
    triad = np.where(anybody, triad_of(holders), np.nan)
    strength = strength_of(conditions[place], triad, dynamics[place], parameters)

    # Cases: the place once more, without an actor who may leave here and elsewhere
    shared_place = staff.place[ground.shared]
    begin, end = np.searchsorted(shared_place, place), np.searchsorted(shared_place, place, side="right")
    case = np.repeat(np.arange(len(place)), end - begin)
    row = np.arange(len(case)) + np.repeat(end - np.cumsum(end - begin), end - begin)
    leaver = ground.shared[row]
    himself = leaver == giver[case]
    roles = staff.roles[leaver] & ~np.where(himself, 1 << role[case], 0)
    left = holders[case] - SHARES_A_ROLE[roles]
    weakened = strength_of(conditions[place[case]], triad_of(left), dynamics[place[case]], parameters)
    closes = (roles & PROVIDER != 0) & (left[:, PROVIDER] == 0)
    lost = np.where(roles == 0, 0.0, strength[case] - np.where(closes, 0.0, weakened))
    return Turnover(
        place=place,
        role=role,
        actor=np.where(gives, staff.actor[giver], -1) if len(staff.actor) else giver,
        strength=strength,
        first_case=np.concatenate([[0], np.cumsum(end - begin)]),
        row=row,
        lost=lost,
    )
