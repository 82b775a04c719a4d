"""Schemathesis asks every operation of both documents, rightly and wrongly: no failure of ours, nothing undocumented.

The same requests every time. On one database only (scripts/test.sh). That the answers are right is not asked here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.test import RequestFactory
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.parameters import ParameterLocation

from places import clock
from places.models import Stewardship
from places.models.of_entry import tie
from places.tokens import make_token
from places.vocabulary import SubmissionKind
from sok_site.ogc import openapi as ogc
from sok_site.ogc.documents import Links
from sok_site.openapi import document
from sok_site.wsgi import application
from tests.factories import (
    TODAY,
    make_assessment,
    make_municipality,
    make_place,
    make_score,
    make_space,
    make_steward,
    make_submission,
    make_support,
    square,
)

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ASKED = settings(
    max_examples=6,  # beside the examples of the document and every limit that it states
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# A large body has more than a thousand limits: of those that come later some are asked, the same every time.
ALL_OF_THE_FIRST, ONE_IN = 60, 20
ASKED_SO_FAR: Counter[str] = Counter()


@dataclass(frozen=True)
class World:
    """A small world where everything that can be read is there, and a key of somebody who looks after its entries."""

    key: str
    ids: dict[str, str]  # by the path's part before them

    def existing(self, path: str) -> dict[str, str]:
        """What stands in the gaps of ``path`` for something that is there."""
        parts = path.strip("/").split("/")
        gaps = [(before, part[1:-1]) for before, part in pairwise(parts) if part.startswith("{")]
        return {
            name: self.ids[parts[parts.index(before) - 1] if before == "items" else before] for before, name in gaps
        }


@pytest.fixture
def world() -> World:
    assessment = make_assessment()
    municipality = make_municipality("06635015", name="Korbach", geometry=square(9.0, 51.0))
    make_score(municipality, assessment, "risky")
    place, support, space = make_place(municipality), make_support(municipality), make_space(municipality)
    owner = make_steward(place)
    Stewardship.objects.bulk_create(Stewardship(user=owner, since=TODAY, **tie(each)) for each in (support, space))
    submission = make_submission(place, SubmissionKind.CHANGE, user=owner, values={"status": "dormant"})
    ids = {"places": place, "support": support, "spaces": space, "submissions": submission, "assessments": assessment}
    keys = {"municipalities": "06635015", "districts": "06635", "states": "06", "planning-regions": "nordhessen"}
    return World(
        make_token(owner, name="Test", ends_on=clock.today() + timedelta(days=9), today=clock.today()),
        {**{name: str(each.pk) for name, each in ids.items()}, **keys, "exports": "places.csv"},
    )


def read_whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Our application, whose answers are closed when they have been read: the client inside leaves that open."""
    answer: Any = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def _asked(described: dict[str, Any]) -> Any:
    schema = schemathesis.openapi.from_dict(described)
    schema.app = read_whole
    schema.config.phases.coverage.unexpected_methods = set()  # test_api_http.py asks all of them
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema


rest = _asked(document())
layers = _asked(ogc.document(Links(RequestFactory(SERVER_NAME="localhost").get("/ogc/api"))))


def _is_right(case: Any, where: Any) -> bool:
    """Whether this part of the request is as the document wants it."""
    part = case.meta.components.get(where)
    return part is None or part.mode is GenerationMode.POSITIVE


def hold(case: Any, world: World) -> None:
    """The answer is one that the document knows. What is asked rightly is asked of what is there, by who may."""
    ASKED_SO_FAR[case.operation.label] += 1
    if (number := ASKED_SO_FAR[case.operation.label]) > ALL_OF_THE_FIRST and number % ONE_IN:
        return
    headers = {"Accept-Encoding": "identity"}  # the client inside does not unpack
    if case.operation.definition.raw.get("security"):
        cache.clear()  # which counts writes
        headers["Authorization"] = f"Bearer {world.key}"
    if _is_right(case, ParameterLocation.PATH):
        case.path_parameters.update(world.existing(case.path))
    if case.method == "PATCH" and _is_right(case, ParameterLocation.HEADER):
        headers["If-Match"] = "*"
    response = case.call(headers=headers)
    case.validate_response(response, checks=CHECKS)


@rest.parametrize()  # type: ignore[untyped-decorator]
@ASKED
def test_every_operation_answers_as_documented(case: Any, world: World) -> None:
    hold(case, world)


@layers.parametrize()  # type: ignore[untyped-decorator]
@ASKED
def test_every_path_of_the_layers_answers_as_documented(case: Any, world: World) -> None:
    hold(case, world)
