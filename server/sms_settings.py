"""The settings of text messages. Without any there are none; half of them refuses to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import unquote, urlsplit

from server.setting_values import ConfigError, euros, integer

SHORTEST_CALLBACK_SECRET = 16
# France, Réunion and Mayotte, Saint-Pierre-et-Miquelon, the Antilles and Guyane, Wallis-et-Futuna, New Caledonia and
# French Polynesia.
COUNTRIES = "33,262,508,590,594,596,681,687,689"


@dataclass(frozen=True)
class SmsAccount:
    """One provider.

    Args:
        url: without user and password.
        sender: the number or word that people see.
        weight: its share of the traffic beside the other's; 0 for a mere reserve.
        price: of one segment, in euros.
    """

    url: str
    user: str
    password: str = field(repr=False)
    sender: str
    weight: int
    price: Decimal


@dataclass(frozen=True)
class SmsSettings:
    """What sends text messages, and how much may be sent.

    Args:
        countries: calling codes: codes go to no phone elsewhere, because whoever asks for them does not pay for them.
        kannel_secret: the password that Kannel shows us when it hands over what came in.
        euros_per_hour, euros_per_day: None for no ceiling but that on segments.
    """

    kannel: SmsAccount | None
    kannel_secret: str = field(repr=False)
    twilio: SmsAccount | None
    countries: frozenset[int]
    segments_per_hour: int
    segments_per_day: int
    euros_per_hour: Decimal | None
    euros_per_day: Decimal | None


def load_sms_settings(env: Mapping[str, str]) -> SmsSettings | None:
    """Read what sends text messages; None when neither SMS_KANNEL_URL nor SMS_TWILIO_URL is set.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    kannel, twilio = _account(env, "SMS_KANNEL"), _account(env, "SMS_TWILIO")
    if kannel is None and twilio is None:
        return None
    return SmsSettings(
        kannel=kannel,
        kannel_secret=_callback_secret(env) if kannel else "",
        twilio=twilio,
        countries=_countries(env),
        segments_per_hour=integer(env, "SMS_SEGMENTS_PER_HOUR", 500, 1, 1_000_000),
        segments_per_day=integer(env, "SMS_SEGMENTS_PER_DAY", 3_000, 1, 10_000_000),
        euros_per_hour=euros(env, "SMS_EUROS_PER_HOUR"),
        euros_per_day=euros(env, "SMS_EUROS_PER_DAY"),
    )


def _account(env: Mapping[str, str], name: str) -> SmsAccount | None:
    url = env.get(f"{name}_URL", "")
    if not url:
        return None
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = 0
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or parts.query:
        # The address itself is not repeated: it holds a password.
        raise ConfigError(f"{name}_URL is wrong: write http://user:password@host:13013/path.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not user or not password or not f"{user}{password}".isascii():
        raise ConfigError(f"{name}_URL is wrong: write user and password into it, of ASCII characters.")
    sender = env.get(f"{name}_FROM", "")
    if not 0 < len(sender) <= 20 or not sender.isascii() or not sender.isprintable():
        raise ConfigError(f"{name}_FROM is {sender!r}: set it to the number or word that your provider lets you use.")
    return SmsAccount(
        url=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}",
        user=user,
        password=password,
        sender=sender,
        weight=integer(env, f"{name}_WEIGHT", 1, 0, 100),
        price=euros(env, f"{name}_PRICE") or Decimal(0),
    )


def countries_of(sms: SmsSettings | None) -> frozenset[int]:
    """The calling codes to which texts may go; the usual ones where nothing is set up yet."""
    return _countries({}) if sms is None else sms.countries


def _countries(env: Mapping[str, str]) -> frozenset[int]:
    codes = (env.get("SMS_COUNTRIES", "") or COUNTRIES).split(",")
    if not all(code.strip().isascii() and code.strip().isdecimal() and len(code.strip()) <= 3 for code in codes):
        raise ConfigError("SMS_COUNTRIES is wrong: write calling codes with commas between them, such as 33,32,41.")
    return frozenset(int(code) for code in codes)


def _callback_secret(env: Mapping[str, str]) -> str:
    secret = env.get("SMS_KANNEL_SECRET", "")
    if len(secret) < SHORTEST_CALLBACK_SECRET or not secret.isascii():
        raise ConfigError(
            f"SMS_KANNEL_SECRET is missing or too short: set it to at least {SHORTEST_CALLBACK_SECRET} random ASCII"
            " characters, the same as in the post-url of kannel.conf."
        )
    return secret
