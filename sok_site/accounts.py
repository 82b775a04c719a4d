"""Signing in by django-allauth: what we decide differently, and its pages. Words: account_words.py. Who has an account:
places/accounts.py. The second factor that reviewers need: second_factor.py."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.email_verification import get_address_for_user
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.views import IndexView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from places import clock, letters
from places.permissions import is_reviewer
from places.throttling import network_address
from sok_site import account_words as words
from sok_site.account_forms import PasswordSignIn, RequestCode
from sok_site.demo import accounts_to_try
from sok_site.second_factor import has_second_factor, must_have_second_factor


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up here; mails are letters; messages and errors are in our words."""

    error_messages = {**DefaultAccountAdapter.error_messages, **words.ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account arises from a proved address (places/accounts.py) or from an administrator."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """By what attempts are counted: the address as every other form takes it, but only its hash is kept."""
        return salted_hmac("sok_site.accounts", network_address(request)).hexdigest()

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Reviewers go to their work, everybody else to the account."""
        return resolve_url("review" if is_reviewer(request.user, clock.today()) else "account")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return resolve_url("account" if self.request.user.is_authenticated else "login")

    def get_login_stages(self) -> list[str]:
        """As allauth has them, but without a dead end for an account that has no address."""
        original = f"{EmailVerificationStage.__module__}.{EmailVerificationStage.__qualname__}"
        ours = f"{AddressStage.__module__}.{AddressStage.__qualname__}"
        return [ours if stage == original else stage for stage in super().get_login_stages()]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code, or the word that there is no account: as a letter, in the language of the page."""
        name = template_prefix.rsplit("/", 1)[-1]
        letters.write(f"account/{name}", email, language=get_language() or "", code=context.get("code", ""))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the owner of an account that its sign-in was changed."""
        email = email or EmailAddress.objects.get_primary_email(user)
        if email:
            what = words.CHANGES[template_prefix.rsplit("/", 1)[-1]]
            letters.write("account/changed", email, language=get_language() or "", what=what, at=words.now())

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say it in our words; what the next page says anyway is not said twice."""
        text = message or words.MESSAGES.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to prove that it is still oneself, in our words."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": words.WAYS[method["id"]]} for method in methods]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Our words for authenticators."""

    error_messages = {**DefaultMFAAdapter.error_messages, **words.ERRORS}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return _("Passkey %(number)d") % {"number": Authenticator.objects.filter(user=user, type=type).count() + 1}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """What the device shows beside the passkey: the address, not the made-up name of the account."""
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": user.first_name or entity["name"]}

    def _get_site_name(self) -> str:
        return "SOK-Atlas"


class AddressStage(EmailVerificationStage):
    """The first sign-in proves the address of an account that an administrator made, where it has one."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is not None and get_address_for_user(self.login.user) is None:
            return None, True
        answer: tuple[HttpResponse | None, bool] = super().handle()
        return answer


class SignIn(views.LoginView):
    """One page for every way to sign in: code, passkey, password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            "code_form": RequestCode(),
            "password_form": context["form"],
            "demo_accounts": accounts_to_try(),
            **context,
        }


class SendCode(views.RequestLoginCodeView):
    """Send a code. Whether the address is known shows nowhere."""

    template_name = "account/login.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.passthrough_next_url(resolve_url("login")))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {
            "code_form": context["form"],
            "password_form": PasswordSignIn(),
            "demo_accounts": accounts_to_try(),
            **context,
        }


class SecondFactors(IndexView):
    """Which second factors are set up, and whether one has to be."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        missing = must_have_second_factor(user, clock.today()) and not has_second_factor(user)
        return {"second_factor_missing": missing, **context}


def told(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The view, with status 422 where it shows a form again: allauth answers every POST that succeeds by going on."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if (
            request.method == "POST"
            and isinstance(response, TemplateResponse)
            and response.status_code == HTTPStatus.OK
        ):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return answer


def session_days() -> int:
    """How long one stays signed in."""
    return int(settings.SESSION_COOKIE_AGE // (24 * 3600))
