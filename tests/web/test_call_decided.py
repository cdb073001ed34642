"""What an agent decided of a flag holds when the call goes on: nothing comes back, nothing goes by a second key."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.recorded import SUES
from tests.web.conftest import SignedIn
from tests.web.on_a_call import PAGE, all_steps, do, said, step
from tests.web.test_console import text
from watchword.store import models
from watchword.terms import Speaker, Turn
from watchword.web import heard, live
from watchword.web.access import Role

WAITED = "I have been waiting for two weeks and nobody called me back."
KEYWORD_LINE, RESOLUTIONS = "Natera Billing Escalation Calls", "Natera Resolutions"
KEYWORD_WORDS = "I understand this situation may be stressful"
FRUSTRATION_WORDS = "I completely understand how frustrating this must be"
HEARD_WRONGLY = "3"
PERHAPS = "My brother passed the bar last year, maybe I talk to him."
STOP_CONTACTING = "Do you want us to stop contacting you altogether"
PREFERENCE = "ensure that your preference is honored"


def goes_on(*words: str) -> None:
    """The caller says more."""
    for spoken in words:
        piece = f"p{models.Turn.objects.count()}"
        live.add("c-1", [Turn(Speaker.CALLER, spoken, {heard.PIECE: piece})], actor="test")


def states(**of: Any) -> set[str]:
    return set(models.Step.objects.filter(**of).values_list("state", flat=True))


@pytest.fixture
def agent(signed_in: SignedIn) -> Client:
    return signed_in(Role.AGENT)


def test_a_dismissed_flag_stays_dismissed_when_another_is_raised(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=HEARD_WRONGLY)
    goes_on(WAITED, "I need an answer today.")
    assert states(type="Executive Escalation Keywords") == {"cancelled"}
    assert states(type="Patient SOS") == {"waits for agent"}
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.state, transfer.to) == ("waits for agent", RESOLUTIONS)
    page = text(agent, PAGE)
    assert "Escalate now" in page
    assert "attorney: called off" in page
    assert FRUSTRATION_WORDS in page
    assert KEYWORD_WORDS not in page


def test_neither_the_brief_nor_the_ticket_tells_a_dismissed_flag(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=HEARD_WRONGLY)
    goes_on(WAITED)
    do(agent, "confirm", step=[step(), models.Step.objects.get(type="Patient SOS").key])
    do(agent, "transfer", step=step(), act="dial")
    goes_on("I need an answer today.")
    page = text(agent, PAGE)
    reason = page.split("<dt>Reason</dt>")[1].split("</dd>")[0]
    assert "frustration" in reason
    assert "attorney" not in reason
    assert RESOLUTIONS in page


def test_the_ticket_filled_in_leaves_a_dismissed_flag_out(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=HEARD_WRONGLY)
    goes_on(WAITED)
    ticket = text(agent, PAGE).split("<pre>")[1].split("</pre>")[0]
    assert "frustration" in ticket
    assert "attorney" not in ticket


def test_only_a_flag_that_demands_a_step_brings_it_back(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=HEARD_WRONGLY)
    goes_on("Never contact me again. Stop calling me.")
    assert states(kind="warm_transfer") == {"cancelled"}
    assert states(type="Do Not Contact Me") == {"waits for agent"}


def test_a_dismissal_taken_back_stands_again(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=all_steps(), because=HEARD_WRONGLY)
    do(agent, "take-back", step=all_steps())
    goes_on(WAITED)
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.state, transfer.to) == ("waits for agent", KEYWORD_LINE)
    assert "called off" not in text(agent, PAGE)


def test_another_step_dismissed_alone_calls_no_flag_off(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=[step()], reason="This one does not apply")
    goes_on("I will complain to the Better Business Bureau.")
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.state, transfer.to) == ("waits for agent", KEYWORD_LINE)
    assert "attorney" in text(agent, PAGE).split("<pre>")[1].split("</pre>")[0]


def also(browser: Client) -> str:
    """What the page asks beside the transfer."""
    page = text(browser, PAGE)
    return page.split('<div class="also">')[1].split("</form>\n</div>")[0] if '<div class="also">' in page else ""


def test_a_doubt_beside_a_transfer_is_asked_and_never_confirmed_by_the_same_key(agent: Client) -> None:
    said(SUES, "I get too many calls.")
    assert "Escalate now" in text(agent, PAGE)
    orders = models.Step.objects.filter(level="escalate").values_list("key", flat=True)
    assert do(agent, "confirm", step=list(orders)) is None
    page = text(agent, PAGE)
    assert 'data-mode="transfer"' in page
    assert 'data-key="c"' not in page
    beside = also(agent)
    for shown in ("Also: ask first", STOP_CONTACTING, 'data-key="y"', "Do Not Contact Me", "Settled on this call"):
        assert shown in beside
    reason = models.Step.objects.filter(level="clarify").values_list("key", flat=True)
    assert do(agent, "dismiss", step=list(reason), because="4") is None
    assert not also(agent)
    assert models.RegisterEntry.objects.count() == 0


def test_a_doubt_alone_has_a_key_of_its_own_too(agent: Client) -> None:
    said(PERHAPS)
    page = text(agent, PAGE)
    assert "Ask first" in page
    assert 'data-key="y"' in page
    assert 'data-key="c"' not in page


def test_an_order_raised_during_the_transfer_has_its_words_and_can_be_dismissed(agent: Client) -> None:
    said()
    do(agent, "confirm", step=all_steps())
    do(agent, "transfer", step=step(), act="dial")
    goes_on("Never contact me again. Stop calling me.")
    beside = also(agent)
    for shown in ("Also: escalate", PREFERENCE, 'data-key="c"', "Settled on this call"):
        assert shown in beside
    assert KEYWORD_WORDS not in beside


def test_what_was_asked_about_and_meant_has_its_words(agent: Client) -> None:
    said(PERHAPS)
    assert KEYWORD_WORDS not in text(agent, PAGE)
    do(agent, "confirm", step=all_steps())
    do(agent, "transfer", step=step(), act="dial")
    page = text(agent, PAGE)
    assert KEYWORD_WORDS in page
    assert "attorney" in page.split("<dt>Reason</dt>")[1].split("</dd>")[0]


@pytest.mark.parametrize(
    ("because", "told"), [("1", "The caller has hung up"), ("2", "The caller does not want to be transferred")]
)
def test_a_transfer_that_the_caller_does_not_take_is_called_off_and_nothing_false_is_said(
    agent: Client, because: str, told: str
) -> None:
    said()
    do(agent, "confirm", step=all_steps())
    do(agent, "transfer", step=step(), act="dial")
    assert do(agent, "transfer", step=step(), act="call off")[0] == 409
    assert do(agent, "transfer", step=step(), act="call off", because=because) is None
    transfer = models.Step.objects.get(kind="warm_transfer")
    assert (transfer.state, transfer.why) == ("cancelled", told)
    assert not models.Step.objects.filter(type="Callback Requested").exists()
    assert not models.Event.objects.filter(action__contains="not reached").exists()
    assert models.Event.objects.filter(action="step withdraw").get().detail["reason"] == told
    assert models.Step.objects.get(type="Executive Escalation Keywords").state == "planned"
    assert "called off" not in text(agent, PAGE).split("</h2>")[1].split("</div>")[0]  # the flag stands
    assert do(agent, "take-back", step=step()) is None
    assert do(agent, "confirm", step=step()) is None
    assert do(agent, "transfer", step=step(), act="dial") is None


def test_a_call_can_be_ended_while_its_transfer_runs_and_then_no_clock_does(agent: Client) -> None:
    said()
    do(agent, "confirm", step=all_steps())
    do(agent, "transfer", step=step(), act="dial")
    page = text(agent, PAGE)
    assert 'data-key="e"' in page
    assert "data-held" in page
    assert do(agent, "end") is None
    page = text(agent, PAGE)
    assert "data-held" not in page
    assert "the call has ended" in page
    assert "Time is up" not in page
    assert do(agent, "transfer", step=step(), act="call off", because="1") is None


def test_not_reached_only_asks_and_the_lines_number_stays_in_sight(agent: Client) -> None:
    said()
    do(agent, "confirm", step=all_steps())
    for act in ("dial", "back"):
        page = text(agent, PAGE)
        assert '<summary data-key="n">Not reached' in page
        assert '<button class="quiet" data-key="n">' not in page
        do(agent, "transfer", step=step(), act=act)
    do(agent, "transfer", step=step(), act="not reached")
    assert "650.412.8715" in text(agent, PAGE).split('<ul class="steps-now">')[1].split("</li>")[0]


def test_done_says_that_all_has_arrived_only_when_it_has(agent: Client) -> None:
    said()
    do(agent, "dismiss", step=step(), because="5")
    models.Step.objects.filter(kind="ticket").update(state="confirmed")
    page = text(agent, PAGE)
    assert "What was not called off has arrived." in page
    assert "Everything that the guideline asks for" not in page
    models.Step.objects.update(state="confirmed")
    assert "Everything that the guideline asks for has arrived." in text(agent, PAGE)
