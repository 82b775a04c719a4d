"""All settings, top to bottom, from the environment; docs/settings.md explains each variable."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from sok_site import environment, libraries

libraries.use_sqlite_with_extensions()
if (_gdal := libraries.gdal_library()) is not None:
    GDAL_LIBRARY_PATH = _gdal
if (_geos := libraries.geos_library()) is not None:
    GEOS_LIBRARY_PATH = _geos

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what a running installation writes

# --- Security -------------------------------------------------------------------------------------------------------
DEBUG = environment.flag("DEBUG", False)
PUBLIC_HOSTS = environment.items("ALLOWED_HOSTS")  # named only when it serves others than this machine
ALLOWED_HOSTS = PUBLIC_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = environment.items("CSRF_TRUSTED_ORIGINS")
SECRET_KEY = environment.secret("SECRET_KEY", VAR_DIR / "secret-key")
HTTPS = environment.flag("HTTPS", bool(PUBLIC_HOSTS))

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

BASEMAP_URL = environment.text("BASEMAP_URL")
BASEMAP_ATTRIBUTION = environment.text("BASEMAP_ATTRIBUTION")
_basemap_origin = environment.origin("BASEMAP_URL")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", *([_basemap_origin] if _basemap_origin else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": [SELF],
    }
}

# --- The house ------------------------------------------------------------------------------------------------------
ROOT_URLCONF = "sok_site.urls"
WSGI_APPLICATION = "sok_site.wsgi.application"
INSTALLED_APPS = [
    "sok_site",
    "cohesion",
    "places",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.sitemaps",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks",
    "django_tasks_db",
    "drf_spectacular",
    "leaflet",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # static files need no policy: 230 bytes less for each
    "sok_site.rate_limits.RateLimitsMiddleware",
    "sok_site.ranges.GZipMiddleware",
    # What differs from reader to reader goes above this one, for it does not ask further down for what it has kept.
    "sok_site.kept_answers.KeptAnswersMiddleware",
    "sok_site.headers.PolicyMiddleware",  # the policy of an answer is kept with it
    "sok_site.headers.ApiMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "sok_site.headers.PrivateMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "sok_site.second_factor.SecondFactorMiddleware",
    "sok_site.undelivered.UndeliveredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["sok_site.templatetags.wording"],
            "context_processors": [
                "csp.context_processors.nonce",
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sok_site.context.every_page",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "account"
LOGOUT_REDIRECT_URL = "map"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- Signing in: a code by mail, a passkey or a password; nobody signs up by himself (sok_site/accounts.py) -----------
PROXIES = environment.number("PROXIES", 1 if PUBLIC_HOSTS else 0)  # whose word on where a request comes from counts
SECOND_FACTOR_REQUIRED = environment.flag("SECOND_FACTOR_REQUIRED", bool(PUBLIC_HOSTS))
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # one cookie less
SESSION_COOKIE_AGE = 14 * 24 * 3600

_CODE = {"numeric": True, "length": 8}
ACCOUNT_ADAPTER = "sok_site.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # what an account can have; signing up is closed
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_FORMAT = _CODE
ACCOUNT_CHANGE_EMAIL = True  # one address; a new one replaces it once it is proved
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # mail is slow at times
ACCOUNT_LOGIN_BY_CODE_FORMAT = _CODE
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_CODE_FORMAT = _CODE
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,12/h/key"}
ACCOUNT_FORMS = {
    "login": "sok_site.account_forms.PasswordSignIn",
    "request_login_code": "sok_site.account_forms.RequestCode",
    "confirm_login_code": "sok_site.account_forms.ConfirmCode",
    "confirm_email_verification_code": "sok_site.account_forms.ConfirmAddressCode",
    "confirm_password_reset_code": "sok_site.account_forms.ConfirmResetCode",
    "add_email": "sok_site.account_forms.NewAddress",
    "change_email": "sok_site.account_forms.CorrectAddress",
    "change_password": "sok_site.account_forms.ChangePassword",
    "set_password": "sok_site.account_forms.SetPassword",
    "reset_password": "sok_site.account_forms.RequestReset",
    "reset_password_from_key": "sok_site.account_forms.ResetPassword",
    "reauthenticate": "sok_site.account_forms.ReauthenticateByPassword",
}
MFA_ADAPTER = "sok_site.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SOK-Atlas"
MFA_TOTP_TOLERANCE = 1  # clocks of telephones go wrong by half a minute
MFA_FORMS = {
    "authenticate": "sok_site.account_forms.SecondFactorCode",
    "reauthenticate": "sok_site.account_forms.ReauthenticateByCode",
    "activate_totp": "sok_site.account_forms.ActivateTotp",
    "add_webauthn": "sok_site.account_forms.AddPasskey",
    "edit_webauthn": "sok_site.account_forms.RenamePasskey",
}

# --- Database -------------------------------------------------------------------------------------------------------
DATABASES = {"default": environment.database("DATABASE_URL", f"spatialite:///{VAR_DIR / 'sok-atlas.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("spatialite"):
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
# What is done after an answer (mails, assessment): at once, or by `manage.py db_worker` from a queue in the database.
TASKS = {
    "default": {
        "BACKEND": environment.one_of(
            "TASKS",
            {
                "immediate": "django_tasks.backends.immediate.ImmediateBackend",
                "database": "django_tasks_db.DatabaseBackend",
            },
        )
    }
}

# --- Mail: none leaves unless a server is named; then it lies in var/mail, where the demo shows it ------------------
EMAIL_DIR = VAR_DIR / "mail"
_mail = environment.mail_server("EMAIL_URL")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = EMAIL_DIR
EMAIL_TIMEOUT = 20
MAIL_LEAVES = _mail is not None
if _mail:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = _mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = environment.text("EMAIL_FROM", "SOK-Atlas <noreply@localhost>")
# Links in mails begin so: never with a host name that a request brought.
SITE_URL = (
    environment.text("SITE_URL") or (f"https://{PUBLIC_HOSTS[0]}" if PUBLIC_HOSTS else "http://127.0.0.1:8000")
).rstrip("/")

# --- Webhooks: whether they may go to addresses outside the public Internet, and unencrypted (docs/settings.md) -----
WEBHOOKS_PRIVATE = environment.flag("WEBHOOKS_PRIVATE", not PUBLIC_HOSTS)

# --- Answers of the API are kept in each worker's memory until the data change: so many megabytes, 0: none ------------
KEPT_ANSWERS_MB = environment.number("KEPT_ANSWERS_MB", 64)

# --- Requests of the API a minute: from one network address (0: no limits at all), with one key -----------------------
RATE_LIMIT_ANONYMOUS = environment.number("RATE_LIMIT_ANONYMOUS", 1200)
RATE_LIMIT_TOKEN = environment.number("RATE_LIMIT_TOKEN", 6000)

# --- What day it is: today, unless a test plays a year ---------------------------------------------------------------
TODAY = environment.day("TODAY")

# --- How sure a class is: so many draws with every assessment that a change brings about (docs/settings.md) -----------
ASSESS_DRAWS = environment.number("ASSESS_DRAWS", 1000)
LAST_WORLD = VAR_DIR / "last-world.npz"  # so that only what a change touches is reckoned anew (cohesion/kept_world.py)

# --- Languages: German first, English complete ----------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
LOCALE_PATHS = [BASE_DIR / "sok_site" / "locale"]
FORMAT_MODULE_PATH = "sok_site.formats"
TIME_ZONE = "Europe/Berlin"
USE_THOUSAND_SEPARATOR = True

# --- Static files: hashed names, long caching, browser libraries from npm -------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
_NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "static",
    ("leaflet", _NODE_MODULES / "leaflet" / "dist"),
    ("supercluster", _NODE_MODULES / "supercluster" / "dist"),
    ("source-sans-3", _NODE_MODULES / "@fontsource-variable" / "source-sans-3" / "files"),
]
# Only the tools of a browser ask for source maps, and to compress them takes as long as all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_ROOT = Path(environment.text("MEDIA_DIR", str(VAR_DIR / "media")))  # photographs, served by a view
EXPORTS_DIR = Path(environment.text("EXPORTS_DIR", str(VAR_DIR / "exports")))  # files for whoever takes all the data
TILES_DIR = Path(environment.text("TILES_DIR", str(VAR_DIR / "tiles")))  # the boundaries of each edition, cut for maps
# Folders that a proxy in front may serve by itself, below its internal location ACCEL_LOCATION (sok_site/ranges.py)
SERVED_DIRS = {"exports": EXPORTS_DIR}
ACCEL_LOCATION = environment.text("ACCEL_LOCATION")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "sok_site.staticfiles.HashedModulesStorage"},
}

# --- Maps: one place for extent, zooms, basemap (docs/settings.md) --------------------------------------------------
LEAFLET_CONFIG = {
    "SPATIAL_EXTENT": (5.8, 47.2, 15.1, 55.1),
    "MIN_ZOOM": 5,
    "MAX_ZOOM": 17,
    "RESET_VIEW": False,
    "NO_GLOBALS": True,
    "ATTRIBUTION_PREFIX": "",
    "TILES": [(_("Hintergrundkarte"), BASEMAP_URL, {"attribution": BASEMAP_ATTRIBUTION})] if BASEMAP_URL else [],
}

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "sok_site.rest.GeoJson",
        "sok_site.rest.Csv",
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "sok_site.rest.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "sok_site.rest.Pages",
    "DEFAULT_SCHEMA_CLASS": "sok_site.openapi.Schema",
    "EXCEPTION_HANDLER": "sok_site.problems.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "SOK-Atlas",
    "DESCRIPTION": "Social cohesion of municipalities beside their central-place tier, and the places behind it.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": "sok_site.openapi.parameter_order",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        f"sok_site.openapi.{hook}" for hook in ("inline_enums", "parts_of_items", "closed_bodies")
    ],
}

# --- The licence of the open data, as the catalogue names it; empty: none is named (docs/settings.md) ----------------
DATA_LICENCE = environment.one_of("DATA_LICENCE", {word: word for word in ("", *environment.LICENCES)})

# --- The operator: who answers for this installation (shown on imprint, privacy, accessibility) ---------------------
OPERATOR = {
    "name": environment.text("OPERATOR_NAME"),
    "address": environment.text("OPERATOR_ADDRESS"),
    "email": environment.text("OPERATOR_EMAIL"),
    "phone": environment.text("OPERATOR_PHONE"),
    "represented_by": environment.text("OPERATOR_REPRESENTED_BY"),
    "imprint": environment.text("OPERATOR_IMPRINT"),
    "data_protection_officer": environment.text("OPERATOR_DATA_PROTECTION_OFFICER"),
    "privacy": environment.text("OPERATOR_PRIVACY"),
    "accessibility": environment.text("OPERATOR_ACCESSIBILITY"),
    "enforcement_body": environment.text("OPERATOR_ENFORCEMENT_BODY"),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
