"""Measure what the meaning model costs and brings, in one run beside the bare encoder.

    python -m benchmarks.cascade

Every figure that is promised is printed with its bar; the exit status is 1 when one is missed.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from statistics import median, quantiles

from benchmarks.cascade.texts import calm_calls, growing, labelled, ordinary_calls
from benchmarks.sight import score
from benchmarks.sight.labelled import Labelled
from benchmarks.start import as_installed, timed
from watchword import open_policy
from watchword.detection.lexicon import lexicon_for
from watchword.detection.meaning import PhraseReader
from watchword.detection.model.reader import ShippedModel, open_shipped
from watchword.detection.model.windows import windows
from watchword.detection.notice import judge_hits
from watchword.detection.so_far import SoFar
from watchword.policy.schema import Policy
from watchword.reading.own_words import passages
from watchword.terms import Contact
from watchword.triage.assess import assess

SHIPPED = resources.files("watchword.detection.model").joinpath("shipped")
LIVE_CALLS = 60
FIRST = (
    "import watchword; policy = watchword.open_policy(); "
    "watchword.assess(watchword.contact_from_json({'id': '1', 'channel': 'phone', "
    "'turns': [{'speaker': 'caller', 'text': 'My lawyer will call you.'}]}), policy)"
)
LOAD = "import watchword.detection.model.reader as reader, watchword; watchword.open_policy(); reader.shipped_model()"
Bar = tuple[str, float, str, float, bool]  # what, value, unit, bar, whether the value must be at least the bar


def new_model(*opened: str) -> ShippedModel:
    """The shipped model with nothing kept from earlier calls; ``opened`` are those of its gate and its sieve that let
    everything through.
    """
    found = open_shipped(SHIPPED)
    found.calibration = replace(found.calibration, **dict.fromkeys(opened, float("-inf")))
    return found


def main() -> int:
    """Measure and print."""
    policy = open_policy()
    lexicon_for(policy)
    calls = ordinary_calls()
    rows = labelled()
    found = [*live(calls, rows, policy), *sifted(calls, policy)]
    of_the_field(policy)
    found += recall_lost(rows, policy)
    found += [*batch(calls, [row.contact for row in rows], policy), *loading()]
    missed = 0
    for what, value, unit, bar, at_least in found:
        held = value >= bar if at_least else value <= bar
        missed += not held
        print(
            f"{'held  ' if held else 'MISSED'}  {what:66}{value:>9.3f} {unit:12} ({'>=' if at_least else '<='} {bar:g})"
        )
    return 1 if missed else 0


def live(calls: Sequence[Contact], rows: Sequence[Labelled], policy: Policy) -> list[Bar]:
    """One turn more in a call that is under way, with the encoder and without it, as the service assesses it: what was
    found before is at hand. What the same takes when the whole call is assessed anew is printed beside it.
    """
    needed: list[float] = []
    spared: list[float] = []
    anew: list[float] = []
    bare: list[float] = []
    hard = [row.contact for row in rows if row.contact.turns]
    model, forgetful = new_model(), new_model()
    for call in [*calls[:LIVE_CALLS], *hard[:LIVE_CALLS]]:
        asked: list[tuple[str, str]] = []
        so_far = SoFar()
        look = model.encoder.look
        for contact, _ in growing(call):
            before = model.looked
            begun = time.perf_counter()
            assess(contact, policy, None, model, so_far)
            spent = time.perf_counter() - begun
            (needed if model.looked > before else spared).append(spent)
            if model.looked == before + 1:
                asked.append((list(windows(passages(contact)))[-1].before, list(windows(passages(contact)))[-1].text))
            elif model.looked > before:
                needed.pop()  # a long turn in several windows is several calls of the encoder
            read = forgetful.looked
            begun = time.perf_counter()
            assess(contact, policy, None, forgetful)
            if forgetful.looked == read:
                anew.append(time.perf_counter() - begun)
        for one in asked:
            begun = time.perf_counter()
            look(*one)
            bare.append(time.perf_counter() - begun)
    print(
        f"live turns: {len(needed)} with the encoder, {len(spared)} without; bare encoder {median(bare) * 1e3:.2f} ms"
    )
    print(f"  with: p50 {median(needed) * 1e3:.2f} ms, p99 {quantiles(needed, n=100)[98] * 1e3:.2f} ms")
    print(f"  without: p50 {median(spared) * 1e3:.3f} ms, p99 {quantiles(spared, n=100)[98] * 1e3:.3f} ms")
    print(f"  without, the whole call anew: p50 {median(anew) * 1e3:.3f} ms")
    return [
        ("a live turn with the encoder, over one bare call of it", median(needed) / median(bare), "times", 1.2, False),
        ("a live turn without the encoder", median(spared) * 1e3, "ms", 0.3, False),
    ]


def sifted(calls: Sequence[Contact], policy: Policy) -> list[Bar]:
    """How many ordinary turns gate, sieve and scan keep from the encoder, and what the encoder then raises."""
    reader, model, unsifted = PhraseReader(lexicon_for(policy)), new_model(), new_model("sieve")
    turns = by_hits = alarms = 0
    for call in calls:
        words = passages(call)
        turns += sum(1 for _ in windows(words))
        by_hits += len({id(one.hit.passage) for one in judge_hits(reader.read(words), call.channel) if not one.final})
        alarms += assess(call, policy, None, model).outcome == "escalate"
        assess(call, policy, None, unsifted)
    kept = 1 - model.looked / turns
    print(
        f"ordinary calls: {len(calls)} with {turns} turns; {model.looked} to the encoder "
        f"({unsifted.looked} without the sieve), {by_hits} for a wording"
    )
    return [
        ("ordinary turns kept from the encoder", kept, "share", 0.85, True),
        ("false escalations in 200 ordinary turns", alarms / turns * 200, "", 1.0, False),
    ]


def of_the_field(policy: Policy) -> None:
    """How much of the calm talk of a billing line the encoder is asked about, and what it raises there."""
    calls = calm_calls()
    for name, model in (("gate alone", new_model("sieve")), ("gate and sieve", new_model())):
        flagged = sum(bool(assess(call, policy, None, model).flags) for call in calls)
        print(f"calm talk of the field, {name}: of {len(calls)} turns {model.looked} to the encoder, {flagged} flagged")


def recall_lost(rows: Sequence[Labelled], policy: Policy) -> list[Bar]:
    """Recall over the benchmark's flags with gate and sieve, with the gate alone, and with both open."""
    found = {}
    models = {"gate and sieve": new_model(), "gate alone": new_model("sieve"), "both open": new_model("gate", "sieve")}
    for name, model in models.items():
        assessed = [(row, assess(row.contact, policy, None, model)) for row in rows]
        found[name] = score.flags(assessed, lambda flag: True)
        print(
            f"  {name}: recall {found[name].recall:.4f}, precision {found[name].precision:.4f}, {model.looked} windows"
        )
    lost = (found["both open"].recall - found["gate and sieve"].recall) * 100
    return [("recall lost by gate and sieve", lost, "points", 0.5, False)]


def batch(calls: Sequence[Contact], hard: Sequence[Contact], policy: Policy) -> list[Bar]:
    """Whole contacts a second on one core."""
    found = {}
    for name, contacts in (("ordinary", calls), ("hard", hard)):
        model = new_model()
        begun = time.perf_counter()
        for contact in contacts:
            assess(contact, policy, None, model)
        found[name] = len(contacts) / (time.perf_counter() - begun)
    print(f"  batch: {found['ordinary']:.0f} ordinary contacts a second, {found['hard']:.0f} of the benchmark's")
    return [("ordinary contacts a second and core", found["ordinary"], "", 150, True)]


def loading() -> list[Bar]:
    """Import and load of policy and model in a fresh process, whole, less what bare Python takes."""
    with tempfile.TemporaryDirectory() as folder:
        environment = as_installed(folder)
        bare, spent, first = (timed([sys.executable, "-c", code], environment) / 1000 for code in ("pass", LOAD, FIRST))
    print(f"  from nothing to the first answer {first - bare:.2f} s")
    return [("import and load of the model", spent - bare, "s", 1.0, False)]


if __name__ == "__main__":
    sys.exit(main())
