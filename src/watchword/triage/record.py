"""An assessment as the plain values that `watchword assess --format jsonl` prints; its flags and count from them."""

from __future__ import annotations

from typing import Any

from watchword.terms import (
    Action,
    Answer,
    Assessment,
    Count,
    Evidence,
    Field,
    Flag,
    Level,
    Opinion,
    Scope,
    SetAside,
)


def as_record(assessment: Assessment) -> dict[str, Any]:
    """The assessment by the contract: every key always, in one order; what the contract does not name comes last."""
    return {
        "id": assessment.id,
        "channel": assessment.channel.value,
        "outcome": assessment.outcome.value,
        "flags": [_flag(flag) for flag in assessment.flags],
        "actions": [_action(action) for action in assessment.actions],
        "say": assessment.say,
        "set_aside": [_aside(aside) for aside in assessment.set_aside],
        "history": _count(assessment.count),
        "policy": {
            "name": assessment.policy.name,
            "version": assessment.policy.version,
            "hash": assessment.policy.hash,
        },
        "also_say": list(assessment.also_say),
        "trial": [_flag(flag) for flag in assessment.trial],
        "needs_person": list(assessment.needs_person),
        "model": assessment.model,
    }


def flag_of(record: dict[str, Any]) -> Flag:
    """The flag that was recorded so."""
    opinion = record.get("opinion")
    return Flag(
        record["kind"],
        record["term"],
        Level(record["level"]),
        record["why"],
        record["ask"],
        tuple(_evidence_of(piece) for piece in record["evidence"]),
        number=record.get("number"),
        scope=tuple(Scope(way) for way in record.get("scope", ())),
        opinion=Opinion(opinion["by"], Answer(opinion["answer"]), opinion["why"]) if opinion else None,
        read_as=record.get("read_as"),
    )


def count_of(record: dict[str, Any]) -> Count:
    """The count that was recorded so."""
    left_out = record["left_out"]
    return Count(
        record["contacts_on_this_issue"],
        counted=tuple(record["counted"]),
        doubtful=tuple(record["doubtful"]),
        left_out=tuple((one["note"], one["because"]) for one in left_out),
        sources_read=tuple(record["sources_read"]),
        sources_failed=tuple(record["sources_failed"]),
        counted_from=tuple(record.get("counted_from", ())),
        doubtful_from=tuple(record.get("doubtful_from", ())),
        left_out_from=tuple(one["source"] for one in left_out if "source" in one),
    )


def _flag(flag: Flag) -> dict[str, Any]:
    record: dict[str, Any] = {
        "kind": flag.kind,
        "term": flag.term,
        "level": flag.level.value,
        "why": flag.why,
        "ask": flag.ask,
        "evidence": [_evidence(piece) for piece in flag.evidence],
    }
    if flag.number is not None:
        record["number"] = flag.number
    if flag.scope:
        record["scope"] = [scope.value for scope in flag.scope]
    if flag.opinion:
        record["opinion"] = {"by": flag.opinion.by, "answer": flag.opinion.answer.value, "why": flag.opinion.why}
    if flag.read_as is not None:
        record["read_as"] = flag.read_as
    return record


def _evidence(piece: Evidence) -> dict[str, Any]:
    record: dict[str, Any] = {
        "turn": piece.turn,
        "field": piece.field.value,
        "start": piece.start,
        "end": piece.end,
        "quote": piece.quote,
    }
    if piece.sign:
        record["sign"] = piece.sign
    if piece.note is not None:
        record["note"] = piece.note
    if piece.attachment is not None:
        record["attachment"] = piece.attachment
    return record


def _evidence_of(record: dict[str, Any]) -> Evidence:
    return Evidence(**{"turn": None, **record, "field": Field(record["field"])})


def _action(action: Action) -> dict[str, Any]:
    """Only the keys that this kind of action has."""
    record: dict[str, Any] = {"kind": action.kind}
    for key in ("to", "phone", "type", "system", "register", "text"):
        if (value := getattr(action, key)) is not None:
            record[key] = value
    if action.scope:
        record["scope"] = [scope.value for scope in action.scope]
    record["level"] = action.level.value
    record["confirm"] = action.confirm
    return record


def _aside(aside: SetAside) -> dict[str, Any]:
    record: dict[str, Any] = {
        "kind": aside.kind,
        "term": aside.term,
        "quote": aside.quote,
        "because": aside.because,
        "turn": aside.turn,
        "field": aside.field.value,
        "start": aside.start,
        "end": aside.end,
    }
    if aside.attachment is not None:
        record["attachment"] = aside.attachment
    return record


def _count(count: Count) -> dict[str, Any]:
    """Of notes that two systems call alike, the system as well."""
    record: dict[str, Any] = {
        "contacts_on_this_issue": count.contacts_on_this_issue,
        "counted": list(count.counted),
        "doubtful": list(count.doubtful),
        "left_out": [{"note": note, "because": reason} for note, reason in count.left_out],
        "sources_read": list(count.sources_read),
        "sources_failed": list(count.sources_failed),
    }
    if count.counted_from:
        record["counted_from"] = list(count.counted_from)
    if count.doubtful_from:
        record["doubtful_from"] = list(count.doubtful_from)
    for one, source in zip(record["left_out"], count.left_out_from, strict=False):
        one["source"] = source
    return record
