"""Settings, each from the environment with a default that runs on one machine without further set-up."""

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

DATA = Path(os.environ.get("NEEDLEPOINT_DATA", "var")).resolve()


def _kept_secret(name: str) -> str:
    """Give the secret kept under this name in the data folder, made on first use and readable by its owner only."""
    path = DATA / name
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def _words(name: str, default: str) -> list[str]:
    return [word for word in os.environ.get(name, default).split(",") if word]


SECRET_KEY = os.environ.get("NEEDLEPOINT_SECRET_KEY") or _kept_secret("secret_key")
PHOTO_KEY = os.environ.get("NEEDLEPOINT_PHOTO_KEY") or _kept_secret("photo_key")
VAULT = DATA / "vault"
DEBUG = os.environ.get("NEEDLEPOINT_DEBUG") == "1"
DEMO = os.environ.get("NEEDLEPOINT_DEMO") == "1"
ALLOWED_HOSTS = _words("NEEDLEPOINT_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _words("NEEDLEPOINT_ORIGINS", "")
HTTPS = os.environ.get("NEEDLEPOINT_HTTPS") == "1"

INSTALLED_APPS = [
    "needlepoint.records",
    "needlepoint.web",
    "needlepoint.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "needlepoint.config.urls"
WSGI_APPLICATION = "needlepoint.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "needlepoint.web.context.house",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {
    "default": dj_database_url.config(default=f"sqlite:///{DATA / 'needlepoint.sqlite3'}", conn_max_age=60)
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["OPTIONS"] = {
        # A writer queues at BEGIN instead of failing in the middle of its transaction.
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,  # seconds: among hundreds who write at once, waiting is better than an error
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
# Shared by the server's processes, so that a limit on requests counts them all.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA / "cache"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "clinic:today"
LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_ADAPTER = "needlepoint.web.accounts.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = os.environ.get("NEEDLEPOINT_TIME_ZONE", "Europe/Berlin")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "needlepoint.web.static_files.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
PHOTO_MAX_BYTES = 40 * 2**20

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # a private link must not travel onward
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60  # one working day
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

# Without a mail server named, mail is written into files of the data folder.
EMAIL_HOST = os.environ.get("NEEDLEPOINT_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("NEEDLEPOINT_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("NEEDLEPOINT_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("NEEDLEPOINT_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("NEEDLEPOINT_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = os.environ.get(
    "NEEDLEPOINT_EMAIL_BACKEND",
    f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend",
)
EMAIL_FILE_PATH = DATA / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("NEEDLEPOINT_MAIL_FROM", "clinic@localhost")
SMS_CARRIER = os.environ.get("NEEDLEPOINT_SMS_CARRIER", "needlepoint.actions.sms.to_file")
PUBLIC_ADDRESS = os.environ.get("NEEDLEPOINT_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
DEMO_MAIL = DATA / "demo-mail"  # where the demo's own mail server puts what it caught

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("NEEDLEPOINT_LOG", "WARNING")},
}
