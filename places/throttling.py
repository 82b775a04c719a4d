"""How often forms may be sent, per address of the network and per mailbox. Only hashes are kept, for an hour."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

PERIOD = 3600  # seconds
PER_ADDRESS = 30
PER_MAILBOX = 5
PER_ADDRESS_TYPING = 600  # of what a page asks by itself while somebody types
PER_WRITER = 120  # of writes over the API, per person, whichever keys and however many
IPV6_NETWORK_BITS = 64  # what one household has: its devices count as one


def may_send(request: HttpRequest, form: str, mailbox: str = "", *, per_address: int | None = None) -> bool:
    """Count one sending of ``form`` and say whether it is within the limits."""
    counted = [(f"{form} from {network_address(request)}", per_address or PER_ADDRESS)]
    if mailbox:
        counted.append((f"{form} to {mailbox.strip().lower()}", PER_MAILBOX))
    within = [_count(what) <= limit for what, limit in counted]  # each is counted, whatever the first says
    return all(within)


def may_write(writer: int) -> bool:
    """Count one write over the API by the account of this id and say whether it is within the limit."""
    return _count(f"written by {writer}") <= PER_WRITER


def network_address(request: HttpRequest) -> str:
    """Where the request comes from: the sender, or what the outermost of our own proxies saw (setting PROXIES).

    What stands further left in X-Forwarded-For anybody can make up, so it is not read.
    """
    forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.PROXIES
    said = forwarded[-proxies] if 0 < proxies <= len(forwarded) else request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(said)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        bits = 128 - IPV6_NETWORK_BITS
        return str(IPv6Address(int(address) >> bits << bits))
    return str(address)


def _count(what: str) -> int:
    key = "sent-" + salted_hmac("places.throttling", what).hexdigest()
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key)
    except ValueError:  # ran out between the two
        return 1
