"""What the map paints of very many municipalities and nothing else: their figures follow when somebody looks closer."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from cohesion.models import Assessment
from cohesion.querysets import with_scores
from cohesion.sureness import UNCERTAIN_BELOW
from places.models import BoundaryEdition, Municipality

MANY_MUNICIPALITIES = 2000  # of more the browser reads at first only what it paints


@require_safe
def map_classes(request: HttpRequest) -> JsonResponse:
    """Columns in the order of the keys; of each key the step from the one before it, which packs to a third."""
    edition = BoundaryEdition.objects.current()
    assessment = Assessment.objects.of_edition(edition).newest() if edition else None
    municipalities = with_scores(Municipality.objects.filter(edition=edition), assessment)
    fields = ("ags", "cohesion_class", "zok_tier", "score__stability", "is_unincorporated")
    table: dict[str, list[object]] = {
        "step": [],
        "cohesion_class": [],
        "zok_tier": [],
        "is_uncertain": [],
        "is_unincorporated": [],
    }
    before = 0
    for ags, cohesion_class, tier, stability, is_unincorporated in municipalities.order_by("ags").values_list(*fields):
        row = (
            *(int(ags) - before, cohesion_class, tier or None),
            *(int(stability is not None and stability < UNCERTAIN_BELOW), int(is_unincorporated)),
        )
        for column, value in zip(table.values(), row, strict=True):
            column.append(value)
        before = int(ags)
    attribution = edition.attribution if edition else ""
    response = JsonResponse(
        {"attribution": attribution, "columns": list(table), **table}, json_dumps_params={"separators": (",", ":")}
    )
    response["Cache-Control"] = "no-cache"  # kept, but asked for again: ConditionalGetMiddleware answers 304
    return response
