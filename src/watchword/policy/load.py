"""A policy file into a Policy: by the name of a shipped one or by path, with every problem of shape at once."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from watchword.errors import Place, PolicyError, PolicyNotFound, Problem
from watchword.policy import schema
from watchword.policy.schema import Policy
from watchword.policy.source import Source, read_source

LARGEST_FILE = 8 * 1024 * 1024  # bytes; the shipped policy is a fortieth of one per cent of it


@cache
def shipped_policies() -> tuple[str, ...]:
    """The names of the policies that come with Watchword."""
    folder = resources.files("watchword.policy").joinpath("shipped")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def read_policy_text(name: str) -> tuple[str, str]:
    """The text of a policy and the name of the file it stands in.

    ``name`` is a shipped policy's name or a path. Raises PolicyNotFound, or PolicyError for a file that is no text.
    """
    if name in shipped_policies():
        file = resources.files("watchword.policy").joinpath("shipped", f"{name}.yaml")
        return file.read_text(encoding="utf-8"), f"{name}.yaml"
    path = Path(name)
    try:
        there = path.is_file()
    except OSError as error:
        raise _unreadable(error, Place(name)) from error
    if not there:
        near = difflib.get_close_matches(name, shipped_policies(), n=1)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise PolicyNotFound(
            f"There is no policy {name}.", do=f"{hint}Give a file, or one of: {', '.join(shipped_policies())}."
        )
    return _text_of(path), os.fspath(path)


def _text_of(path: Path) -> str:
    place = Place(os.fspath(path))
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise PolicyError("The policy file is larger than 8 MiB.", do="Check that it is a policy.", place=place)
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(error, place) from error
    except UnicodeDecodeError as error:
        raise PolicyError("The policy file is not UTF-8 text.", do="Save it as UTF-8.", place=place) from error


def _unreadable(error: OSError, place: Place) -> PolicyError:
    return PolicyError(
        f"The policy file cannot be read: {error.strerror}.", do="Check its name and its permissions.", place=place
    )


def load_policy(name: str) -> Policy:
    """Read and validate a policy by name or path. Raises PolicyError carrying every problem of its shape."""
    return parse_policy(*read_policy_text(name))[0]


def parse_policy(text: str, file: str) -> tuple[Policy, Source]:
    """Validate a policy's text; gives the policy and its source, which knows the lines."""
    source = read_source(text, file)
    try:
        return Policy.model_validate(source.tree), source
    except ValidationError as error:
        found = _problems(error, source)
        problems = tuple(sorted(found, key=lambda problem: (problem.place.line or 0, problem.place.column or 0)))
        first = problems[0].place
        raise PolicyError(
            f"{file} does not hold as a policy: {len(problems)} problem{'s' * (len(problems) > 1)}.",
            do="Mend the problems listed.",
            problems=problems,
            place=first,
        ) from error


def _problems(error: ValidationError, source: Source) -> Iterable[Problem]:
    details: list[dict[str, Any]] = [dict(detail) for detail in error.errors(include_url=False)]
    for detail in details:
        path: tuple[str | int, ...] = detail["loc"]
        inside = any(other["loc"][: len(path)] == path and other is not detail for other in details)
        if not (detail["type"] == "too_short" and inside):  # items that do not hold are not items that are missing
            yield Problem(*_say(detail, path), source.place(path))


def _say(detail: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[str, str]:
    """What is wrong and what to do, from what the validation found."""
    key = path[-1] if path else "the file"
    given, kind = detail["input"], detail["type"]
    if kind == "extra_forbidden":
        return f'There is no key "{key}" here.', _did_you_mean(str(key), given)
    if kind == "string_pattern_mismatch":
        return f'"{given}" is not a well-formed {_kind_of(detail)}.', _form(detail)
    if kind in ("literal_error", "enum"):
        wanted = detail["ctx"]["expected"].replace("'", '"')
        return f'"{given}" is not allowed for "{key}".', f"Use {wanted}."
    if kind == "greater_than_equal":
        return f'"{key}" is too small.', f"Use {detail['ctx']['ge']} or more."
    what, do = SAID.get(kind, ('"{key}": ' + str(detail["msg"]) + ".", "Correct it."))
    return what.format(key=key), do


SAID = {
    "missing": ('The key "{key}" is missing.', "Add it."),
    "unknown_condition": ("This condition is of no known kind.", "Begin it with words:, meaning: or contacts:."),
    "int_parsing": ('"{key}" must be a whole number.', "Write digits only."),
    "int_type": ('"{key}" must be a whole number.', "Write digits only."),
    "tuple_type": ('"{key}" must be a list.', "Write  [one, two]  or one item a line, each after a dash."),
    "dict_type": ('"{key}" must hold keys of its own.', "Write  name: value  lines, indented below it."),
    "model_type": ('"{key}" must hold keys of its own.', "Write  name: value  lines, indented below it."),
    "string_type": ('"{key}" must be text.', "Write a word or a sentence."),
    "string_too_short": ('"{key}" must be text.', "Write a word or a sentence."),
    "too_short": ('"{key}" is empty.', "Give at least one item."),
}


def _kind_of(detail: Mapping[str, Any]) -> str:
    known = {r"^\d{4}": "date", r"^[a-z]": "name", r"^(any ": "time limit", r"^[1-9]\d{0,4} (": "length of time"}
    return next((kind for start, kind in known.items() if detail["ctx"]["pattern"].startswith(start)), "value")


def _form(detail: Mapping[str, Any]) -> str:
    return {
        "date": 'Write it as "2025-01-09".',
        "name": "Use small letters, digits, - and _, beginning with a letter.",
        "length of time": 'Write a number of minutes or seconds, such as "4 minutes".',
        "time limit": 'Write "any time" or a number of days, such as "30 days".',
    }.get(_kind_of(detail), "Correct it.")


def _did_you_mean(key: str, value: object) -> str:
    near = difflib.get_close_matches(key, _known_keys(), n=1, cutoff=0.6)
    if value is None and (" " in key or not near):
        return "A text with a comma stands in quotes between { and }."
    if key in near:  # known, and out of place
        return "It belongs to another kind of entry: begin one after a dash of its own, or remove it."
    return f'Did you mean "{near[0]}"?' if near else "Remove it."


@cache
def _known_keys() -> tuple[str, ...]:
    parts = [part for part in vars(schema).values() if isinstance(part, type) and issubclass(part, BaseModel)]
    fields = [(name, field) for part in parts for name, field in part.model_fields.items()]
    return tuple(sorted({field.alias or name for name, field in fields}))
