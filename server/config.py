"""Settings from the environment, read once; a wrong one refuses to start with a sentence that says what to do."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from models.rules.contact_details import looks_like_address
from server.calendar_settings import CalendarSettings, read_calendar_settings
from server.push_settings import PushSettings, read_push_settings
from server.setting_values import ConfigError as ConfigError
from server.setting_values import certificates, flag, integer
from server.sms_settings import SmsSettings, load_sms_settings

ASYNC_MODES = ("eventlet", "gevent", "threading")
MINIMUM_SECRET_LENGTH = 32
SMTP_TLS = ("offered", "required", "off")


@dataclass(frozen=True)
class SmtpRelay:
    """Where mail goes out: `implicit_tls` for smtps://; `tls` is one of `SMTP_TLS`, see docs/operations."""

    host: str
    port: int
    implicit_tls: bool
    user: str | None
    password: str | None = field(repr=False)
    tls: str = "offered"
    ca_file: str | None = None


@dataclass(frozen=True)
class Settings:
    """Everything a process needs to know; see docs/operations.md for each variable."""

    database_url: str
    secret_key: bytes
    public_url: str
    host: str
    port: int
    async_mode: str
    max_sockets: int
    max_sockets_per_address: int
    trusted_proxies: int
    state_site: bool
    smtp: SmtpRelay | None
    mail_from: str
    mail_bounces: str | None
    sms: SmsSettings | None
    retention_days: int
    quick_exit_url: str
    push: PushSettings | None = None
    # None: credentials are sealed with SECRET_KEY, and no host is the operator's own.
    calendars: CalendarSettings | None = None

    @property
    def calendar_settings(self) -> CalendarSettings:
        return self.calendars or CalendarSettings((self.secret_key,))

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (the process's own by default).

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    env = os.environ if environ is None else environ
    port = integer(env, "PORT", 8000, 1, 65535)
    return Settings(
        database_url=database_url(env),
        secret_key=_secret_key(env),
        public_url=_public_url(env, port),
        host=env.get("HOST", "127.0.0.1"),
        port=port,
        async_mode=async_mode(env),
        max_sockets=integer(env, "MAX_SOCKETS", 10_000, 100, 1_000_000),
        max_sockets_per_address=integer(env, "MAX_SOCKETS_PER_ADDRESS", 100, 1, 1_000_000),
        trusted_proxies=integer(env, "TRUSTED_PROXIES", 0, 0, 10),
        state_site=flag(env, "STATE_SITE"),
        smtp=_smtp(env),
        mail_from=env.get("MAIL_FROM", "Brigade numérique <ne-pas-repondre@localhost>"),
        mail_bounces=_mail_bounces(env),
        sms=load_sms_settings(env),
        retention_days=integer(env, "RETENTION_DAYS", 90, 1, 3650),
        quick_exit_url=_quick_exit_url(env),
        push=read_push_settings(env),
        calendars=read_calendar_settings(env, _secret_key(env)),
    )


def async_mode(environ: Mapping[str, str] | None = None) -> str:
    """Read ASYNC_MODE alone; the web entry point needs it before anything else may be imported.

    Raises:
        ConfigError: the mode is not one of `ASYNC_MODES`.
    """
    env = os.environ if environ is None else environ
    mode = env.get("ASYNC_MODE", "eventlet")
    if mode not in ASYNC_MODES:
        raise ConfigError(f"ASYNC_MODE is {mode!r}: set it to one of {', '.join(ASYNC_MODES)}.")
    return mode


def database_url(environ: Mapping[str, str] | None = None) -> str:
    """Read DATABASE_URL alone; unset, the embedded server is started and its address returned.

    Raises:
        ConfigError: it does not name a PostgreSQL database.
    """
    env = os.environ if environ is None else environ
    url = env.get("DATABASE_URL", "")
    if not url:
        # Imported late, because a server with its own database never needs the embedded one.
        from server import embedded_postgres

        return embedded_postgres.start(Path(env.get("VAR_DIR", "var")).resolve())
    if urlsplit(url).scheme not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigError(
            "DATABASE_URL does not name a PostgreSQL database: write it as postgresql://user:password@host:5432/name,"
            " or leave it unset to use the embedded one under var/."
        )
    return url


def _secret_key(env: Mapping[str, str]) -> bytes:
    value = env.get("SECRET_KEY", "")
    if len(value) < MINIMUM_SECRET_LENGTH:
        found = "is missing" if not value else f"has only {len(value)} characters"
        raise ConfigError(
            f"SECRET_KEY {found}: set it to at least {MINIMUM_SECRET_LENGTH} random characters, for example the"
            " output of python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
        )
    return value.encode()


def _public_url(env: Mapping[str, str], port: int) -> str:
    url = env.get("PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ConfigError(
            f"PUBLIC_URL is {url!r}: write the address people type, without a path, such as https://rdv.example.gouv.fr."
        )
    return url


def _quick_exit_url(env: Mapping[str, str]) -> str:
    # A weather forecast: what anybody may have been reading.
    url = env.get("QUICK_EXIT_URL", "https://meteofrance.com/")
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ConfigError(f"QUICK_EXIT_URL is {url!r}: write the whole address of a harmless page, such as a forecast.")
    return url


def _mail_bounces(env: Mapping[str, str]) -> str | None:
    address = env.get("MAIL_BOUNCES", "")
    # The longest local part (RFC 5321, 4.5.3.1.1) has 64 octets, of which the notice takes 33.
    local, _, _ = address.rpartition("@")
    if address and not (address.isascii() and looks_like_address(address) and len(local) <= 31):
        raise ConfigError(
            f"MAIL_BOUNCES is {address!r}: write the address that mails come back to, such as bounces@example.gouv.fr,"
            " with 31 characters at most before the @."
        )
    return address or None


def _smtp(env: Mapping[str, str]) -> SmtpRelay | None:
    url = env.get("SMTP_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or port == 0 or parts.path.strip("/"):
        # The address itself is not repeated: it may hold a password.
        raise ConfigError("SMTP_URL is wrong: write smtp://host:25 or smtps://user:password@host:465.")
    user, password = (None if one is None else unquote(one) for one in (parts.username, parts.password))
    if not f"{user}{password}".isascii():
        raise ConfigError("SMTP_URL is wrong: write a user and password of ASCII characters, others cannot be sent.")
    tls = env.get("SMTP_TLS", "") or "offered"
    if tls not in SMTP_TLS:
        raise ConfigError(f"SMTP_TLS is {tls!r}: set it to one of {', '.join(SMTP_TLS)}, or leave it unset.")
    ca_file = certificates(env, "SMTP_CA_FILE")
    implicit_tls = parts.scheme == "smtps"
    return SmtpRelay(
        host=parts.hostname,
        port=port or (465 if implicit_tls else 25),
        implicit_tls=implicit_tls,
        user=user,
        password=password,
        tls=tls,
        ca_file=ca_file,
    )
