"""What a POST with an Idempotency-Key has made, so that it is made once. How: places/api/idempotency.py."""

from datetime import timedelta

from django.db import models

from places.models.care import Submission
from places.models.token import DIGEST_LENGTH, ApiToken

KEPT = timedelta(hours=24)


class IdempotencyKey(models.Model):
    """One key that came with one token, and the submission that was made. Of key and body only the digests are here."""

    token = models.ForeignKey(ApiToken, on_delete=models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=DIGEST_LENGTH)
    body = models.CharField(max_length=DIGEST_LENGTH)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=("token", "key"), name="idempotency_key_once_per_token")]

    def __str__(self) -> str:
        return f"{self.token}: {self.key[:8]}"
