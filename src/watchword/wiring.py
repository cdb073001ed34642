"""The only file that knows every room: it opens policies, checks and tests them, and assesses whole files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, BinaryIO, Protocol

from watchword.detection.lexicon import lexicon_for, recall_phrases
from watchword.detection.meaning import MeaningModel
from watchword.detection.phrases import compile_phrase, plain_wording
from watchword.errors import InputError, PatternError, PolicyError, Problem, SettingsError
from watchword.policy.check import check_policy
from watchword.policy.examples import Assess, Tried, as_live, tried_unseen, try_examples
from watchword.policy.load import load_policy, parse_policy, read_policy_text
from watchword.policy.removal import Removal, removals, unnoticed_removals
from watchword.policy.schema import Policy
from watchword.policy.source import Source
from watchword.settings import Settings, read_settings
from watchword.terms import Assessment, Contact, History

if TYPE_CHECKING:
    from threading import Event

    from watchword.connectors.second_opinion import SecondOpinion
    from watchword.detection.so_far import SoFar
    from watchword.escalation.carry import Patience
    from watchword.escalation.ports import Connectors, LedgerPort
    from watchword.store.models import Contact as ContactRow
    from watchword.store.record import Recorded


GLIMPSES = "seen"  # in the service's folder: what the meaning model saw
TEXTS_REMEMBERED = 4  # policies' texts: the one in force, and what is being written


class Decide(Protocol):
    """Assessing, with the model and all else that the settings name. ``so_far`` makes it quick, and never different."""

    def __call__(
        self, contact: Contact, policy: Policy, history: History | None = None, *, so_far: SoFar | None = None
    ) -> Assessment:
        """Assess one contact."""
        ...


Result = tuple[Contact, Assessment] | InputError


def open_policy(name: str, settings: Settings) -> Policy:
    """A policy ready to assess by. Raises PolicyError when it has an error, PatternError when it cannot be compiled."""
    policy, source = parse_policy(*read_policy_text(name))
    recall_phrases(policy, settings.cache)
    errors = tuple(problem for problem in _problems(policy, source) if problem.severity == "error")
    if errors:
        raise PolicyError(
            f"{source.file} has {len(errors)} error{'s' * (len(errors) > 1)}.",
            do=f"Run  watchword policy check {name}  and mend them.",
            problems=errors,
            place=errors[0].place,
        )
    lexicon_for(policy, settings.cache)
    return policy


@cache
def open_model(choice: str) -> MeaningModel | None:
    """The meaning model by the setting's word, loaded once; None for "off". Raises ModelError."""
    if choice == "off":
        return None
    from watchword.detection.model.reader import shipped_model  # imported late: its runtime takes a while to load

    return shipped_model()


def keep_glimpses(settings: Settings, secret: bytes) -> None:
    """Keep what the meaning model sees in the service's folder: what this process saw is there for those after it.

    ``secret`` has at most 64 bytes. What is kept are numbers, which nobody finds without it.
    """
    model = open_model(settings.model)
    if model is None:
        return
    from watchword.detection.model.glimpses import open_glimpses
    from watchword.detection.model.reader import ShippedModel, made_by

    if isinstance(model, ShippedModel):
        model.kept = open_glimpses(settings.folder / GLIMPSES, secret, made_by())


def assess(contact: Contact, policy: Policy, history: History | None = None) -> Assessment:
    """Assess one contact by the settings of the environment. Raises ModelError when the model cannot be loaded."""
    return _by_environment()(contact, policy, history)


@cache
def _by_environment() -> Assess:
    return assess_by(read_settings())


def assess_by(settings: Settings) -> Decide:
    """Assessing with the meaning model of these settings, and with a second opinion where they name one."""
    # imported late: a policy is opened, checked and shown without what reads contacts
    from watchword.triage import assess as triage
    from watchword.triage.opinion import doubts, settle

    model = open_model(settings.model)
    opinions = _second_opinion(settings)

    def decide(
        contact: Contact, policy: Policy, history: History | None = None, *, so_far: SoFar | None = None
    ) -> Assessment:
        assessed = triage.assess(contact, policy, history, model, so_far)
        if opinions is None:
            return assessed
        found = opinions.ask(doubts(assessed, contact, policy), assessed.flags, so_far)
        return settle(assessed, found, contact, policy, history)

    return decide


def _second_opinion(settings: Settings) -> SecondOpinion | None:
    if settings.opinion_url is None:
        return None
    try:
        from watchword.connectors.second_opinion import SecondOpinion
    except ModuleNotFoundError as error:
        raise SettingsError(
            "WATCHWORD_OPINION_URL is set, and the part that asks is not installed.",
            do="Install it: pip install 'watchword[opinion]'.",
        ) from error
    return SecondOpinion(settings.opinion_url, settings.opinion_model, settings.opinion_seconds, settings.opinion_key)


def check(name: str) -> tuple[Problem, ...]:
    """Every problem of a policy, of its shape or of what it says. Raises PolicyNotFound."""
    return check_again(name)[1]


def check_again(name: str) -> tuple[str | None, tuple[Problem, ...]]:
    """The hash of a policy as its file stands now, None when it is none; and its problems. Raises PolicyNotFound.

    The file is read each time, and parsed when it says something that was not parsed lately.
    """
    return checked(*read_policy_text(name))


@lru_cache(maxsize=TEXTS_REMEMBERED)
def checked(text: str, file: str) -> tuple[str | None, tuple[Problem, ...]]:
    """The same of a policy's text."""
    try:
        policy, source = parse_policy(text, file)
    except PolicyError as error:
        return None, error.problems
    return policy.hash, _problems(policy, source)


def _problems(policy: Policy, source: Source) -> tuple[Problem, ...]:
    return check_policy(policy, source, _phrase_problem)


def _phrase_problem(phrase: str) -> str | None:
    try:
        compile_phrase(phrase)
    except PatternError as error:
        return f"{error.what} {error.do}"
    return None


def run_examples(policy: Policy, settings: Settings) -> list[Tried]:
    """The policy's examples and the answers they get."""
    lexicon_for(as_live(policy), settings.cache)
    return try_examples(policy, assess_by(settings))


def run_unseen(policy: Policy, settings: Settings) -> list[Tried]:
    """The examples that a meaning is learnt from, each tried without itself: how well the others teach it."""
    return tried_unseen(policy, assess_by(settings))


def count_removals(policy: Policy) -> int:
    """How many removals `run_removals` will try."""
    return sum(1 for _ in removals(as_live(policy)))


def run_removals(policy: Policy, settings: Settings, step: Callable[[], None] = lambda: None) -> list[Removal]:
    """What could be deleted from the policy without any example noticing.

    Tried by the wordings alone: whether the model would have seen it too says nothing about what is listed. The limits
    of a meaning that lists none are tried with the model.
    """
    from watchword.triage import assess as triage

    return unnoticed_removals(policy, triage.assess, assess_by(settings), plain_wording, step)


def assess_files(
    paths: Iterable[str],
    policy: Policy,
    settings: Settings,
    *,
    stdin: BinaryIO | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Result]:
    """Read and assess every contact of the files, in order; what cannot be read comes as an error in its place."""
    from watchword.reading.files import read_contacts  # imported late: it knows every shape of transcript

    decide = assess_by(settings)
    for found in read_contacts(paths, settings=settings, stdin=stdin, progress=progress):
        yield found if isinstance(found, InputError) else (found, decide(found, policy, None))


def open_store(settings: Settings) -> None:
    """Make the database's tables usable in this process. Raises SettingsError."""
    check_installed()
    from watchword.store.configuration import configure

    configure(settings)


def migrate(settings: Settings) -> tuple[str, ...]:
    """Bring the database up to date, and name what was done. Raises SettingsError, StoreError."""
    open_store(settings)
    from watchword.store.upgrade import upgrade

    return upgrade()


def take_in(
    contact: Contact,
    policy: Policy,
    decide: Assess,
    *,
    source: str = "",
    is_open: bool = False,
    actor: str = "system",
    alongside: Callable[[ContactRow], None] | None = None,
) -> tuple[Assessment, Recorded]:
    """Assess a contact and write down everything that follows; the workers carry it out. Raises RecordConflict.

    ``alongside`` writes what else belongs to the contact, in the same transaction.
    The notes that are kept of whoever it is from count beside those that come with it, and are recorded with it.
    """
    from watchword.escalation.standing import replan
    from watchword.escalation.steps import plan_steps
    from watchword.store.earlier import with_earlier_notes
    from watchword.store.record import record

    contact = with_earlier_notes(contact)
    assessment = decide(contact, policy, None)
    steps = plan_steps(assessment)
    recorded = record(
        contact,
        assessment,
        steps,
        replan=replan(contact, policy, assessment),
        source=source,
        is_open=is_open,
        actor=actor,
        alongside=alongside,
    )
    return assessment, recorded


def built_in() -> Connectors:
    """The desk, the register and click-to-dial: everything works with nothing else connected."""
    from watchword.escalation.ports import Connectors
    from watchword.store.click_to_dial import ClickToDial
    from watchword.store.desk import DeskChatter, DeskQueues, DeskTickets
    from watchword.store.register import Register

    return Connectors(
        ticket=DeskTickets(), queue=DeskQueues(), chatter=DeskChatter(), telephony=ClickToDial(), register=Register()
    )


def run_worker(
    settings: Settings,
    stop: Event,
    *,
    connectors: Connectors | None = None,
    ledger: LedgerPort | None = None,
    patience: Patience | None = None,
    begun: Callable[[], None] = lambda: None,
) -> None:
    """Carry steps out until ``stop`` is set; ``begun`` is called when that begins.

    Raises WorkerRunning when a worker of this name is at work already, StoreError when the database or the queue
    cannot be used.
    """
    open_store(settings)
    from functools import partial
    from pathlib import Path
    from threading import Thread
    from urllib.parse import quote

    from watchword.escalation.alone import alone
    from watchword.escalation.carry import DEFAULT_PATIENCE, carry
    from watchword.escalation.durable import queue_url, start
    from watchword.escalation.work import work
    from watchword.store.configuration import for_owner_alone
    from watchword.store.ledger import Ledger
    from watchword.store.sessions import forget_ended
    from watchword.store.upgrade import check_up_to_date
    from watchword.store.writable import check_writable

    check_up_to_date()
    check_writable()
    kept = ledger or Ledger()
    carrying = partial(
        carry,
        worker=settings.worker,
        ledger=kept,
        connectors=connectors or built_in(),
        patience=patience or DEFAULT_PATIENCE,
    )
    url = queue_url(settings.database_url, settings.folder)
    # A file is one worker's; a PostgreSQL is shared by workers with names of their own.
    name = "worker" if url.startswith("sqlite") else f"worker-{quote(settings.worker, safe='')}"
    if url.startswith("sqlite"):
        for_owner_alone(Path(url.removeprefix("sqlite:///")))
    with alone(settings.folder / f"{name}.lock"):
        queue = start(carrying, url=url, worker=settings.worker, at_once=settings.at_once)
        telling = Thread(target=run_telling, args=(settings, stop), name="webhooks")
        telling.start()
        begun()
        try:
            work(settings.worker, kept, queue, stop, tidy=forget_ended)
        finally:
            stop.set()
            queue.stop()
            telling.join()


def run_telling(settings: Settings, stop: Event) -> None:
    """Tell webhooks what happens until ``stop`` is set; the store must be open."""
    from watchword.connectors.webhook import WebhookSender
    from watchword.escalation.telling import tell
    from watchword.store.deliveries import Deliveries

    tell(Deliveries(), WebhookSender(settings.webhooks_to).send, stop, worker=settings.worker)


def try_webhook(name: str, settings: Settings) -> None:
    """Send a webhook one delivery that says nothing but that it is a test. Raises NotRecorded, ConnectorError."""
    from watchword.connectors.webhook import WebhookSender
    from watchword.store.deliveries import a_test_for

    WebhookSender(settings.webhooks_to).send(a_test_for(name))


def check_installed() -> None:
    """Raises SettingsError when the parts of the service are not there."""
    from importlib.util import find_spec

    if find_spec("django") is None or find_spec("dbos") is None:
        raise SettingsError(
            "The service's parts are not installed.", do="Install them: pip install 'watchword[server]'."
        )


__all__ = [
    "assess",
    "assess_files",
    "built_in",
    "check",
    "check_again",
    "check_installed",
    "load_policy",
    "migrate",
    "open_policy",
    "open_store",
    "run_examples",
    "run_removals",
    "run_worker",
    "take_in",
]
