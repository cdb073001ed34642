"""Hold a JSON value against a private pydantic model; say all that does not fit in one ContactInvalid, for people."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from watchword.errors import ContactInvalid, Place

Held = TypeVar("Held")

MOST_TOLD = 10  # problems told of one contact; a longer list is counted, not printed
_ENUM_LIKE = re.compile(r"[\w.+:-]{1,24}", re.ASCII)
_KINDS = {
    "str": "a text",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "an object",
    "NoneType": "null",
}
_EXPECTED = {
    "bool_type": "true or false",
    "string_type": "a text",
    "string_unicode": "a text of whole characters",
    "list_type": "a list",
    "dict_type": "an object",
    "float_type": "a number",
    "float_parsing": "a number",
}


def held(model: TypeAdapter[Held], raw: Any, problems: list[str], *, subject: str) -> Held | None:
    """The value as the model sees it; None where it does not fit.

    Each problem is then added to ``problems``, as a sentence that starts with the key it stands in.
    """
    try:
        return model.validate_python(raw)
    except ValidationError as error:
        problems += _sentences(error, subject)
        return None


def refusal(problems: list[str], *, do: str, place: Place) -> ContactInvalid:
    """One ContactInvalid that tells all problems of a contact."""
    told = problems[:MOST_TOLD]
    if len(problems) > MOST_TOLD:
        told.append(f"There are {len(problems) - MOST_TOLD} more problems.")
    return ContactInvalid(" ".join(told), do=do, place=place)


def misfit(sentence_end: str) -> PydanticCustomError:
    """For a validator: refuse a value; ``sentence_end`` follows the key, as in "is blank; it must hold a name"."""
    return PydanticCustomError("misfit", "{sentence_end}", {"sentence_end": sentence_end})


def kind_of(value: object) -> str:
    """What a JSON value is, in words; never its content."""
    return _KINDS.get(type(value).__name__, "of a kind JSON does not have")


def shown(value: object) -> str:
    """A short word without blanks is quoted, for that is a key or a slip in a list; else only the kind is told."""
    if isinstance(value, str) and _ENUM_LIKE.fullmatch(value):
        return f'"{value}"'
    return kind_of(value)


def _sentences(error: ValidationError, subject: str) -> list[str]:
    details = error.errors(include_url=False)
    return [f"{_where(detail['loc'], subject)} {_complaint(detail)}" for detail in details]


def _where(steps: tuple[int | str, ...], subject: str) -> str:
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return path.removeprefix(".") or subject


def _complaint(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        return "is missing."
    if kind == "misfit":
        return f"{detail['ctx']['sentence_end']}."
    if kind == "enum":
        allowed = detail["ctx"]["expected"].replace("'", '"')
        return f"is {shown(value)}; it must be {allowed}."
    if kind == "string_unicode":
        return "holds half a character; it must be a text of whole characters."
    return f"is {kind_of(value)}; it must be {_EXPECTED.get(kind, 'of another kind')}."
