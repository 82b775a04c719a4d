"""What says which version of the published data is there. Who writes and reads it: places/data_version.py."""

from django.db import models


class DataChange(models.Model):
    """A transaction that changed what the public reads. Written by triggers of the database, and by nothing else:
    PostgreSQL keeps the latest ones, SQLite, which has one writer at a time, the last one."""

    token = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.token} {self.at.isoformat()}"
