"""The forms of signing in, as allauth has them, with our labels. Their pages: templates/account/, templates/mfa/."""

from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Word = str | _StrPromise

ADDRESS = _("E-Mail-Adresse")
CODE = _("Code")
NEW_PASSWORD_HELP = _("Mindestens acht Zeichen und keines der verbreiteten Passwörter. Ein ganzer Satz ist gut.")


class Worded(forms.Form):
    """Labels and help by field, instead of allauth's; a label that stands above needs no placeholder."""

    words: ClassVar["dict[str, tuple[Word, Word]]"]
    digits: ClassVar[frozenset[str]] = frozenset()  # fields for which a telephone shows its number keys

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, help_text) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, help_text
            field.widget.attrs.pop("placeholder", None)
            if name in self.digits:
                field.widget.attrs["inputmode"] = "numeric"


class PasswordSignIn(Worded, account.LoginForm):
    words = {"login": (_("E-Mail-Adresse oder Benutzername"), ""), "password": (_("Passwort"), "")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class RequestCode(Worded, account.RequestLoginCodeForm):
    words = {"email": (ADDRESS, _("Wir senden einen Code dorthin. Ein Passwort brauchen Sie nicht."))}


class ConfirmCode(Worded, account.ConfirmLoginCodeForm):
    words = {"code": (CODE, _("Acht Ziffern aus der Mail"))}
    digits = frozenset({"code"})


class ConfirmAddressCode(Worded, account.ConfirmEmailVerificationCodeForm):
    words = ConfirmCode.words
    digits = ConfirmCode.digits


class ConfirmResetCode(Worded, account.ConfirmPasswordResetCodeForm):
    words = ConfirmCode.words
    digits = ConfirmCode.digits


class NewAddress(Worded, account.AddEmailForm):
    words = {"email": (_("Neue E-Mail-Adresse"), _("Wir senden einen Code dorthin."))}


class CorrectAddress(Worded, account.ChangeEmailForm):
    words = {"email": (ADDRESS, "")}


class ChangePassword(Worded, account.ChangePasswordForm):
    words = {
        "oldpassword": (_("Bisheriges Passwort"), ""),
        "password1": (_("Neues Passwort"), NEW_PASSWORD_HELP),
        "password2": (_("Neues Passwort noch einmal"), ""),
    }


class SetPassword(Worded, account.SetPasswordForm):
    words = {"password1": (_("Passwort"), NEW_PASSWORD_HELP), "password2": (_("Passwort noch einmal"), "")}


class RequestReset(Worded, account.ResetPasswordForm):
    words = {"email": (ADDRESS, "")}


class ResetPassword(Worded, account.ResetPasswordKeyForm):
    words = {
        "password1": (_("Neues Passwort"), NEW_PASSWORD_HELP),
        "password2": (_("Neues Passwort noch einmal"), ""),
    }


class ReauthenticateByPassword(Worded, account.ReauthenticateForm):
    words = {"password": (_("Passwort"), "")}


class SecondFactorCode(Worded, second_factor.AuthenticateForm):
    words = {"code": (CODE, _("Sechs Ziffern aus der App, oder einer Ihrer Ersatzcodes"))}
    digits = frozenset({"code"})


class ReauthenticateByCode(Worded, second_factor.ReauthenticateForm):
    words = SecondFactorCode.words
    digits = SecondFactorCode.digits


class ActivateTotp(Worded, totp.ActivateTOTPForm):
    words = {"code": (_("Code aus der App"), _("Sechs Ziffern, die alle 30 Sekunden wechseln"))}
    digits = frozenset({"code"})


class AddPasskey(Worded, webauthn.AddWebAuthnForm):
    words = {"name": (_("Name"), _("Damit Sie mehrere unterscheiden, etwa „Diensthandy“"))}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]  # the device decides: passkey.js asks for the most it can do


class RenamePasskey(Worded, webauthn.EditWebAuthnForm):
    words = {"name": (_("Name"), "")}
