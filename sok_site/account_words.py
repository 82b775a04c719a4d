"""What allauth says, in our words: errors, messages, changes told by mail, ways to prove oneself. German first."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

_PASSWORD_MISMATCH = _("Adresse oder Benutzername und Passwort passen nicht zusammen.")

ERRORS = {
    "account_inactive": _("Dieses Konto ist gesperrt."),
    "cannot_delete_authenticator": _("Der zweite Faktor lässt sich hier nicht abschalten."),
    "cannot_generate_recovery_codes": _("Ersatzcodes gibt es erst, wenn ein zweiter Faktor eingerichtet ist."),
    "cannot_remove_primary_email": _("Diese Adresse gehört zum Konto und lässt sich nur ersetzen."),
    "duplicate_email": _("Das ist die Adresse Ihres Kontos."),
    "email_password_mismatch": _PASSWORD_MISMATCH,
    "email_taken": _("Zu dieser Adresse gibt es schon ein anderes Konto."),
    "enter_current_password": _("Das ist nicht Ihr bisheriges Passwort."),
    "incorrect_code": _("Dieser Code stimmt nicht."),
    "incorrect_password": _("Das Passwort stimmt nicht."),
    "invalid_login": _("Diese Anmeldung stimmt nicht."),
    "rate_limited": _("Das waren viele Versuche. Bitte warten Sie einige Minuten."),
    "same_as_current": _("Das ist die bisherige Adresse."),
    "too_many_login_attempts": _("Das waren viele Versuche. Bitte warten Sie einige Minuten."),
    "unverified_email": _("Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse."),
    "unverified_primary_email": _("Bitte bestätigen Sie zuerst Ihre E-Mail-Adresse."),
    "username_password_mismatch": _PASSWORD_MISMATCH,
}

# Only what the next page does not show by itself.
MESSAGES = {
    "account/messages/email_confirmation_failed.txt": _("Zu dieser Adresse gibt es schon ein anderes Konto."),
    "account/messages/email_confirmed.txt": _("Ihre E-Mail-Adresse ist bestätigt."),
    "account/messages/email_deleted.txt": _("Die Adresse ist entfernt."),
    "account/messages/password_changed.txt": _("Ihr Passwort ist geändert."),
    "account/messages/password_set.txt": _("Ihr Passwort ist gesetzt."),
    "mfa/messages/recovery_codes_generated.txt": _("Ihre Ersatzcodes sind da. Bitte bewahren Sie sie sicher auf."),
    "mfa/messages/totp_activated.txt": _("Die Code-App ist eingerichtet."),
    "mfa/messages/totp_deactivated.txt": _("Die Code-App ist abgeschaltet."),
    "mfa/messages/webauthn_added.txt": _("Der Passkey ist eingerichtet."),
    "mfa/messages/webauthn_removed.txt": _("Der Passkey ist entfernt."),
}

# Told to the owner of the account by mail; the key is the last part of allauth's template.
CHANGES = {
    "email_changed": _("Ihr Konto hat eine neue E-Mail-Adresse. Mails gehen ab jetzt dorthin."),
    "email_deleted": _("Eine E-Mail-Adresse wurde aus Ihrem Konto entfernt."),
    "email_confirm": _("Die E-Mail-Adresse Ihres Kontos wurde bestätigt."),
    "password_changed": _("Das Passwort Ihres Kontos wurde geändert."),
    "password_reset": _("Das Passwort Ihres Kontos wurde neu gesetzt."),
    "password_set": _("Für Ihr Konto wurde ein Passwort gesetzt."),
    "recovery_codes_generated": _("Für Ihr Konto wurden neue Ersatzcodes erzeugt. Die alten gelten nicht mehr."),
    "totp_activated": _("Für Ihr Konto wurde eine Code-App eingerichtet."),
    "totp_deactivated": _("Die Code-App Ihres Kontos wurde abgeschaltet."),
    "webauthn_added": _("Für Ihr Konto wurde ein Passkey eingerichtet."),
    "webauthn_removed": _("Ein Passkey Ihres Kontos wurde entfernt."),
}

WAYS = {
    "reauthenticate": _("Mit dem Passwort"),
    "mfa_reauthenticate": _("Mit einem Code aus der App oder einem Ersatzcode"),
    "mfa_reauthenticate:webauthn": _("Mit einem Passkey"),
}


def now() -> str:
    """Day and time in Germany, for a letter."""
    return date_format(timezone.localtime(), "DATETIME_FORMAT")
