"""Django's settings for the front door, put together on top of the store's: nobody writes a Django settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from watchword.settings import Settings
from watchword.store.configuration import configure

CONSOLE = Path(__file__).parent / "console"
APPS = (
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "watchword.web.console.apps.ConsoleConfig",
)
MIDDLEWARE = (
    "watchword.web.middleware.security_headers",
    "watchword.web.health.health_by_any_name",
    "watchword.web.middleware.storable_addresses",
    "watchword.web.api.addresses.slashes_of_ids",
    "watchword.web.static.StaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "watchword.web.middleware.AccessMiddleware",
)
SESSION_HOURS = 12  # a long shift
HSTS_SECONDS = 365 * 24 * 3600


def open_project(settings: Settings) -> None:
    """Set Django up for this process with the whole service; a second call changes nothing."""
    configure(settings, apps=APPS, **front_door(settings))


def front_door(settings: Settings) -> dict[str, Any]:
    """What the front door adds to the store's settings."""
    return {
        "ROOT_URLCONF": "watchword.web.urls",
        "MIDDLEWARE": MIDDLEWARE,
        "TEMPLATES": [_templates()],
        "STATIC_URL": "/static/",
        "ALLOWED_HOSTS": list(settings.hosts),
        "DATA_UPLOAD_MAX_MEMORY_SIZE": settings.largest_body,
        "USE_I18N": False,
        "CACHES": {"default": {"BACKEND": "watchword.web.shared_cache.SharedCache"}},
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "start",
        **_cookies(settings),
        **_passwords(),
        **_accounts(settings),
    }


def _templates() -> dict[str, Any]:
    return {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CONSOLE / "templates"],  # before any application's, whose pages look like no part of this
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "watchword.web.console.common.shown_everywhere",
            ],
            "builtins": ["watchword.web.console.marks"],
        },
    }


def _cookies(settings: Settings) -> dict[str, Any]:
    """Sessions and forms. Without TLS cookies cannot be kept to it, which is for one machine alone."""
    tls = {
        "SECURE_HSTS_SECONDS": HSTS_SECONDS,
        "SESSION_COOKIE_NAME": "__Host-session",
        "CSRF_COOKIE_NAME": "__Host-csrf",
        "CSRF_TRUSTED_ORIGINS": [f"https://{host}" for host in settings.hosts],
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https",
    }
    return {
        "SESSION_ENGINE": "django.contrib.sessions.backends.db",
        "SESSION_COOKIE_AGE": SESSION_HOURS * 3600,
        "SESSION_COOKIE_SECURE": settings.tls,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": settings.tls,
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "watchword.web.refusals.form_too_old",
        **(tls if settings.tls else {}),
    }


def _passwords() -> dict[str, Any]:
    validation = "django.contrib.auth.password_validation."
    return {
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.Argon2PasswordHasher",
            "django.contrib.auth.hashers.ScryptPasswordHasher",
        ],
        "AUTH_PASSWORD_VALIDATORS": [
            {"NAME": f"{validation}UserAttributeSimilarityValidator"},
            {"NAME": f"{validation}MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
            {"NAME": f"{validation}CommonPasswordValidator"},
        ],
    }


def _accounts(settings: Settings) -> dict[str, Any]:
    """Signing in: local accounts that an administrator makes, the owner's identity provider, a second factor."""
    provider = {
        "provider_id": "sso",
        "name": settings.oidc_name,
        "client_id": settings.oidc_client,
        "secret": settings.oidc_secret or "",
        "settings": {"server_url": (settings.oidc_url or "").rstrip("/"), "oauth_pkce_enabled": True},
    }
    return {
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "ACCOUNT_LOGIN_METHODS": {"username"},
        "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_NOTIFICATIONS": False,
        "ACCOUNT_SESSION_REMEMBER": True,
        "ACCOUNT_PRESERVE_USERNAME_CASING": False,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_ADAPTER": "watchword.web.sign_in.LocalAccounts",
        "ACCOUNT_REAUTHENTICATION_METHODS": ["password", "mfa"],  # no code is mailed
        # What comes from one address is counted by sign_in.py: allauth counts what is not known to be wrong yet.
        "ACCOUNT_RATE_LIMITS": {"login": "", "login_failed": "5/5m/key", "reauthenticate": "10/m/user"},
        "SOCIALACCOUNT_ADAPTER": "watchword.web.sign_in.ProviderAccounts",
        "SOCIALACCOUNT_AUTO_SIGNUP": True,
        "SOCIALACCOUNT_LOGIN_ON_GET": True,  # a link: browsers do not let a form lead to another site, by our own word
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_PROVIDERS": {"openid_connect": {"APPS": [provider] if settings.oidc_url else []}},
        "MFA_ADAPTER": "watchword.web.second_factor.SecondFactors",
        "MFA_SUPPORTED_TYPES": ["totp", "recovery_codes"],
        "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # nobody is known by an address here
        "MFA_FORMS": {
            "authenticate": "watchword.web.accounts.SignInCode",
            "reauthenticate": "watchword.web.accounts.CodeAgain",
        },
        "MFA_TOTP_ISSUER": "Watchword",
        "MFA_TOTP_TOLERANCE": 1,  # the code before and the one after count too: people type slowly, and clocks differ
    }
