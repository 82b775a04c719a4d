"""A POST that is sent again, because its answer got lost, makes what it makes once: the header Idempotency-Key.

As the IETF's draft has it (draft-ietf-httpapi-idempotency-key-header). Only what was made is remembered: what was
refused has made nothing and may be sent again.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from places.api.refusals import BeingMade, Unprocessable
from places.models import ApiToken, IdempotencyKey, Submission
from places.models.idempotency import KEPT
from places.tokens import digest_of

HEADER = "Idempotency-Key"
LONGEST = 255
PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LONGEST + 2},
    "header",
    description="Of your own choice, best a UUID, in quotes or not. The same request sent again within 24 hours "
    "makes nothing new: it is answered with the submission that was made. Another body under the same "
    "key is 422.",
)
EXPECTED = f"1 to {LONGEST} visible characters of ASCII are expected, best a UUID."


@dataclass(frozen=True)
class Once:
    """What is made once, however often it is sent."""

    token: ApiToken
    key: str
    body: str

    @classmethod
    def asked(cls, request: Request) -> "Once | None":
        """What a request asks for; None without the header. Raises ValidationError for a key that is none."""
        sent = request.headers.get(HEADER)
        if sent is None:
            return None
        # The draft has it in quotes, most clients send it without.
        key = sent[1:-1] if len(sent) > 1 and sent[0] == sent[-1] == '"' else sent
        if not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST):
            raise ValidationError({HEADER: [EXPECTED]})
        body = json.dumps([request.path, request.data], sort_keys=True)
        token: Any = request.auth
        return cls(token, digest_of(key), digest_of(body))

    def made_before(self) -> Submission | None:
        """What it has made within KEPT. Raises Unprocessable where the key came with another body."""
        found = self._rows().filter(made_at__gt=timezone.now() - KEPT).select_related("submission").first()
        if found is None:
            return None
        if found.body != self.body:
            raise Unprocessable(
                [("#", f"This {HEADER} came with another body before; another body needs another key.")]
            )
        return found.submission

    def remember(self, submission: Submission) -> None:
        """That it has made this, in the transaction that makes it. Raises BeingMade where another request was quicker;
        one that is not through yet is waited for."""
        now = timezone.now()
        self._rows().filter(made_at__lte=now - KEPT).delete()
        try:
            with transaction.atomic():
                self._rows().create(token=self.token, key=self.key, body=self.body, submission=submission, made_at=now)
        except IntegrityError:
            raise BeingMade(f"A request with this {HEADER} is being worked on. Send it again.") from None

    def _rows(self) -> QuerySet[IdempotencyKey]:
        return IdempotencyKey.objects.filter(token=self.token, key=self.key)
