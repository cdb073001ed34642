"""What was recorded of an assessment can be planned from again."""

from __future__ import annotations

import json
from dataclasses import replace

from tests.made import NOW
from tests.recorded import NO_MORE, SUES, a_call, a_mail, assessed
from watchword.terms import Answer, Channel, History, Note, Opinion
from watchword.triage.record import as_record, count_of, flag_of

CLAIMS = "This is the fourth time I am calling about this bill."
WAITED = "I have been waiting for two weeks and nobody called me back."
NOTES = tuple(
    Note(f"n{number}", "LIMS", "Asked about the bill.", channel, NOW, "INV-1")
    for number, channel in enumerate((Channel.PHONE, Channel.EMAIL, None))
)


def test_flags_and_counts_come_back_as_they_were_recorded() -> None:
    heard = assessed(a_call(SUES, NO_MORE, CLAIMS, WAITED))
    read = assessed(replace(a_mail(), issue="INV-1", history=History(NOTES, ("LIMS",), ("AMD",))))
    flags = [*heard.flags, *read.flags]
    flags.append(replace(flags[0], read_as="An attorney"))
    flags.append(replace(flags[0], opinion=Opinion("a model", Answer.NOT_MEANT, "It is her neighbour’s.")))
    assert {flag.kind for flag in flags} == {"keyword", "do_not_contact", "repeated_contact", "frustration"}
    assert any(flag.number for flag in flags)
    assert any(flag.scope for flag in flags)
    assert read.count.counted
    again = replace(heard, flags=tuple(flags))
    assert tuple(map(flag_of, json.loads(json.dumps(as_record(again)))["flags"])) == again.flags
    assert count_of(json.loads(json.dumps(as_record(read)))["history"]) == read.count
