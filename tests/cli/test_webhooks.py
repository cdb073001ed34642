"""`watchword webhook …` as operators type it, and a worker that is killed while it tells a system that misbehaves."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.test_people import run
from tests.cli.test_work import environment, wait_until
from tests.connectors.hook_server import hook_server, late, nothing, rubbish, status
from tests.recorded import a_mail, keep
from watchword.errors import InputError, NotRecorded, PermanentFailure, TransientFailure
from watchword.settings import Settings
from watchword.store import models


@pytest.fixture(autouse=True)
def here(database: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands speak to the test's own database."""
    for name in ("WATCHWORD_POLICY", "WATCHWORD_MODEL", "WATCHWORD_WEBHOOKS_TO"):
        monkeypatch.delenv(name, raising=False)


def start(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "watchword", "work", "--name", "w1"]
    return subprocess.Popen(command, env=environment(settings), stderr=subprocess.DEVNULL)


def arrived() -> int:
    return models.Delivery.objects.filter(state="delivered").count()


def test_nothing_is_lost_however_the_other_side_answers_and_whoever_is_killed(database: Settings) -> None:
    """Four at a time: a failure, a closed connection, rubbish, and one that is under way when the worker dies."""
    with hook_server(status(500), nothing, rubbish, late(90), status(204)) as hooks:
        hooks.secret = run("webhook", "add", "crm", "--url", hooks.url, "--event", "all").strip()
        for number in range(3):
            keep(a_mail(id=f"m-{number}"))
        process = start(database)
        try:
            wait_until(lambda: len(hooks.heard) >= 4)
            process.kill()
            process.wait()
            before = set(hooks.ids())
            process = start(database)
            wait_until(lambda: arrived() == 12 and not models.Step.objects.exclude(state="confirmed").exists())
        finally:
            process.kill()
            process.wait()
    assert len(before) == 4
    assert before < set(hooks.ids()) == set(models.Delivery.objects.values_list("key", flat=True))
    assert hooks.signed == len(hooks.heard) > 12
    counted = sorted(one["type"] for one in hooks.told())
    assert counted == ["escalation.opened"] * 3 + ["flag.raised"] * 3 + ["step.confirmed"] * 6
    for id in set(hooks.ids()):  # however often it comes, it says the same
        assert len({body for headers, body in hooks.heard if headers["webhook-id"] == id}) == 1


def test_from_the_first_day_to_the_last() -> None:
    with hook_server(status(200), status(500), status(410)) as hooks:
        hooks.secret = run("webhook", "add", "crm", "--url", hooks.url, "--event", "step.needs_person").strip()
        assert f"crm\t{hooks.url}\tstep.needs_person\t0 waiting, 0 need a person, nothing yet\n" == run(
            "webhook", "list"
        )
        assert run("webhook", "test", "crm") == "crm took it.\n"
        with pytest.raises(TransientFailure, match="500") as told:
            run("webhook", "test", "crm")
        assert "by itself" not in told.value.do  # a test is sent once
        with pytest.raises(PermanentFailure, match="410"):
            run("webhook", "test", "crm")
    assert (hooks.signed, hooks.told()[0]["type"]) == (3, "webhook.test")
    assert run("webhook", "retry", "crm") == "0 deliveries are tried again.\n"
    assert run("webhook", "remove", "crm") == "crm is told nothing more; 0 deliveries were dropped.\n"
    assert run("webhook", "list") == ""


def test_what_cannot_be_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="no web address"):
        run("webhook", "add", "crm", "--url", "crm", "--event", "all")
    with pytest.raises(InputError, match="no event called everything"):
        run("webhook", "add", "crm", "--url", "http://127.0.0.1/", "--event", "everything")
    with pytest.raises(NotRecorded):
        run("webhook", "test", "crm")
    run("webhook", "add", "crm", "--url", "http://127.0.0.1:9/", "--event", "all")
    monkeypatch.setenv("WATCHWORD_WEBHOOKS_TO", "outside")
    with pytest.raises(PermanentFailure, match="is outside"):
        run("webhook", "test", "crm")
