"""The settings, read from environment variables once, each with its default and its meaning."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from watchword.errors import SettingsError

DEFAULT_POLICY = "natera-billing"
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Settings:
    """What an owner can set without touching the policy."""

    policy: str = DEFAULT_POLICY  # WATCHWORD_POLICY: name of a shipped policy, or path of a policy file
    cache: Path = Path()  # WATCHWORD_CACHE: where compiled patterns are kept
    largest_mail: int = 64 * MEBIBYTE  # WATCHWORD_LARGEST_MAIL: in bytes; a larger mail is refused with an error
    largest_contact: int = 32 * MEBIBYTE  # WATCHWORD_LARGEST_CONTACT: in bytes; a longer JSON line is refused


VARIABLES = {
    "WATCHWORD_POLICY": "name of a shipped policy, or path of a policy file",
    "WATCHWORD_CACHE": "folder where compiled patterns are kept",
    "WATCHWORD_LARGEST_MAIL": "largest mail read, in bytes",
    "WATCHWORD_LARGEST_CONTACT": "largest JSON contact read, in bytes",
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
        cache=_cache_folder(environment.get("WATCHWORD_CACHE")),
        largest_mail=_size(environment, "WATCHWORD_LARGEST_MAIL", DEFAULTS.largest_mail),
        largest_contact=_size(environment, "WATCHWORD_LARGEST_CONTACT", DEFAULTS.largest_contact),
    )


def _cache_folder(given: str | None) -> Path:
    if given:
        return Path(given).expanduser()
    from platformdirs import user_cache_path  # imported late: most runs need no other part of it

    return user_cache_path("watchword")


def _size(environment: Mapping[str, str], name: str, default: int) -> int:
    given = environment.get(name)
    if not given:
        return default
    if not given.isdecimal() or int(given) == 0:
        raise SettingsError(f"{name} is not a whole number of bytes.", do=f"Set it to a number such as {default}.")
    return int(given)
