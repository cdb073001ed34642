"""The settings, read from environment variables once, each with its default and its meaning."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs

from watchword.errors import SettingsError

DEFAULT_POLICY = "natera-billing"
MODELS = ("shipped", "off")
WEBHOOK_PLACES = ("inside", "outside", "anywhere")
MEBIBYTE = 1024 * 1024
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
HOST = re.compile(r"\*|\.?[\w-]+(?:\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")  # as Django knows them
LAST_PORT = 65535
LARGEST = 2**63 - 1
SECONDS, BYTES, STEPS = (f"a whole number of {unit}, 1 or more" for unit in ("seconds", "bytes", "steps"))
MOST_SHOWN = 60  # characters of a value that cannot be used
IMAP_TLS = ("on", "starttls", "off")
TWILIO_TRACKS = ("outbound", "inbound")


def _own_folder(kind: str) -> Path:
    """The user's own folder of a kind, as platformdirs calls it: never the one that somebody happens to stand in."""
    found: Path = getattr(platformdirs, kind)("watchword")
    return found


@dataclass(frozen=True, slots=True)
class MailIntake:
    """Where mails come in by themselves: a folder that they are dropped into, a mailbox, or both."""

    folder: Path | None = None  # WATCHWORD_MAIL_FOLDER
    host: str | None = None  # WATCHWORD_IMAP_HOST: no mailbox is read when it is not set
    port: int = 993  # WATCHWORD_IMAP_PORT: 143 where TLS is begun later, or not at all
    user: str = ""  # WATCHWORD_IMAP_USER
    password: str = field(default="", repr=False)  # WATCHWORD_IMAP_PASSWORD, or WATCHWORD_IMAP_PASSWORD_FILE
    mailbox: str = "INBOX"  # WATCHWORD_IMAP_FOLDER: the mailbox's folder that is read
    processed: str | None = None  # WATCHWORD_IMAP_PROCESSED: where recorded mails are moved; not set: left untouched
    tls: str = IMAP_TLS[0]  # WATCHWORD_IMAP_TLS
    ca_file: Path | None = None  # WATCHWORD_IMAP_CA: whom to trust for the server's certificate, beside the system's
    largest: int = 25 * MEBIBYTE  # WATCHWORD_LARGEST_ORIGINAL: in bytes; a larger mail is recorded, and not kept


@dataclass(frozen=True, slots=True)
class Settings:
    """What an owner can set without touching the policy."""

    policy: str = DEFAULT_POLICY  # WATCHWORD_POLICY: name of a shipped policy, or path of a policy file
    model: str = MODELS[0]  # WATCHWORD_MODEL: the meaning model, or "off" to work by listed wordings alone
    cache: Path = field(default_factory=lambda: _own_folder("user_cache_path"))  # WATCHWORD_CACHE: compiled patterns
    opinion_url: str | None = None  # WATCHWORD_OPINION_URL: where a second opinion is asked; off when not set
    opinion_model: str = "default"  # WATCHWORD_OPINION_MODEL: the model's name there
    opinion_seconds: int = 4  # WATCHWORD_OPINION_SECONDS: how long to wait for it
    opinion_key: str | None = field(default=None, repr=False)  # WATCHWORD_OPINION_KEY: sent as a bearer token
    largest_mail: int = 64 * MEBIBYTE  # WATCHWORD_LARGEST_MAIL: in bytes; a larger mail is refused with an error
    largest_contact: int = 32 * MEBIBYTE  # WATCHWORD_LARGEST_CONTACT: in bytes; a longer JSON line is refused
    folder: Path = field(default_factory=lambda: _own_folder("user_data_path"))  # WATCHWORD_DATA: database and keys
    database_url: str | None = field(default=None, repr=False)  # DATABASE_URL: a PostgreSQL; SQLite when not set
    worker: str = "worker"  # WATCHWORD_WORKER: this worker's name, the same after every restart and no other's
    at_once: int = 8  # WATCHWORD_AT_ONCE: steps that one worker carries out at a time
    secret: str | None = field(default=None, repr=False)  # WATCHWORD_SECRET: signs sessions; kept in folder if not set
    secret_before: str | None = field(default=None, repr=False)  # WATCHWORD_SECRET_BEFORE: while it is being changed
    hosts: tuple[str, ...] = LOCAL_HOSTS  # WATCHWORD_HOSTS: the names under which browsers reach the service
    tls: bool = False  # WATCHWORD_TLS: whether browsers reach it by https, as they must outside one machine
    largest_body: int = 8 * MEBIBYTE  # WATCHWORD_LARGEST_BODY: in bytes; a larger request is refused
    demo: Path | None = None  # WATCHWORD_DEMO: sample calls that may be played; never set where customers call
    oidc_url: str | None = None  # WATCHWORD_OIDC_URL: the identity provider that people may sign in with
    oidc_name: str = "Single sign-on"  # WATCHWORD_OIDC_NAME: what the sign-in page calls it
    oidc_client: str = "watchword"  # WATCHWORD_OIDC_CLIENT: what the provider calls this service
    oidc_secret: str | None = field(default=None, repr=False)  # WATCHWORD_OIDC_SECRET: shared with the provider
    intake: MailIntake = MailIntake()
    twilio_token: str | None = field(default=None, repr=False)  # WATCHWORD_TWILIO_TOKEN: what Twilio signs with
    twilio_url: str | None = None  # WATCHWORD_TWILIO_URL: the address that Twilio was given, as it stands there
    twilio_agent_track: str = TWILIO_TRACKS[0]  # WATCHWORD_TWILIO_AGENT_TRACK: where the agent speaks
    webhooks_to: str = WEBHOOK_PLACES[0]  # WATCHWORD_WEBHOOKS_TO: where webhooks may lead, seen from the own network


VARIABLES = {
    "WATCHWORD_POLICY": "name of a shipped policy, or path of a policy file",
    "WATCHWORD_MODEL": "shipped, or off to work by listed wordings alone",
    "WATCHWORD_CACHE": "folder where compiled patterns are kept",
    "WATCHWORD_OPINION_URL": "base of an OpenAI-compatible endpoint inside the owner's walls, asked about doubts",
    "WATCHWORD_OPINION_MODEL": "the model's name at that endpoint",
    "WATCHWORD_OPINION_SECONDS": "longest wait for a second opinion, in seconds",
    "WATCHWORD_OPINION_KEY": "bearer token for that endpoint",
    "WATCHWORD_LARGEST_MAIL": "largest mail read, in bytes",
    "WATCHWORD_LARGEST_CONTACT": "largest JSON contact read, in bytes",
    "WATCHWORD_DATA": "folder where the service keeps its database and its keys",
    "WATCHWORD_WORKER": "this worker's name: the same after every restart, and no other worker's",
    "WATCHWORD_AT_ONCE": "how many steps one worker carries out at a time",
    "WATCHWORD_SECRET": "what sessions are signed with; the same on every machine of one service",
    "WATCHWORD_SECRET_BEFORE": "the secret of before, while it is being changed",
    "WATCHWORD_HOSTS": "the names under which browsers and machines reach the service, with commas between",
    "WATCHWORD_TLS": "on when they reach it by https, as they must outside one machine",
    "WATCHWORD_LARGEST_BODY": "largest request taken, in bytes",
    "WATCHWORD_DEMO": "file or folder of sample calls that may be played; never set where customers call",
    "WATCHWORD_OIDC_URL": "the OpenID Connect provider that people may sign in with",
    "WATCHWORD_OIDC_NAME": "what the sign-in page calls that provider",
    "WATCHWORD_OIDC_CLIENT": "what that provider calls this service",
    "WATCHWORD_OIDC_SECRET": "the secret shared with that provider",
    "WATCHWORD_MAIL_FOLDER": "folder that mails are dropped into, as .eml or .mbox, for watchword receive",
    "WATCHWORD_IMAP_HOST": "the mail server whose mailbox is read by watchword receive",
    "WATCHWORD_IMAP_PORT": "its port",
    "WATCHWORD_IMAP_USER": "the mailbox's user name",
    "WATCHWORD_IMAP_PASSWORD": "the mailbox's password",
    "WATCHWORD_IMAP_PASSWORD_FILE": "a file that holds the password, in place of WATCHWORD_IMAP_PASSWORD",
    "WATCHWORD_IMAP_FOLDER": "the mailbox's folder that is read",
    "WATCHWORD_IMAP_PROCESSED": "the mailbox's folder that recorded mails are moved to; without it they are left alone",
    "WATCHWORD_IMAP_TLS": "on, starttls, or off for a server on the same machine",
    "WATCHWORD_IMAP_CA": "file with the certificates to trust for that server, beside the system's own",
    "WATCHWORD_LARGEST_ORIGINAL": "largest mail kept as it came, in bytes; of a larger one only the head is",
    "WATCHWORD_TWILIO_TOKEN": "the account's auth token, which Twilio signs its transcription events with",
    "WATCHWORD_TWILIO_URL": "the address that Twilio was given for them, as it stands there",
    "WATCHWORD_TWILIO_AGENT_TRACK": "the track on which the agent speaks while a call goes on: outbound or inbound",
    "WATCHWORD_WEBHOOKS_TO": "where webhooks may lead: inside the own network, outside, or anywhere",
    "DATABASE_URL": "the service's PostgreSQL, as postgresql://user:password@host:port/name",
}


DEFAULTS = Settings()


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings from the environment.

    Raises SettingsError for an unknown WATCHWORD_ variable or a value that cannot be used.
    """
    unknown = sorted(name for name in environment if name.startswith("WATCHWORD_") and name not in VARIABLES)
    if unknown:
        raise SettingsError(
            f"There is no setting called {unknown[0]}.", do=f"Unset it, or use one of {', '.join(VARIABLES)}."
        )
    return Settings(
        policy=environment.get("WATCHWORD_POLICY") or DEFAULT_POLICY,
        model=_one_of(environment, "WATCHWORD_MODEL", MODELS),
        cache=_path(environment, "WATCHWORD_CACHE") or _own_folder("user_cache_path"),
        opinion_url=environment.get("WATCHWORD_OPINION_URL") or None,
        opinion_model=environment.get("WATCHWORD_OPINION_MODEL") or DEFAULTS.opinion_model,
        opinion_seconds=_whole(environment, "WATCHWORD_OPINION_SECONDS", DEFAULTS.opinion_seconds, SECONDS),
        opinion_key=environment.get("WATCHWORD_OPINION_KEY") or None,
        largest_mail=_whole(environment, "WATCHWORD_LARGEST_MAIL", DEFAULTS.largest_mail, BYTES),
        largest_contact=_whole(environment, "WATCHWORD_LARGEST_CONTACT", DEFAULTS.largest_contact, BYTES),
        folder=_path(environment, "WATCHWORD_DATA") or _own_folder("user_data_path"),
        database_url=environment.get("DATABASE_URL") or None,
        worker=environment.get("WATCHWORD_WORKER") or socket.gethostname(),
        at_once=_whole(environment, "WATCHWORD_AT_ONCE", DEFAULTS.at_once, STEPS),
        secret=environment.get("WATCHWORD_SECRET") or None,
        secret_before=environment.get("WATCHWORD_SECRET_BEFORE") or None,
        hosts=_hosts(environment.get("WATCHWORD_HOSTS")) or DEFAULTS.hosts,
        tls=_one_of(environment, "WATCHWORD_TLS", ("off", "on")) == "on",
        largest_body=_whole(environment, "WATCHWORD_LARGEST_BODY", DEFAULTS.largest_body, BYTES),
        demo=_samples(environment.get("WATCHWORD_DEMO")),
        oidc_url=environment.get("WATCHWORD_OIDC_URL") or None,
        oidc_name=environment.get("WATCHWORD_OIDC_NAME") or DEFAULTS.oidc_name,
        oidc_client=environment.get("WATCHWORD_OIDC_CLIENT") or DEFAULTS.oidc_client,
        oidc_secret=environment.get("WATCHWORD_OIDC_SECRET") or None,
        intake=_mail_intake(environment),
        twilio_token=environment.get("WATCHWORD_TWILIO_TOKEN") or None,
        twilio_url=environment.get("WATCHWORD_TWILIO_URL") or None,
        twilio_agent_track=_one_of(environment, "WATCHWORD_TWILIO_AGENT_TRACK", TWILIO_TRACKS),
        webhooks_to=_one_of(environment, "WATCHWORD_WEBHOOKS_TO", WEBHOOK_PLACES),
    )


def _mail_intake(environment: Mapping[str, str]) -> MailIntake:
    host = environment.get("WATCHWORD_IMAP_HOST") or None
    tls = _one_of(environment, "WATCHWORD_IMAP_TLS", IMAP_TLS)
    if host and tls == "off" and host not in (*LOCAL_HOSTS, "::1"):
        raise SettingsError(
            "WATCHWORD_IMAP_TLS is off, and the mail server is another machine.",
            do="Set it to on or starttls: the password would travel in the clear.",
        )
    if host and not environment.get("WATCHWORD_IMAP_USER"):
        raise SettingsError("WATCHWORD_IMAP_USER is not set.", do="Set it to the mailbox's user name.")
    return MailIntake(
        folder=_path(environment, "WATCHWORD_MAIL_FOLDER"),
        host=host,
        port=_port(environment, 993 if tls == "on" else 143),
        user=environment.get("WATCHWORD_IMAP_USER", ""),
        password=_password(environment, needed=host is not None),
        mailbox=environment.get("WATCHWORD_IMAP_FOLDER") or "INBOX",
        processed=environment.get("WATCHWORD_IMAP_PROCESSED") or None,
        tls=tls,
        ca_file=_path(environment, "WATCHWORD_IMAP_CA"),
        largest=_whole(environment, "WATCHWORD_LARGEST_ORIGINAL", 25 * MEBIBYTE, BYTES),
    )


def _password(environment: Mapping[str, str], *, needed: bool) -> str:
    given, file = environment.get("WATCHWORD_IMAP_PASSWORD"), environment.get("WATCHWORD_IMAP_PASSWORD_FILE")
    if needed and bool(given) == bool(file):
        raise SettingsError(
            f"The mailbox's password is set {'twice' if given else 'nowhere'}.",
            do="Set one of WATCHWORD_IMAP_PASSWORD and WATCHWORD_IMAP_PASSWORD_FILE.",
        )
    if not needed or not file:
        return given or ""
    try:
        return Path(file).expanduser().read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeError) as error:
        raise SettingsError(
            "The file of WATCHWORD_IMAP_PASSWORD_FILE cannot be read.", do="Check its name and its permissions."
        ) from error


def _path(environment: Mapping[str, str], name: str) -> Path | None:
    given = environment.get(name)
    return Path(given).expanduser() if given else None


def _hosts(given: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in (given or "").split(",") if name.strip())
    for name in names:
        if not HOST.fullmatch(name):  # it would be taken without a word, and everybody refused
            raise SettingsError(
                f'WATCHWORD_HOSTS holds "{name}", which is not the name of a host.',
                do="Name hosts alone, such as watchword.example.org, without https://, port or path.",
            )
    return names


def _samples(given: str | None) -> Path | None:
    if not given:
        return None
    place = Path(given).expanduser()
    if not place.exists():
        raise SettingsError(
            f"WATCHWORD_DEMO names {place}, and nothing is there.",
            do="Name a file or folder of sample calls, or unset it.",
        )
    return place


def _port(environment: Mapping[str, str], default: int) -> int:
    what = f"a whole number from 1 to {LAST_PORT}, the port of the mail server"
    return _whole(environment, "WATCHWORD_IMAP_PORT", default, what, most=LAST_PORT)


def _one_of(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    given = environment.get(name) or choices[0]
    if given not in choices:
        raise _wrong(name, given, f"one of {', '.join(choices)}", choices[0])
    return given


def _whole(environment: Mapping[str, str], name: str, default: int, what: str, *, most: int = LARGEST) -> int:
    given = environment.get(name)
    if not given:
        return default
    if not given.isdecimal() or len(given) > len(str(LARGEST)) or not 1 <= int(given) <= most:
        raise _wrong(name, given, what, default)
    return int(given)


def _wrong(name: str, given: str, what: str, default: object) -> SettingsError:
    """What is wrong with a setting that holds no secret: its value is shown, or how it begins."""
    shown = given if len(given) <= MOST_SHOWN else f"{given[:MOST_SHOWN]}…"
    return SettingsError(f'{name} is "{shown}": it has to be {what}.', do=f"Set it so, or unset it for {default}.")
