"""Steps that several tests of webhooks take."""

import json
import socket
import time
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.contrib.auth.models import User
from django.db.models import F
from django.utils import timezone

from cohesion.changes import settled_until
from cohesion.models import Assessment, Delivery, Subscription
from cohesion.models.webhook import Progress
from cohesion.webhooks.packing import pack_all
from cohesion.webhooks.subscriptions import subscribe
from places.models import Change, Place
from places.record import on_record
from places.vocabulary import ActedAs, Verb

DOCS = Path(__file__).resolve().parents[3] / "docs"


def subscribed(owner: User, url: str, *happenings: str, areas: tuple[str, ...] = ()) -> tuple[Subscription, str]:
    """A subscription that has been there for two hours."""
    subscription, secret = subscribe(owner, url, happenings, areas)
    subscription.cursor = (timezone.now() - timedelta(hours=2)).isoformat()
    subscription.save()
    return subscription, secret


def settle(**passed: float) -> None:
    """Let an hour pass, for what has happened."""
    time = timedelta(**(passed or {"hours": 1}))
    Change.objects.update(at=F("at") - time)
    Assessment.objects.update(created_at=F("created_at") - time)


def rename(place: Place, name: str) -> None:
    with on_record(place, Verb.UPDATED, by=None, acted_as=ActedAs.STEWARD, reason="Geheim"):
        place.name = name
        place.save()


def let_wait(time: timedelta = timedelta(days=3)) -> None:
    """Let the time of waiting messages come."""
    Delivery.objects.filter(progress=Progress.WAITING).update(next_at=F("next_at") - time)
    Subscription.objects.exclude(failing_since=None).update(failing_since=F("failing_since") - time)


def pack() -> list[Delivery]:
    pack_all(settled_until())
    return list(Delivery.objects.order_by("pk"))


def self_signed(folder: Path) -> Path:
    """A certificate for this machine with its key, which its owner has signed himself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name.from_rfc4514_string("CN=127.0.0.1")
    now = timezone.now()
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=False).sign(key, SHA256())
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "self-signed.pem"
    file.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return file


def wait_for_port(port: int) -> None:
    """Until something listens there, which takes as long as Python takes to start."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return


def numbers() -> list[str]:
    """The ids of the entries that the packed messages tell, in their order."""
    payloads = [json.loads(payload) for payload in Delivery.objects.order_by("pk").values_list("payload", flat=True)]
    return [event["entry"]["id"] for payload in payloads for event in payload["data"]["results"]]
