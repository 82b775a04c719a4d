"""The pages of one's own webhooks: which there are, making and altering one, its log, its secret. Verbs: webhooks/."""

import json
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cohesion.events import Happening
from cohesion.models import Attempt, Delivery, Subscription
from cohesion.models.webhook import Progress, Standing
from cohesion.webhooks import subscriptions as verbs
from cohesion.webhooks.forms import SinceForm, SubscriptionForm
from cohesion.webhooks.sending import has_queue, send_due
from places import clock, wording
from places.territory_search import areas_of
from places.throttling import may_send
from places.views.private import errors_of, private_page, too_many

PAGE = 25  # messages
AT_ONCE = 3  # messages sent before the page answers, where there is no queue

ERRORS = {
    "Connection refused": gettext_lazy("Verbindung abgelehnt"),
    "Timeout": gettext_lazy("keine Antwort in der Zeit, die wir warten"),
    "Unknown host": gettext_lazy("Diesen Rechnernamen gibt es nicht"),
    "No public address": gettext_lazy("Der Rechnername führt nicht ins öffentliche Internet"),
}


@private_page
@login_required
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """My subscriptions and how it stands with them."""
    own = Subscription.objects.filter(user=cast(User, request.user)).annotate(
        given_up=Count("deliveries", filter=Q(deliveries__progress=Progress.GIVEN_UP)),
        waiting=Count("deliveries", filter=Q(deliveries__progress=Progress.WAITING)),
    )
    listed = [(subscription, _facts(subscription)) for subscription in own]
    open_ones = sum(not subscription.is_over for subscription, _told in listed)
    return render(
        request,
        "cohesion/webhooks/list.html",
        {"listed": listed, "may_make": open_ones < verbs.MOST, "most": verbs.MOST, "has_queue": has_queue()},
    )


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.account")
def new_webhook(request: HttpRequest) -> HttpResponse:
    """Where to, which events, which areas. The secret is in the answer to its making and never again."""
    user = cast(User, request.user)
    form = SubscriptionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not form.is_search and form.is_valid():
        if not may_send(request, "webhook"):
            return too_many(request)
        asked = form.cleaned_data
        try:
            subscription, secret = verbs.subscribe(user, asked["url"], asked["happenings"], asked["areas"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _show_secret(request, subscription, secret)
    return _show_form(request, "cohesion/webhooks/new.html", form)


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.account")
def alter_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address, other events, other areas; one that is over stays as it is."""
    subscription, user = _own(request, pk), cast(User, request.user)
    if subscription.is_over:
        messages.error(request, _("Dieses Abonnement ist beendet."))
        return redirect(subscription)
    form = SubscriptionForm(request.POST if request.method == "POST" else None, altered=subscription)
    if form.is_bound and not form.is_search and form.is_valid():
        if not may_send(request, "webhook"):
            return too_many(request)
        asked = form.cleaned_data
        try:
            verbs.alter(subscription, user, asked["url"], asked["happenings"], asked["areas"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Das Abonnement ist geändert."))
            return redirect(subscription)
    return _show_form(request, "cohesion/webhooks/alter.html", form, subscription=subscription)


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(app="allauth.account")
def webhook_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Before the secret is made anew: what that means; then the new one, this once."""
    subscription = _own(request, pk)
    if request.method == "POST":
        if not may_send(request, "webhook"):
            return too_many(request)
        try:
            return _show_secret(request, subscription, verbs.roll_secret(subscription, cast(User, request.user)))
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect(subscription)
    return render(request, "cohesion/webhooks/roll.html", {"subscription": subscription})


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription: how it stands, what can be done, what was sent."""
    subscription, today = _own(request, pk), clock.today()
    form = SinceForm(request.POST if request.POST.get("act") == "replay" else None, today)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        return _act(request, subscription, form)
    log = Paginator(subscription.deliveries.annotate(number=Count("attempts")).defer("payload").order_by("-pk"), PAGE)
    return render(
        request,
        "cohesion/webhooks/one.html",
        {
            "subscription": subscription,
            "facts": _facts(subscription),
            "page": log.get_page(request.GET.get("page")),
            "any_failed": Delivery.objects.failed().filter(subscription=subscription).exists(),
            "form": form,
            "errors": errors_of(form),
            "has_queue": has_queue(),
            "must_roll": subscription.why == "secret" and subscription.standing == Standing.PAUSED,
        },
        status=422 if form.errors else 200,
    )


@private_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def webhook_delivery(request: HttpRequest, pk: int, delivery: int) -> HttpResponse:
    """One message: every attempt with its answer, and what was sent; once more on request."""
    subscription = _own(request, pk)
    found = get_object_or_404(subscription.deliveries, pk=delivery)
    if request.method == "POST":
        if not may_send(request, "webhook test"):
            return too_many(request)
        return _sent(request, subscription, lambda: verbs.replay(found, cast(User, request.user)), found)
    return render(
        request,
        "cohesion/webhooks/delivery.html",
        {
            "subscription": subscription,
            "delivery": found,
            "attempts": [(attempt, _outcome(attempt)) for attempt in found.attempts.all()],
            "payload": json.dumps(json.loads(found.payload), ensure_ascii=False, indent=2),
            "may_replay": subscription.is_active and found.progress != Progress.SENDING,
            "is_open": found.progress in (Progress.WAITING, Progress.SENDING),
            "has_queue": has_queue(),
        },
    )


def _act(request: HttpRequest, subscription: Subscription, form: SinceForm) -> HttpResponse:
    user, act = cast(User, request.user), request.POST.get("act")
    if act == "test":
        if not may_send(request, "webhook test"):
            return too_many(request)
        return _sent(request, subscription, lambda: verbs.send_test(subscription, user))
    try:
        if act == "pause":
            verbs.pause(subscription, user)
            messages.success(request, _("Das Abonnement ist pausiert."))
        elif act == "resume":
            verbs.resume(subscription, user)
            messages.success(request, _("Das Abonnement ist wieder aktiv. Was inzwischen geschah, wird nachgeliefert."))
        elif act == "end":
            verbs.end(subscription, user)
            messages.success(request, _("Das Abonnement ist beendet."))
        elif act == "replay":
            number = verbs.replay_failed(subscription, user, form.cleaned_data["since"])
            words = ngettext(
                "Eine Nachricht geht noch einmal hinaus.", "%(number)d Nachrichten gehen noch einmal hinaus.", number
            )
            messages.success(request, words % {"number": number} if number else _("Seitdem ist alles angekommen."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect(subscription)


def _sent(
    request: HttpRequest, subscription: Subscription, verb: Any, delivery: Delivery | None = None
) -> HttpResponse:
    """Do what puts a message on its way, and go to the message."""
    try:
        delivery = verb() or delivery
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(subscription)
    if not has_queue():
        send_due(subscription.pk, most=AT_ONCE)
    assert delivery is not None  # noqa: S101 - one of the two made it
    return redirect("webhook_delivery", subscription.pk, delivery.pk)


def _show_form(request: HttpRequest, template: str, form: SubscriptionForm, **context: Any) -> HttpResponse:
    failed = form.is_bound and not form.is_search
    context |= {"form": form, "errors": errors_of(form) if failed else [], "failed": failed}
    return render(request, template, context, status=422 if failed else 200)


def _show_secret(request: HttpRequest, subscription: Subscription, secret: str) -> HttpResponse:
    return render(request, "cohesion/webhooks/secret.html", {"subscription": subscription, "secret": secret})


def _own(request: HttpRequest, pk: int) -> Subscription:
    """What belongs to somebody else is not there."""
    return get_object_or_404(Subscription, pk=pk, user=cast(User, request.user))


def _facts(subscription: Subscription) -> list[tuple[str, str]]:
    """What is subscribed, in words."""
    happenings = [str(Happening(word).label) for word in subscription.happenings]
    names = {area.key: str(area) for area in areas_of(subscription.areas)}
    areas = [names.get(key) or wording.area(key) for key in subscription.areas]
    return [
        (_("Ereignisse"), ", ".join(happenings) or _("alle")),
        (_("Gebiete"), "; ".join(areas) or _("ganz Deutschland")),
    ]


def _outcome(attempt: Attempt) -> str:
    """What came of an attempt, in words."""
    if attempt.status is None:
        return str(ERRORS.get(attempt.error, attempt.error))
    if 300 <= attempt.status < 400:
        return _("%(status)d: eine Weiterleitung, der wir nicht folgen") % {"status": attempt.status}
    return str(attempt.status)
