"""How often forms may be sent, per address of the network and per mailbox. Only hashes are kept, for an hour."""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

PERIOD = 3600  # seconds
PER_ADDRESS = 30
PER_MAILBOX = 5


def may_send(request: HttpRequest, form: str, mailbox: str = "") -> bool:
    """Count one sending of ``form`` and say whether it is within the limits."""
    counted = [(f"{form} from {request.META.get('REMOTE_ADDR', '')}", PER_ADDRESS)]
    if mailbox:
        counted.append((f"{form} to {mailbox.strip().lower()}", PER_MAILBOX))
    within = [_count(what) <= limit for what, limit in counted]  # each is counted, whatever the first says
    return all(within)


def _count(what: str) -> int:
    key = "sent-" + salted_hmac("places.throttling", what).hexdigest()
    cache.add(key, 0, PERIOD)
    try:
        return cache.incr(key)
    except ValueError:  # ran out between the two
        return 1
