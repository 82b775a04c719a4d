"""The paths under /konto/: of allauth only what is needed, under the names by which it knows its pages."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from places.views.account import account as own_account
from places.views.account import delete_own_account, download_data
from places.views.tokens import tokens
from sok_site.accounts import SecondFactors, SendCode, SignIn, told

sign_in, sign_out = told(SignIn.as_view()), account.logout

urlpatterns = [
    path("", own_account, name="account"),
    path("daten/", download_data, name="download_data"),
    path("loeschen/", delete_own_account, name="delete_account"),
    path("schluessel/", tokens, name="tokens"),
    path("anmelden/", sign_in, name="login"),
    path("anmelden/", sign_in, name="account_login"),
    path("anmelden/code/", told(SendCode.as_view()), name="account_request_login_code"),
    path("anmelden/code/eingeben/", told(account.confirm_login_code), name="account_confirm_login_code"),
    path("anmelden/passkey/", told(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("anmelden/zweiter-faktor/", told(second_factor.authenticate), name="mfa_authenticate"),
    path("abmelden/", sign_out, name="logout"),
    path("abmelden/", sign_out, name="account_logout"),
    path("neu/", account.signup, name="account_signup"),
    path("gesperrt/", account.account_inactive, name="account_inactive"),
    path("bestaetigen/passwort/", told(account.reauthenticate), name="account_reauthenticate"),
    path("bestaetigen/code/", told(second_factor.reauthenticate), name="mfa_reauthenticate"),
    path("bestaetigen/passkey/", told(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("adresse/", told(account.email), name="account_email"),
    path("adresse/code/", told(account.email_verification_sent), name="account_email_verification_sent"),
    path("passwort/", told(account.password_change), name="account_change_password"),
    path("passwort/setzen/", told(account.password_set), name="account_set_password"),
    path("passwort/vergessen/", told(account.password_reset), name="account_reset_password"),
    path(
        "passwort/vergessen/code/",
        told(account.confirm_password_reset_code),
        name="account_confirm_password_reset_code",
    ),
    path("passwort/vergessen/neu/", told(account.complete_password_reset), name="account_complete_password_reset"),
    path("passwort/vergessen/fertig/", account.password_reset_from_key_done, name="account_password_reset_completed"),
    path("zweiter-faktor/", SecondFactors.as_view(), name="mfa_index"),
    path("zweiter-faktor/app/", told(totp.activate_totp), name="mfa_activate_totp"),
    path("zweiter-faktor/app/abschalten/", told(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("zweiter-faktor/ersatzcodes/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "zweiter-faktor/ersatzcodes/neu/",
        told(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "zweiter-faktor/ersatzcodes/herunterladen/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("zweiter-faktor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("zweiter-faktor/passkeys/neu/", told(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("zweiter-faktor/passkeys/<int:pk>/", told(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("zweiter-faktor/passkeys/<int:pk>/entfernen/", told(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
]
