"""Whoever reviews or administrates signs in with two factors: without one they get no further than their account."""

from collections.abc import Callable
from datetime import date
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from places import clock
from places.permissions import User, is_reviewer

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# Pages that show everybody the same, beside everything under /konto/ and the API. What is not named here may show or
# change more to reviewers, so it waits.
FOR_EVERYBODY = frozenset(
    {
        *("map", "interplay", "method", "concept", "imprint", "privacy", "accessibility"),
        *("set_language", "favicon", "health", "ready", "demo_mail"),
    }
)


def has_second_factor(user: User) -> bool:
    """Whether a passkey or a code app is set up; recovery codes alone are none."""
    return bool(get_adapter().is_mfa_enabled(user, FACTORS))


def must_have_second_factor(user: User, today: date) -> bool:
    """Whether ``user`` reviews or administrates, where the setting asks for a second factor."""
    return settings.SECOND_FACTOR_REQUIRED and (getattr(user, "is_staff", False) or is_reviewer(user, today))


class SecondFactorMiddleware:
    """Sends reviewers and administrators without a second factor to where they set one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        """Before any page that is not for everybody."""
        if not settings.SECOND_FACTOR_REQUIRED or _is_for_everybody(request) or not request.user.is_authenticated:
            return None
        if must_have_second_factor(request.user, clock.today()) and not has_second_factor(request.user):
            return redirect("mfa_index")
        return None


@receiver(authenticator_added)
def has_just_shown_it(request: HttpRequest, authenticator: Authenticator, **kwargs: Any) -> None:
    """Whoever has this moment set up a passkey or an app is not asked for it again before the recovery codes."""
    if authenticator.type in FACTORS:
        post_authentication(request, authenticator, reauthenticated=True)


def _is_for_everybody(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and (
        match.namespace == "api" or match.url_name in FOR_EVERYBODY or match.route.startswith("konto/")
    )
