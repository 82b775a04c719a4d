"""Asks the API and holds every answer against the OpenAPI document: nothing missing, nothing besides, no wrong type.

Nothing here says what the figures should be.
"""

import csv
import io
import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from sok_site.openapi import document

API = "/api/v1/"


def get(path: str, status: int = HTTPStatus.OK, /, accept: str = "*/*", **query: Any) -> Any:
    """What a GET of ``path`` (below /api/v1/) answers, parsed: JSON as it is, CSV as a list of rows by column."""
    response = ask(path, accept=accept, **query)
    assert response.status_code == status, response.content.decode()
    return body(response)


def ask(path: str, /, accept: str = "*/*", **query: Any) -> Any:
    """The response itself, checked against the document."""
    response = Client().get(API + path, query, headers={"Accept": accept})
    check(API + path, response, whole="fields" not in query)
    return response


def body(response: Any) -> Any:
    if response.headers["Content-Type"].startswith("text/csv"):
        text = response.content.decode()
        mark = text.startswith("\ufeff")
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if mark else ","))
    return response.json()


def refused(path: str, /, *parameters: str, **query: Any) -> str:
    """``path`` is refused because of exactly these parameters: the details, in one line."""
    problem = get(path, HTTPStatus.BAD_REQUEST, **query)
    assert {error["parameter"] for error in problem["errors"]} == set(parameters)
    return " ".join(error["detail"] for error in problem["errors"])


def send(method: str, path: str, sent: Any = None, /, key: str = "", **headers: str) -> Any:
    """The response to a request that writes, or reads with a key; checked against the document. ``sent`` as JSON."""
    if key:
        headers["Authorization"] = f"Bearer {key}"
    body: dict[str, Any] = {} if sent is None else {"data": json.dumps(sent), "content_type": "application/json"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client().generic(method, API + path, **body, headers=given)
    check(API + path.split("?")[0], response, method=method)
    return response


def check(path: str, response: Any, whole: bool = True, method: str = "GET") -> None:
    """The answer is as the document says, for its path, its status and its media type. ``whole``: nothing of an item
    may be missing, for nobody asked for some of its fields only."""
    documented = _operation(path, method)["responses"]
    said = f"{method} {path} {response.status_code}"
    assert str(response.status_code) in documented, f"{said}: the document knows no such status"
    content = documented[str(response.status_code)].get("content")
    if content is None:
        assert response.content == b"", f"{said}: there is no body in the document"
        return
    media_type = response.headers["Content-Type"].split(";")[0]
    assert media_type in content, f"{said}: {media_type} is not documented"
    if response.streaming or "Content-Encoding" in response.headers or method == "HEAD":
        return
    answer = response.content.decode() if media_type.startswith("text/") else json.loads(response.content)
    template = _template(path)
    validator = _validator_of(template, _documented(method), str(response.status_code), media_type, whole)
    _hold(validator, answer)


def check_against(schema: dict[str, Any], answer: Any, whole: bool = True) -> None:
    """``answer`` is valid by ``schema``, whose references point into the document."""
    _hold(_validator(schema, whole), answer)


def is_documented(path: str, method: str) -> bool:
    """Whether the document knows this method of this path."""
    template = _template(path)
    return bool(template) and _documented(method) in document()["paths"][template]


def _hold(validator: Draft202012Validator, answer: Any) -> None:
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)] == []


def _validator(schema: dict[str, Any], whole: bool) -> Draft202012Validator:
    complete = {**_closed(schema, whole), "components": _closed_components(whole)}
    return Draft202012Validator(complete, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def _validator_of(template: str, method: str, status: str, media_type: str, whole: bool) -> Draft202012Validator:
    responses = document()["paths"][template][method]["responses"]
    return _validator(responses[status]["content"][media_type]["schema"], whole)


@cache
def _closed_components(whole: bool) -> Any:
    return _closed(document()["components"], whole)


@cache
def _templates() -> dict[str, re.Pattern[str]]:
    return {
        template: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))) for template in document()["paths"]
    }


def _template(path: str) -> str:
    """The path of the document that ``path`` is one of; "" where there is none."""
    return next((template for template, pattern in _templates().items() if pattern.fullmatch(path)), "")


def _documented(method: str) -> str:
    """The method as the document has it: HEAD is answered like GET, without the body."""
    return "get" if method == "HEAD" else method.lower()


def _operation(path: str, method: str) -> dict[str, Any]:
    template = _template(path)
    operation: dict[str, Any] = document()["paths"][template][_documented(method)]
    return operation


def _closed(node: Any, whole: bool) -> Any:
    """The schema, with every object refusing members that it does not name; of an item or a part of it, the item."""
    if isinstance(node, list):
        return [_closed(part, whole) for part in node]
    if not isinstance(node, dict):
        return node
    if whole and "anyOf" in node:
        return node["anyOf"][0]
    closed = {name: _closed(part, whole) for name, part in node.items()}
    if node.get("type") == "object" and "properties" in node:
        closed["additionalProperties"] = False
    return closed
