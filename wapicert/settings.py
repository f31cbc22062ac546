"""One settings file, read from the environment; the defaults are safe and need no server.

`DATABASE_URL`, `REDIS_URL` and `PRODUCTION` switch to PostgreSQL, Redis and the checks of a public site.
"""

import sys
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from limits import parse as parse_limit

from wapicert import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- What kind of site this is -------------------------------------------------------------------------------
PRODUCTION = env.flag("PRODUCTION", False)
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "" if PRODUCTION else "for-demonstration-only-" + "0" * 40)
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is empty; PRODUCTION=1 needs a secret of at least 50 characters.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", "")
# Printed in the QR code of every report, hence never taken from a request.
PUBLIC_URL = env.text("PUBLIC_URL", "" if PRODUCTION else "http://127.0.0.1:8000").rstrip("/")
SOFTWARE_VERSION = env.text("SOFTWARE_VERSION", "0.1.0")
# Where the source can be had; the foot of every page links to it when it is set.
SOURCE_URL = env.text("SOURCE_URL", "")

# --- Parts ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "members",
    "products",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "wapicert.middleware.ByteRanges",
    "wapicert.middleware.ContentSecurityPolicy",
    "wapicert.middleware.PrivatePages",
    "wapicert.middleware.RequestContext",
    "wapicert.middleware.KeptAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wapicert.middleware.ActsReadAgain",
    "wapicert.limits.RateLimits",
    "wapicert.gate.SecondFactorGate",
    "wapicert.middleware.DomainErrors",
]
ROOT_URLCONF = "wapicert.urls"
WSGI_APPLICATION = "wapicert.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "wapicert.context_processors.site",
            ],
        },
    }
]

# --- Data ----------------------------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'wapicert.sqlite3'}"), conn_max_age=0
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE and WAL: two writers wait for each other instead of failing with "database is locked".
    # Opening the file costs 3 ms, more than most answers; PostgreSQL has its pool instead.
    DATABASES["default"]["CONN_MAX_AGE"] = 300
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
else:
    # A connection that a restart of the server broke is noticed before it is used.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # What the address says after its question mark (a socket's folder, sslmode) stays.
    # Whoever waits longer than `timeout` seconds for a connection is told so (503), before all threads wait.
    pool = {"timeout": env.number("DATABASE_SECONDS", 5, least=1), "min_size": 1,
            "max_size": env.number("DATABASE_POOL", 8, least=1)}
    # Compiling and parallel workers cost more than a search of the directory takes; memory lets it sort without a disk;
    # and no disk that somebody runs this on is four times slower out of order. What the address says wins.
    tuning = "-c jit=off -c work_mem=32MB -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
    DATABASES["default"]["OPTIONS"] = {"options": tuning, **DATABASES["default"].get("OPTIONS", {}), "pool": pool}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL,
                          # A Redis that does not answer must not hold the site's threads.
                          "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2}}}
else:
    # Shared by the processes of one machine, which the per-process default cache is not.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                          "LOCATION": str(DATA_DIR / "cache")}}

# The heads of the history's chains, written here daily; best on another disk, and mailed to ADMINS.
HEADS_ROOT = Path(env.text("HEADS_ROOT", str(DATA_DIR / "heads")))

# --- Files ---------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns when it is absent, and warnings are errors in tests
STATICFILES_DIRS = [BASE_DIR / "wapicert" / "static"]
MEDIA_ROOT = DATA_DIR / "files"
UPLOAD_LIMIT_BYTES = env.number("UPLOAD_LIMIT_BYTES", 50 * 1024 * 1024, least=1024)
# Behind nginx: the internal location that sends stored files, for example "/stored/"; empty: this process sends them.
X_ACCEL_REDIRECT = env.text("X_ACCEL_REDIRECT", "")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # 125 rows of the bench with their values
STORAGES = {
    "default": {"BACKEND": "wapicert.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage" if PRODUCTION
                    else "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- Languages -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "wapicert" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- People --------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Where the password is asked for again: so many wrong ones, then none is taken for so long.
PASSWORD_TRIES = env.number("PASSWORD_TRIES", 5, least=1)
PASSWORD_LOCK_SECONDS = env.number("PASSWORD_LOCK_SECONDS", 900, least=1)
LOGIN_REDIRECT_URL = "/home/"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "members.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Whoever types an address that no account has gets the same answer, and nobody a mail.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "change_password": "members.access.forms.ChangePasswordForm",
    "reauthenticate": "members.access.forms.ConfirmPasswordForm",
    "reset_password": "members.access.forms.ResetPasswordForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)
# How many days the link of an invitation counts.
INVITATION_DAYS = env.number("INVITATION_DAYS", 7, least=1)
# How long it is kept who came in, who failed to, and whose factors changed; half a year at least (网络安全法 21).
SIGN_IN_LOG_DAYS = env.number("SIGN_IN_LOG_DAYS", 183, least=183)
# Whether signatories, decision makers and administrators need a second factor: required, or off for a demonstration.
SECOND_FACTOR = env.choice("SECOND_FACTOR", "off" if DEBUG else "required", ["required", "off"])
MFA_ADAPTER = "members.access.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "members.access.forms.SignInCodeForm",
    "reauthenticate": "members.access.forms.ConfirmCodeForm",
    "activate_totp": "members.access.forms.ActivateForm",
    "add_webauthn": "members.access.forms.AddPasskeyForm",
    "edit_webauthn": "members.access.forms.RenamePasskeyForm",
}
# A clock may be half a minute off; each code counts once all the same (access.services.factors).
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = env.text("SECOND_FACTOR_ISSUER", "WAPI产业联盟")
# Addresses are entered by the alliance; nobody signs up.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# --- Programming interface -----------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "members.people.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["wapicert.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "wapicert.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": "wapicert.pagination.CursorPagination",
    "EXCEPTION_HANDLER": "wapicert.problems.exception_handler",
    "PAGE_SIZE": 25,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "wapicert",
    "DESCRIPTION": "WAPI 测试、报告与产品名录 · tests, reports and product directory",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "wapicert.schema.list_problems",
    ],
    "ENUM_NAME_OVERRIDES": {
        "AttemptState": "products.results.states.AttemptState",
        "CertificationState": "products.certification.states.CertificationState",
        "EditionStatus": "products.suites.states.EditionStatus",
        "ExclusionKind": "products.results.states.ExclusionKind",
        "ExclusionState": "products.results.states.ExclusionState",
        "FieldType": "products.devices.states.FieldType",
        "FindingKind": "products.rework.states.FindingKind",
        "ListingStatus": "products.listings.states.ListingStatus",
        "MeasurementType": "products.suites.states.MeasurementType",
        "OrderStage": "products.orders.states.Stage",
        "Party": "products.orders.states.Party",
        "RenderingState": "products.reports.states.RenderingState",
        "ReportState": "products.reports.states.ReportState",
        "ReworkState": "products.rework.states.ReworkState",
        "SlotState": "products.results.states.SlotState",
        "Verdict": "products.results.states.Verdict",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Tasks ---------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or f"sqlitequeue:///{DATA_DIR / 'queue.sqlite3'}"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Celery would tear down the pool of connections around every task; wapicert.celery gives the connection back instead.
CELERY_DB_REUSE_MAX = sys.maxsize
# A child that has rendered so much, or grown so large (in KB; a usual one needs 290 MB), is replaced after its task.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 340_000
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 30  # a child reads the fonts before it says that it is up
CELERY_WORKER_LOST_WAIT = 2  # seconds until the task of a killed child is given back
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600} if REDIS_URL else {}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "send lost reports again": {"task": "reports.sweep_renderings", "schedule": 20.0,
                                "options": {"expires": 20}},
    "mail notices": {"task": "notices.send_mails", "schedule": 60.0, "options": {"expires": 60}},
    "tell subscribers": {"task": "subscriptions.send_mails", "schedule": 60.0, "options": {"expires": 60}},
    "publish open data": {"task": "open_data.publish_open_data", "schedule": crontab(hour="2", minute="30"),
                          "options": {"expires": 3600}},
    "issue missing certificates": {"task": "certification.issue_certificates", "schedule": 60.0,
                                   "options": {"expires": 60}},
    "follow amended reports": {"task": "certification.follow_reports", "schedule": 60.0, "options": {"expires": 60}},
    "summarise again what was lost": {"task": "files.sweep", "schedule": 300.0, "options": {"expires": 300}},
    "remind of loans": {"task": "equipment.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "remind of reworks": {"task": "rework.remind", "schedule": 3600.0, "options": {"expires": 3600}},
    "send lost files of results again": {"task": "results.sweep_imports", "schedule": 20.0,
                                         "options": {"expires": 20}},
    "retire ended editions": {"task": "suites.retire_ended_editions", "schedule": 3600.0,
                              "options": {"expires": 3600}},
    "tell people": {"task": "notifications.tell", "schedule": 15.0, "options": {"expires": 15}},
    "tell webhooks": {"task": "webhooks.tell", "schedule": 30.0, "options": {"expires": 30}},
    "check what is stored": {"task": "failures.check_storage", "schedule": crontab(hour="3", minute="30"),
                             "options": {"expires": 3600}},
    "expire certifications": {"task": "certification.expire_certifications", "schedule": 3600.0,
                              "options": {"expires": 3600}},
    "mail invitations": {"task": "access.send_invitations", "schedule": 60.0, "options": {"expires": 60}},
    "remove what has run out": {"task": "retention.apply", "schedule": crontab(hour="1", minute="30"),
                                "options": {"expires": 3600}},
    "keep heads of the history outside": {"task": "history.record_heads", "schedule": 24 * 3600.0,
                                          "options": {"expires": 3600}},
}
# A rendering whose worker died is taken up by the next sweep after this many seconds: within a minute in all.
RENDERING_LEASE_SECONDS = env.number("RENDERING_LEASE_SECONDS", 30, least=5)

# --- Signatures ----------------------------------------------------------------------------------------------
# none; authority (one that this site makes for itself under DATA_DIR, for demonstrations); pkcs12; pkcs11.
REPORT_SIGNER = env.choice("REPORT_SIGNER", "none", ["none", "authority", "pkcs12", "pkcs11"])
if PRODUCTION and REPORT_SIGNER == "authority":
    raise ImproperlyConfigured("REPORT_SIGNER=authority proves nothing to the public; use pkcs12 or pkcs11.")
REPORT_SIGNER_OPTIONS = {
    "file": env.text("REPORT_SIGNER_PKCS12", ""),
    "passphrase": env.text("REPORT_SIGNER_PASSPHRASE", ""),
    "module": env.text("REPORT_SIGNER_PKCS11_MODULE", ""),
    "token": env.text("REPORT_SIGNER_PKCS11_TOKEN", ""),
    "label": env.text("REPORT_SIGNER_PKCS11_LABEL", ""),
    "pin": env.text("REPORT_SIGNER_PKCS11_PIN", ""),
}
# A time stamp service (RFC 3161): with one a signature can be checked after its certificate has ended.
# Certificates (PEM files) that the signature of a report somebody holds is traced to.
REPORT_TRUSTED_ROOTS = env.words("REPORT_TRUSTED_ROOTS", "")
# The check of a file that somebody uploads: its size, and time and memory of the process that reads it.
VERIFY_UPLOAD_BYTES = env.number("VERIFY_UPLOAD_MB", 50, least=1) * 1024 * 1024
VERIFY_SECONDS = env.number("VERIFY_SECONDS", 10, least=1)
VERIFY_MEMORY_MB = env.number("VERIFY_MEMORY_MB", 768, least=256)
TIMESTAMP_URL = env.text("TIMESTAMP_URL", "")
# A folder of EC P-256 keys (*.pem) for signed answers of the verification; the last by name signs, all are published.
VERIFICATION_KEYS = Path(env.text("VERIFICATION_KEYS", str(DATA_DIR / "verification-keys")))

# --- The scheme: what the alliance may decide otherwise ------------------------------------------------------
# Days that a rework may wait for the vendor, and for the laboratory, before it is overdue.
# Days before its last day on which the borrower of a tool is reminded.
LOAN_REMINDER_DAYS = env.number("LOAN_REMINDER_DAYS", 3, least=0)
REWORK_VENDOR_DAYS = env.number("REWORK_VENDOR_DAYS", 30, least=1)
REWORK_LABORATORY_DAYS = env.number("REWORK_LABORATORY_DAYS", 5, least=1)
# A record is marked for its verifier when it was entered so many hours after the test, or when a value keeps or
# misses its limit by no more than this share of it.
LATE_ENTRY_HOURS = env.number("LATE_ENTRY_HOURS", 24, least=1)
NEAR_LIMIT_PERCENT = env.number("NEAR_LIMIT_PERCENT", 5, least=0)
# An empty variable says nothing and leaves the default; a public site has no default address and must say its own
# (`check --deploy`), every other site prints one that is marked as invented.
LABORATORY = {
    "name_zh": env.text("LABORATORY_NAME_ZH", "").strip() or "WAPI产业联盟测试实验室",
    "name_en": env.text("LABORATORY_NAME_EN", "").strip() or "WAPI Industry Alliance Test Laboratory",
    "address_zh": env.text("LABORATORY_ADDRESS_ZH", "").strip() or (
        "" if PRODUCTION else "（演示）演示市高新区鉴别路15号2号楼3层"),
    "address_en": env.text("LABORATORY_ADDRESS_EN", "").strip() or (
        "" if PRODUCTION else "(demonstration) 3/F, Building 2, 15 Jianbie Road, Demonstration City"),
}
REPORT_NUMBER_FORMAT = env.text("REPORT_NUMBER_FORMAT", "WAPI-T-{year}-{number:04d}")
CERTIFICATE_NOUN_ZH = env.text("CERTIFICATE_NOUN_ZH", "测试合格证明")
CERTIFICATE_NOUN_EN = env.text("CERTIFICATE_NOUN_EN", "Certificate of passed test")
CERTIFICATION_YEARS = env.number("CERTIFICATION_YEARS", 0)  # 0: no end date, which is what was published so far
# Marks of accreditation: "CNAS L0000|2026-01-01|2030-12-31"; shown only between the two dates.
ACCREDITATION_MARKS = env.words("ACCREDITATION_MARKS", "")

# Under which terms open data may be used: a name and an address. Empty: not decided, and the page says so.
OPEN_DATA_LICENCE = env.text("OPEN_DATA_LICENCE", "")
OPEN_DATA_LICENCE_URL = env.text("OPEN_DATA_LICENCE_URL", "")
OPEN_DATA_KEPT = env.number("OPEN_DATA_KEPT", 14, least=1)

# --- Safety --------------------------------------------------------------------------------------------------
SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "style-src": ["'self'"],
    "script-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = env.flag("SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", PRODUCTION) else None
SECURE_REFERRER_POLICY = "same-origin"

# Members' webhooks: switched off after so many days of failing. Calls to this machine are for tests alone.
WEBHOOK_FAILING_DAYS = env.number("WEBHOOK_FAILING_DAYS", 7, least=1)
WEBHOOKS_MAY_LOOP_BACK = env.flag("WEBHOOKS_MAY_LOOP_BACK", False)
if PRODUCTION and WEBHOOKS_MAY_LOOP_BACK:
    raise ImproperlyConfigured("WEBHOOKS_MAY_LOOP_BACK lets members call this machine; leave it out.")

# How often one address may ask, and one account; an empty figure sets no limit, RATE_LIMITS=0 none at all.
RATE_LIMITS = {
    kind: (env.text(f"RATE_LIMIT_{kind.upper()}", of_address),
           env.text(f"RATE_LIMIT_{kind.upper()}_ACCOUNT", of_account))
    for kind, of_address, of_account in [
        ("verify", "60/minute", "300/minute"), ("upload", "10/minute", "60/minute"),
        ("search", "120/minute", "600/minute"), ("evidence", "60/minute", "300/minute"),
        ("subscribe", "10/minute", "30/minute")]
} if env.flag("RATE_LIMITS", True) else {}
for limit in {figure for figures in RATE_LIMITS.values() for figure in figures if figure}:
    try:
        parse_limit(limit)
    except ValueError as error:
        raise ImproperlyConfigured(f"{limit!r} is no limit such as 60/minute.") from error

# --- Retention -----------------------------------------------------------------------------------------------
# After how many days each kind of record goes, by products.retention.states.Kind; docs/retention.md says why. What an
# order was tested with is kept for six years at least.
RETENTION_DAYS = {
    "order_files": env.number("RETAIN_ORDER_FILES_DAYS", 2192, least=2190),
    "sheets": env.number("RETAIN_SHEETS_DAYS", 2192, least=2190),
    "loose_files": env.number("RETAIN_LOOSE_FILES_DAYS", 30, least=1),
    "drafts": env.number("RETAIN_DRAFTS_DAYS", 365, least=30),
    "loans": env.number("RETAIN_LOANS_DAYS", 1096, least=30),
    "notices": env.number("RETAIN_NOTICES_DAYS", 365, least=30),
    "mails": env.number("RETAIN_MAILS_DAYS", 90, least=7),
    # As long as the link counts that confirms one.
    "unconfirmed": 3,
    "deliveries": env.number("RETAIN_DELIVERIES_DAYS", 90, least=7),
    "answers": env.number("RETAIN_ANSWERS_DAYS", 30, least=1),
    "acknowledgements": env.number("RETAIN_ACKNOWLEDGEMENTS_DAYS", 365, least=30),
    "sign_ins": SIGN_IN_LOG_DAYS,
    "sessions": 0,
    "tokens": env.number("RETAIN_TOKENS_DAYS", 365, least=1),
    "invitations": env.number("RETAIN_INVITATIONS_DAYS", 90, least=1),
}

MAIL_TRIES = env.number("MAIL_TRIES", 5, least=1)
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "WAPI <noreply@localhost>")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
# Who gets the heads of the history and alarms: "a@example.org,b@example.org".
ADMINS = [("", address) for address in env.words("ADMIN_MAIL", "")]
# One JSON object per line for machines to read, without personal data; "line" is for people.
LOG_FORMAT = env.text("LOG_FORMAT", "json" if PRODUCTION else "line")
if LOG_FORMAT not in ("json", "line"):
    raise ImproperlyConfigured(f"LOG_FORMAT={LOG_FORMAT!r} is neither json nor line.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "wapicert.logs.LineFormatter",
                 "format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "wapicert.logs.formatter"},
    },
    "filters": {"routes": {"()": "wapicert.logs.RouteNames"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["routes"]}},
    # In the place of Django's own handlers: these mail each fault with what was posted, and print whole addresses.
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True},
                "django.server": {"handlers": [], "level": "INFO", "propagate": True}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO" if LOG_FORMAT == "json" else "WARNING")},
}
# Celery's own set-up would write lines of another form, with the arguments of tasks.
CELERY_WORKER_HIJACK_ROOT_LOGGER = LOG_FORMAT == "line"
# Who may read /metrics: whoever knows the token, or without one these addresses, past no proxy.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
METRICS_ADDRESSES = env.words("METRICS_ADDRESSES", "127.0.0.1,::1")
SITE_NAME = _("WAPI产业联盟产品测试与名录")
TESTING = "pytest" in sys.modules
