"""Classes of all municipalities again and again on the same pairs, for other ratings and parameters (method.md §2-6).

It does what `assess` does, and leaves out all that a class does not need. What is drawn is decided in draws.py.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from cohesion.engine.arrays import BEST_RATING, Floats, Inputs, Integers, Sparse
from cohesion.engine.blocks import Block, ranges, spans
from cohesion.engine.classes import cohesion_classes, conditions_of, homes, renewal
from cohesion.engine.pairs import Pairs, Residents, inhabited
from cohesion.engine.parameters import ROUNDING, Parameters
from cohesion.engine.strength import Triads, mean_of_known, strength_of, triads


@dataclass(frozen=True, eq=False)
class Ratings:
    """All ratings that a draw may move; as in `Inputs`."""

    conditions: Floats  # (P, 5)
    dynamics: Floats  # (P, 4)
    municipal: Floats  # (M, 5)


class Ground:
    """What no draw changes: who lives where, who carries what. May be read by several threads at once."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs
        self.residents: Residents = inhabited(inputs)
        self.home: Sparse = homes(inputs)
        self.triads: Triads = triads(inputs)
        # Rows of the triads whose actor has more than one place: the loss of any other is no worse than its place
        actor = self.triads.actor
        self.shared: Integers = np.flatnonzero(np.bincount(actor, minlength=inputs.actors)[actor] > 1)
        self.ratings = Ratings(inputs.place_conditions, inputs.place_dynamics, inputs.municipal_conditions)


class Reckoner:
    """Reckons on one set of pairs. For one thread at a time: it keeps room to work in."""

    def __init__(self, ground: Ground, pairs: Pairs) -> None:
        self.ground = ground
        self.pairs = pairs
        self._blocks = [ClassBlock(ground, pairs, *span) for span in spans(pairs)]

    def classes(self, ratings: Ratings, parameters: Parameters) -> NDArray[np.int8]:
        """Class (M,) of each municipality; `reach` must not exceed that of the pairs."""
        strength, lost = self.strengths(ratings, parameters)
        supply, after_loss = self._supplies(strength, lost, parameters)
        given = self.ground.inputs
        renewing = renewal(conditions_of(self.ground.home, ratings.conditions, ratings.municipal))
        return cohesion_classes(supply, after_loss, renewing, given.inventory_completed, parameters)

    def strengths(self, ratings: Ratings, parameters: Parameters) -> tuple[Floats, Floats]:
        """Strength of each place (P,), and what each of the shared rows of the triads would take away."""
        staff, shared = self.ground.triads, self.ground.shared
        conditions = mean_of_known(ratings.conditions) / BEST_RATING
        dynamics = mean_of_known(ratings.dynamics) / BEST_RATING
        strength = strength_of(conditions, staff.triad, dynamics, parameters)
        place = staff.place[shared]
        weakened = strength_of(conditions[place], staff.triad_left[shared], dynamics[place], parameters)
        return strength, strength[place] - np.where(staff.closes[shared], 0.0, weakened)

    def weights(self, parameters: Parameters) -> Floats:
        """Mean `f` of each link (L,): what a place of strength 1 that is not crowded gives to the municipality."""
        weights = np.empty(len(self.pairs.place))
        for block in self._blocks:
            block.set_closeness(parameters)
            weights[block.links] = np.asarray(block.near @ block.share)
        return weights

    def block(self, municipality: int, parameters: Parameters) -> "ClassBlock":
        """One municipality on its own."""
        block = ClassBlock(self.ground, self.pairs, municipality, municipality + 1)
        block.set_closeness(parameters)
        return block

    def _supplies(self, strength: Floats, lost: Floats, parameters: Parameters) -> tuple[Floats, Floats]:
        """K and K⁻ (M,); where K itself is not adequate, K stands for K⁻, which then classes nothing."""
        pairs, residents = self.pairs, self.ground.residents
        demand_of_link = np.empty(len(pairs.place))
        for block in self._blocks:
            block.set_closeness(parameters)
            demand_of_link[block.links] = np.asarray(block.near @ block.residents)
        demand = np.bincount(pairs.place, demand_of_link, len(strength))
        crowding = parameters.residents_per_place / np.maximum(demand, parameters.residents_per_place)
        per_strength = (crowding / parameters.sufficient_supply)[pairs.place]
        per_place = per_strength * strength[pairs.place]

        supply = np.full(len(residents.first) - 1, np.nan)
        supply[residents.municipality] = 0.0
        after_loss = supply.copy()
        for block in self._blocks:
            received: Floats = np.asarray(block.near_by_point @ per_place[block.links])
            here = supply[block.municipalities]
            here += block.by_municipality(block.share * np.minimum(received, 1))
            left = after_loss[block.municipalities]
            left[:] = here
            if (here >= parameters.adequate - ROUNDING).any():
                left -= block.worst_loss(received, per_strength[block.links], per_place[block.links], lost)
        return supply, after_loss


class ClassBlock(Block):
    """A block of which nothing is asked but what a class needs: the worst loss, not each of them."""

    def __init__(self, ground: Ground, pairs: Pairs, first: int, last: int) -> None:
        super().__init__(ground.residents, pairs, first, last)
        links_of = np.diff(pairs.first_link[first : last + 1])
        self._linked = np.flatnonzero(links_of)
        self._first_link = pairs.first_link[first:last][self._linked] - self.links.start
        self._teams = Teams.of(ground, pairs, self)

    def supplies(self, per_strength: Floats, per_place: Floats, lost: Floats) -> tuple[float, float]:
        """K and K⁻ of a block that is one municipality."""
        received: Floats = np.asarray(self.near_by_point @ per_place)
        supply = float(self.share @ np.minimum(received, 1))
        return supply, supply - float(self.worst_loss(received, per_strength, per_place, lost)[0])

    def worst_loss(self, received: Floats, per_strength: Floats, per_place: Floats, lost: Floats) -> Floats:
        """By how much the worst single loss lowers K of each municipality of the block (method.md §4).

        ``per_strength`` and ``per_place`` are what each link of the block gives per strength, and gives.
        """
        reserve = np.maximum(received - 1, 0)
        losses = self.place_losses(reserve, per_place)
        worst = np.zeros(self.municipalities.stop - self.municipalities.start)
        if len(losses):
            worst[self._linked] = np.maximum.reduceat(losses, self._first_link)
        if self._teams is not None:
            self._teams.raise_to_their_loss(worst, self, reserve, per_strength, lost)
        return worst


@dataclass(frozen=True, eq=False)
class Teams:
    """Actors with several places that supply the same municipality: a team (T) is such an actor and municipality.

    A member (B) is one of its places there. A post (O) is a point that the team reaches.
    """

    municipality: Integers  # (T,) within the block
    first_post: NDArray[np.int32]  # (T + 1,)
    link: Integers  # (B,) within the block
    row: Integers  # (B,) of the shared rows of the triads
    post_point: NDArray[np.int32]  # (O,) within the block
    first_pair: NDArray[np.int32]  # (O + 1,) into the two that follow
    pair: Integers  # (X,) within the block
    member: NDArray[np.int32]  # (X,)

    @classmethod
    def of(cls, ground: Ground, pairs: Pairs, block: Block) -> "Teams | None":
        """The teams of a block; None where there is none."""
        place = ground.triads.place[ground.shared]
        linked = pairs.place[block.links]
        begin, end = np.searchsorted(place, linked), np.searchsorted(place, linked, side="right")
        link: Integers = np.repeat(np.arange(len(linked)), end - begin)
        row = ranges(begin, end)
        municipality = pairs.municipality[block.links][link] - block.municipalities.start
        together, team, members = np.unique(
            municipality * ground.inputs.actors + ground.triads.actor[ground.shared[row]],
            return_inverse=True,
            return_counts=True,
        )
        chosen = np.flatnonzero(members[team] > 1)
        if not len(chosen):
            return None
        chosen = chosen[np.argsort(team[chosen], kind="stable")]
        link, row = link[chosen], row[chosen]
        teams, team = np.unique(team[chosen], return_inverse=True)

        first, last = (pairs.first[link + block.links.start + after] for after in (0, 1))
        length = last - first
        pair = ranges(first, last)
        member = np.repeat(np.arange(len(link)), length)
        points = block.points.stop - block.points.start
        post_of_pair = team[member] * points + (pairs.point[pair] - block.points.start)
        order = np.argsort(post_of_pair, kind="stable")
        posts, first_pair = np.unique(post_of_pair[order], return_index=True)
        team_of_post, point = np.divmod(posts, points)
        return cls(
            municipality=together[teams] // ground.inputs.actors,
            first_post=np.searchsorted(team_of_post, np.arange(len(teams) + 1)).astype(np.int32),
            link=link,
            row=row,
            post_point=point.astype(np.int32),
            first_pair=np.append(first_pair, len(pair)).astype(np.int32),
            pair=pair[order] - block.pairs.start,
            member=member[order].astype(np.int32),
        )

    def raise_to_their_loss(
        self, worst: Floats, block: Block, reserve: Floats, per_strength: Floats, lost: Floats
    ) -> None:
        """Raise ``worst`` (of the block's municipalities) where a team's leaving is worse."""
        shape = len(self.post_point), len(self.link)
        taken = csr_array((block.near.data[self.pair], self.member, self.first_pair), shape=shape)
        missed = taken @ (per_strength[self.link] * lost[self.row])
        missed -= reserve[self.post_point]
        np.maximum(missed, 0, out=missed)
        shape = len(self.municipality), len(block.share)
        losses = csr_array((missed, self.post_point, self.first_post), shape=shape) @ block.share
        np.maximum.at(worst, self.municipality, losses)
