"""What each address under /ogc/ answers: JSON in English for software, a page in the reader's language for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from places.data_version import keep, once_per_version, version_for
from places.models import Entry, Municipality
from places.successors import fate_of
from places.vocabulary import Publication
from sok_site.ogc import documents, openapi
from sok_site.ogc.collections import COLLECTIONS, Collection, Rows
from sok_site.ogc.crs import Crs
from sok_site.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Links
from sok_site.ogc.features import (
    features,
    members,
    with_members,
    without_geometry,
    written,
    written_feature,
    written_features,
)
from sok_site.ogc.parameters import ITEM, ITEMS, Asked, RefusedError, read
from sok_site.problems import problem_response

View = Callable[..., HttpResponse]
TURNING = ("f", "limit", "offset", "crs")  # what does not change how many there are


def wants_page(request: HttpRequest) -> bool:
    """Whether a person asks: ``f`` goes before the Accept header; who does not say gets JSON."""
    if asked := request.GET.get("f"):
        return asked == "html"
    if request.META.get("HTTP_ACCEPT", "*/*") == "*/*":
        return False
    preferred = request.get_preferred_type([JSON, GEOJSON, OPENAPI, SCHEMA, HTML])
    return preferred == HTML


def _for_everybody(view: View) -> View:
    """Reads only; errors as problems, in English as every document, but for people."""

    @csrf_exempt  # nothing is written: 405 says so
    @wraps(view)
    def answered(request: HttpRequest, *path: Any, **named: Any) -> HttpResponse:
        page = wants_page(request)
        if not page:
            translation.activate("en")
        if request.method not in ("GET", "HEAD"):
            allowed = {"Allow": "GET, HEAD, OPTIONS"}
            detail = f"Method “{request.method}” not allowed."
            return problem_response(request, HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=allowed)
        try:
            response = view(request, *path, **named)
        except RefusedError as refused:
            errors = [{"parameter": name, "detail": detail} for name, detail in refused.errors.items()]
            detail = f"Not understood: {', '.join(refused.errors)}."
            response = problem_response(request, HTTPStatus.BAD_REQUEST, detail, errors)
        except Http404 as missing:
            if page:
                raise
            response = problem_response(request, HTTPStatus.NOT_FOUND, str(missing) or "Not found.")
        patch_vary_headers(response, ("Accept",))
        if response.status_code == HTTPStatus.OK and not page:
            keep(request)
        return response

    return answered


def _document(request: HttpRequest, data: dict[str, Any], media_type: str = JSON) -> HttpResponse:
    return HttpResponse(written(data), content_type=media_type)


def _collection(collection_id: str) -> Collection:
    if collection_id not in COLLECTIONS:
        raise Http404(f"There is no such collection; there are: {', '.join(COLLECTIONS)}.")
    return COLLECTIONS[collection_id]


def _crumbs(*further: tuple[object, str]) -> list[tuple[object, str]]:
    ways = [(_("Schnittstelle"), reverse("api:docs")), (_("Ebenen für GIS"), reverse("ogc:landing"))]
    return [*ways, *further]


def _collection_crumb(collection: Collection) -> tuple[object, str]:
    return collection.title, reverse("ogc:collection", args=[collection.id])


# --- Documents ------------------------------------------------------------------------------------------------------


@_for_everybody
def landing(request: HttpRequest) -> HttpResponse:
    """Where everything begins."""
    read(request.GET, ("f",))
    links = Links(request)
    if wants_page(request):
        shown = {"collections": COLLECTIONS.values(), "address": links.root + request.path, "crumbs": _crumbs()}
        return render(request, "ogc/landing.html", shown)
    return _document(request, documents.landing(links))


@_for_everybody
def conformance(request: HttpRequest) -> HttpResponse:
    """Which parts of the standard hold."""
    read(request.GET, ("f",))
    if wants_page(request):
        crumbs = _crumbs((_("Was vom Standard erfüllt ist"), ""))
        return render(request, "ogc/conformance.html", {"classes": documents.CONFORMS_TO, "crumbs": crumbs})
    return _document(request, documents.conformance(Links(request)))


@_for_everybody
def api(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    read(request.GET, ("f",))
    document = openapi.document(Links(request))
    if wants_page(request):
        columns = [_("Pfad"), _("Was er sagt")]
        rows = [(path, methods["get"]["summary"]) for path, methods in document["paths"].items()]
        parameters = [(name, stated["description"]) for name, stated in openapi.PARAMETERS.items()]
        shown = {"columns": columns, "rows": rows, "parameters": parameters}
        crumbs = _crumbs((_("Pfade und Parameter"), ""))
        return render(request, "ogc/api.html", {**shown, "crumbs": crumbs})
    return _document(request, document, OPENAPI)


@_for_everybody
def collections(request: HttpRequest) -> HttpResponse:
    """All collections."""
    read(request.GET, ("f",))
    if wants_page(request):
        crumbs = _crumbs((_("Sammlungen"), ""))
        return render(request, "ogc/collections.html", {"collections": COLLECTIONS.values(), "crumbs": crumbs})
    return _document(request, documents.collections(Links(request)))


@_for_everybody
def collection(request: HttpRequest, collection_id: str) -> HttpResponse:
    """One collection."""
    asked = _collection(collection_id)
    read(request.GET, ("f",))
    if wants_page(request):
        shown = {"collection": asked, "attribution": asked.rows().beside()["attribution"]}
        return render(request, "ogc/collection.html", {**shown, "crumbs": _crumbs(_collection_crumb(asked))})
    return _document(request, documents.collection_document(asked, Links(request)))


@_for_everybody
def queryables(request: HttpRequest, collection_id: str) -> HttpResponse:
    """Which properties of a collection can be asked for."""
    asked = _collection(collection_id)
    read(request.GET, ("f",))
    document = documents.queryables(asked, Links(request))
    if wants_page(request):
        crumbs = _crumbs(_collection_crumb(asked), (_("Eigenschaften"), ""))
        return render(request, "ogc/queryables.html", {"collection": asked, "crumbs": crumbs})
    return _document(request, document, SCHEMA)


# --- Features -------------------------------------------------------------------------------------------------------


@_for_everybody
def items(request: HttpRequest, collection_id: str) -> HttpResponse:
    """Features of a collection, a page of them."""
    collection = _collection(collection_id)
    asked, found = read(request.GET, ITEMS, collection), _rows(request, collection)
    rows = asked.narrowed(found.queryset)
    page = rows[asked.offset : asked.offset + asked.limit]
    links = Links(request)
    if wants_page(request):
        matched, shown = rows.count(), _table(collection, page)
        turning = _turning(links, asked, matched)
        crumbs = _crumbs(_collection_crumb(collection), (_("Objekte"), ""))
        context = {"collection": collection, "rows": shown, "matched": matched, "crumbs": crumbs, **turning}
        context |= {"first": asked.offset + 1, "last": min(asked.offset + asked.limit, matched)}
        return render(request, "ogc/items.html", {**context, "json": links.here(f="json"), **found.beside()})
    shown_features = written_features(collection, found, page, asked.crs, links.root)
    is_last = 0 < len(shown_features) < asked.limit  # then nothing has to be counted
    matched = asked.offset + len(shown_features) if is_last else _counted(request, collection, found, rows)
    turning = _turning(links, asked, matched)
    head = {
        "numberMatched": matched,
        "numberReturned": len(shown_features),
        "links": [
            *links.own(GEOJSON),
            *({"rel": rel, "type": GEOJSON, "href": href} for rel, href in turning.items()),
            links.link("collection", "collection", JSON, str(collection.title), collection.id),
        ],
        **found.beside(),
    }
    # No timeStamp, which is optional: the same features are the same bytes, whoever made them and when.
    whole = b'{"type":"FeatureCollection"' + members(head) + b',"features":[' + b",".join(shown_features) + b"]}"
    return _of_features(whole, asked.crs, found)


@_for_everybody
def item(request: HttpRequest, collection_id: str, feature_id: str) -> HttpResponse:
    """One feature. An entry that was merged leads to the other; one that was withdrawn is gone."""
    collection = _collection(collection_id)
    asked, found = read(request.GET, ITEM, collection), _rows(request, collection)
    links = Links(request)
    if not collection.key_is_possible(feature_id):
        raise Http404("There is no such feature.")
    if wants_page(request):
        rows = found.queryset.filter(**{collection.key: feature_id})
        shown = next(features(collection, rows, asked.crs, links.root), None)
        if shown is None:
            return _elsewhere(request, collection, found, feature_id)
        (row,) = _table(collection, rows, every=True)
        crumbs = _crumbs(_collection_crumb(collection), (shown.properties["name"], ""))
        page = shown.properties.get("page", "")
        context = {"collection": collection, "row": row, "feature": shown, "page": page, "crumbs": crumbs}
        return render(request, "ogc/item.html", {**context, "json": links.here(f="json"), **found.beside()})
    feature = written_feature(collection, found, feature_id, asked.crs, links.root)
    if feature is None:
        return _elsewhere(request, collection, found, feature_id)
    own = [*links.own(GEOJSON), links.link("collection", "collection", JSON, str(collection.title), collection.id)]
    if collection.page:
        page = links.root + collection.page_path(feature_id)
        own.append({"rel": "related", "type": HTML, "href": page, "title": _("Die Seite im Atlas")})
    whole = with_members(feature, {"links": own, **found.beside()})
    return _of_features(whole, asked.crs, found)


@_for_everybody
def nothing(request: HttpRequest, path: str) -> HttpResponse:
    """Every address that is none."""
    raise Http404(f"There is nothing at “{path}”.")


def _rows(request: HttpRequest, collection: Collection) -> Rows:
    """The rows of a collection, described once per version."""
    return once_per_version(version_for(request), ("rows", collection.id), collection.rows)


def _counted(request: HttpRequest, collection: Collection, found: Rows, rows: QuerySet[Any]) -> int:
    """How many there are on all pages, counted once for all pages."""
    narrowing = tuple(sorted((name, text) for name, text in request.GET.items() if name not in TURNING))
    return found.reading.once(("count", collection.id, narrowing), rows.count)


def _of_features(whole: bytes, crs: Crs, found: Rows) -> HttpResponse:
    headers = {"Content-Crs": f"<{crs.uri}>"}
    if found.changed_at:
        headers["Last-Modified"] = http_date(found.changed_at.timestamp())
    return HttpResponse(whole, content_type=GEOJSON, headers=headers)


def _elsewhere(request: HttpRequest, collection: Collection, found: Rows, feature_id: str) -> HttpResponse:
    """Where an entry went that is no longer public. Raises Http404 where it never was."""
    model: Any = found.queryset.model
    entry = model._default_manager.filter(pk=feature_id).first() if issubclass(model, Entry) else None
    if entry is not None and (successor := entry.successor()) and successor.is_published:
        query = request.META.get("QUERY_STRING", "")
        address = reverse("ogc:item", args=[collection.id, str(successor.pk)])
        return HttpResponsePermanentRedirect(f"{address}{'?' if query else ''}{query}")
    if entry is not None and entry.publication == Publication.ARCHIVED:
        return problem_response(request, HTTPStatus.GONE, "This entry is no longer public.")
    if issubclass(model, Municipality) and (fate := fate_of(feature_id)) is not None and fate.heirs:
        if fate.sole is None:
            return problem_response(request, HTTPStatus.GONE, fate.in_english())
        query = request.META.get("QUERY_STRING", "")
        address = reverse("ogc:item", args=[collection.id, fate.sole.municipality.ags])
        return HttpResponsePermanentRedirect(f"{address}{'?' if query else ''}{query}")
    raise Http404("There is no such feature.")


def _turning(links: Links, asked: Asked, matched: int) -> dict[str, str]:
    """Addresses of the next and the previous page, where there are any; they keep the format that is shown."""
    turning = {}
    if asked.offset + asked.limit < matched:
        turning["next"] = links.here(offset=asked.offset + asked.limit)
    if asked.offset:
        turning["prev"] = links.here(offset=max(0, asked.offset - asked.limit) or None)
    return turning


def _table(collection: Collection, rows: Any, every: bool = False) -> list[dict[str, Any]]:
    """Rows for people: the name, the address, and cells with their titles in words."""
    names = list(collection.by_name) if every else collection.columns
    return [
        {
            "name": values["name"] or key,
            "url": reverse("ogc:item", args=[collection.id, key]) + "?f=html",
            "cells": list(_in_words(collection, names, values)),
        }
        for key, values in without_geometry(collection, rows)
    ]


def _in_words(collection: Collection, names: Any, values: dict[str, Any]) -> Iterator[tuple[object, object]]:
    for name in names:
        asked, value = collection.by_name[name], values[name]
        if asked.choices and value:
            value = asked.choices(value).label
        elif isinstance(value, bool):
            value = _("ja") if value else _("nein")
        elif asked.decimals is not None and value is not None:
            value = round(value, asked.decimals)
        yield asked.title, value
