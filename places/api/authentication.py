"""Who speaks: the key in `Authorization: Bearer sok_…`, and nothing else. No cookie counts at the API."""

from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from places import clock
from places.models import ApiToken
from places.tokens import find_token

SCHEME = "bearer"


class ByKey(BaseAuthentication):
    """The owner of a key. What they may do with it is less than what they may do on the pages: see places/tokens.py."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = find_token(secret.strip(), clock.today())
        if token is None:
            raise AuthenticationFailed("This key is unknown, has ended, or was revoked.")
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        wrong = ', error="invalid_token"' if "Authorization" in request.headers else ""
        return f'Bearer realm="SOK-Atlas"{wrong}'
