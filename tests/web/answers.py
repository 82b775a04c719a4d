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
    documented = _operation(path, method)["responses"][str(response.status_code)]
    if "content" not in documented:
        assert response.content == b"", f"{path} {response.status_code}: there is no body in the document"
        return
    media_type, content = response.headers["Content-Type"].split(";")[0], documented["content"]
    assert media_type in content, f"{path} {response.status_code}: {media_type} is not documented"
    answer = response.content.decode() if media_type == "text/csv" else response.json()
    check_against(content[media_type]["schema"], answer, whole)


def check_against(schema: dict[str, Any], answer: Any, whole: bool = True) -> None:
    """``answer`` is valid by ``schema``, whose references point into the document."""
    complete = {**_closed(schema, whole), "components": _closed(document()["components"], whole)}
    errors = [f"{error.json_path}: {error.message}" for error in _validator(complete).iter_errors(answer)]
    assert errors == []


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


@cache
def _templates() -> dict[str, re.Pattern[str]]:
    return {
        template: re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))) for template in document()["paths"]
    }


def _operation(path: str, method: str) -> dict[str, Any]:
    (template,) = [template for template, pattern in _templates().items() if pattern.fullmatch(path)]
    operation: dict[str, Any] = document()["paths"][template][method.lower()]
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
