"""The one settings file. Places differ only by environment variables; the README lists them."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import env, outside
from config.env import BASE_DIR

DEBUG = env.flag("DEBUG", default=True)
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))  # the embedded database, secrets, files
SECRET_KEY = env.secret("SECRET_KEY", development=DEBUG, file=VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
# Keys for what must be readable again (webhook and provider secrets): first encrypts, all decrypt.
FIELD_KEYS = [env.secret("FIELD_KEY", development=DEBUG, file=VAR_DIR / "field_key"), *env.words("FIELD_KEYS_OLD")]
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
SITE_URL = env.text("SITE_URL", f"http://localhost:{env.number('PORT', 8000)}").rstrip("/")
SITE_NAME = env.text("SITE_NAME", "统账")
SUPPORT_CONTACT = env.text("SUPPORT_CONTACT", "support@example.com")
HELP_ADDRESSES = outside.HELP | env.prefixed("HELP_")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "config.apps.ConfigApp",
    "config.apps.StaffAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_htmx",
    "django_q",
    "lucide",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts.apps.AccountsApp",
    "finance.apps.FinanceApp",
    "invoicing.apps.InvoicingApp",
    "kiscloud.apps.KisCloudApp",
    "kiscloud.books.apps.BooksApp",
    "kiscloud.inventory.apps.InventoryApp",
]

MIDDLEWARE = [
    "config.web.RequestId",
    "config.web.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.csp.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.CurrentAccount",
    "config.web.Refusals",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.web.site",
                "accounts.context.console",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "lucide.templatetags.lucide",
                "config.templatetags.ui",
                "accounts.templatetags.masks",
            ],
        },
    }
]
FORM_RENDERER = "config.forms.ConsoleRenderer"
CSRF_FAILURE_VIEW = "config.error_views.csrf_failure"

# The amounts and notes of a whole batch come as one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2500
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024  # ten thousand records of usage fit into one call

# Database: yours where DATABASE_URL names one, else the embedded server, started by the first connection.
DATABASE_URL = env.text("DATABASE_URL")
DATABASES = {"default": env.database(DATABASE_URL, var=VAR_DIR)}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.number("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
    "TEST": {"NAME": env.text("TEST_DATABASE_NAME", "test_tongzhang")},
}
# Only statements that ask for it are prepared (the ledger's), none because of being frequent. Switch it off behind a
# PgBouncer that pools by transaction and is older than 1.21.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = (
    1_000_000 if env.flag("PREPARED_STATEMENTS", default=True) else None
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Jobs: our own table is the outbox, this queue only nudges (see config.jobs).
Q_CLUSTER = {
    "name": "tongzhang",
    "orm": "default",
    "workers": env.number("WORKER_PROCESSES", 2),
    "queue_limit": 1,
    "bulk": 1,
    "timeout": 60,
    "retry": 600,
    "max_attempts": 5,
    "catch_up": False,
    "poll": 1,
    "guard_cycle": 1,
    "recycle": 200,
    "max_rss": 400_000,
    "save_limit": 1000,
    "sync": False,
    "label": "Queue",
}

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.AnyIdentifierBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
OTP_TOTP_ISSUER = SITE_NAME
OTP_TOTP_SYNC = False  # one step of tolerance is enough; following a wrong clock would lock out a right one

# Providers, each a dotted path as with Django's own e-mail setting
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "config.outbox.EmailBackend")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <no-reply@example.com>")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
SMS_BACKEND = env.text("SMS_BACKEND", "config.outbox.SmsBackend")
SMS_OPTIONS = env.prefixed("SMS_")
REGISTRY_BACKEND = env.text("REGISTRY_BACKEND", "accounts.registry.SampleRegistry")
REGISTRY_OPTIONS = env.prefixed("REGISTRY_")
PAYMENT_BACKEND = env.text("PAYMENT_BACKEND", "finance.payments.offline.OfflineBackend")
PAYMENT_OPTIONS = env.prefixed("PAYMENT_")
TAX_BACKEND = env.text("TAX_BACKEND", "invoicing.tax.simulator.SimulatedPlatform")
TAX_OPTIONS = env.prefixed("TAX_")
# Fonts for signs in names that the font of drawn invoices lacks: paths with colons between.
INVOICE_FONTS = [path for path in env.text("INVOICE_FONTS", "").split(":") if path]
# Who issues invoices for cloud spending: SELLER_NAME, SELLER_TAX_NUMBER, SELLER_ADDRESS, SELLER_PHONE, SELLER_BANK,
# SELLER_BANK_ACCOUNT, SELLER_DRAWER. The one by default is invented, so it never stands on an invoice that counts.
_seller = {name: value for name, value in env.prefixed("SELLER_").items() if value.strip()}
_missing = {"name", "tax_number", "drawer"} - _seller.keys()
if _missing and TAX_BACKEND != "invoicing.tax.simulator.SimulatedPlatform":
    raise ImproperlyConfigured("SELLER_NAME, SELLER_TAX_NUMBER and SELLER_DRAWER must be set to issue real invoices")
SELLER = {
    "name": "统账云计算有限公司",
    "tax_number": "91110105MA01TX8W9J",
    "address": "北京市朝阳区示例路 1 号",
    "phone": "010-65550100",
    "bank": "示例银行北京分行",
    "bank_account": "110100000001",
    "drawer": "统账",
} | _seller
TRIAL_ENVIRONMENT = env.flag("TRIAL_ENVIRONMENT", default=False)  # (体验) it has demo sets for everybody
OTHER_ENVIRONMENT_URL = env.text("OTHER_ENVIRONMENT_URL", "")  # each log-in page links to the other environment
KIS_UNVERIFIED_BLOCKS = env.words("KIS_UNVERIFIED_BLOCKS", "new_sets,new_users,restores,opening")

# Words, time and place
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_SECURE = True, "Lax", not DEBUG
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
DATE_FORMAT = "Y-m-d"

# Files
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "media"
SERVER_ADDRESS = env.text("SERVER_ADDRESS", "")  # of this server, for records of deletions; by default its name's
SEAL_SET_FILES = env.flag("SEAL_SET_FILES", default=True)  # backups and archives of account sets, as they are kept
STORAGES = {
    "default": env.file_storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Security
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    if env.flag("BEHIND_PROXY", default=False):  # only behind one that strips this header from clients
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies of ours stand in front: the client's address is the one the outermost of them saw.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api_auth.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{SITE_NAME} API",
    "DESCRIPTION": _("Link accounts, change what links grant, dissolve them, and move funds, from your own systems."),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["config.api.schema.describe_shared"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "config.logs.RequestFilter"}},
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}, "line": {"()": "config.logs.LineFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request"],
            "formatter": env.text("LOG_FORMAT", "line" if DEBUG else "json"),
        }
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": []},  # its own would write every line once more, and as it stands
        "django-q": {"level": "WARNING"},
        "django.utils.autoreload": {"level": "WARNING"},
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # They log whole addresses, and with them the number and the code of a text message.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},  # it tells every step of each subset
        "botocore": {"level": "WARNING"},
    },
}
