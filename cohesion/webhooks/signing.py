"""The secret of a subscription and what is signed with it (Standard Webhooks, symmetric). No HTTP, no database.

Secrets are stored encrypted with a key that is derived from SECRET_KEY: who has only the database cannot sign.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

PREFIX = "whsec_"
BYTES = 32  # of the secret: the standard asks for 24 to 64


class SecretLostError(Exception):
    """A stored secret was encrypted with another SECRET_KEY; it has to be made anew."""


def new_secret() -> str:
    """A secret as the subscriber gets it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def sealed(secret: str) -> str:
    """The secret as the database keeps it."""
    return _cipher().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """What ``sealed`` kept. Raises SecretLostError."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretLostError from None


def signed_headers(message_id: str, at: datetime, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers that prove who sent ``body`` and when; one signature with each of the secrets."""
    timestamp = str(int(at.timestamp()))
    content = b".".join([message_id.encode(), timestamp.encode(), body])
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(content, key)}" for key in keys),
    }


def _signature(content: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _cipher() -> MultiFernet:
    """Encrypts with SECRET_KEY, reads with the former ones too."""
    return MultiFernet([Fernet(_key(key)) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret_key: str | bytes) -> bytes:
    digest = salted_hmac("cohesion.webhooks.signing", "secret", secret=secret_key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest)
