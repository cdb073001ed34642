"""Processes that are replaced let go of nobody who was not asked, and end at once when all must."""

from __future__ import annotations

import http.client
import os
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.web.served import READY, served
from tests.web.test_processes import POLICIES, TWO, at_work, children, command, imported_ahead, parent_of, wait_for
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.web import stepping_back
from watchword.web.stepping_back import Pace

LINES = 8


def test_whoever_keeps_a_connection_is_asked_to_come_to_another_process_and_is_cut_off_by_none(web: Settings) -> None:
    with served(web, more_options=TWO) as address:
        old, [ahead] = at_work(web, address), imported_ahead(address)
        lines = [http.client.HTTPConnection(address.removeprefix("http://"), timeout=READY) for _ in range(LINES)]
        asked_to_go: Counter[int] = Counter()
        os.kill(parent_of(ahead), signal.SIGHUP)
        while set(old) & set(children(address)):
            for at, line in enumerate(lines):
                line.request("GET", "/health")  # raises when the connection was cut off meanwhile
                answer = line.getresponse()
                assert answer.status == 200
                answer.read()
                asked_to_go[at] += answer.getheader("connection") == "close"
            time.sleep(0.1)
        assert len(asked_to_go) == LINES
        assert min(asked_to_go.values()) > 0
        for line in lines:
            line.close()


def test_a_service_that_is_stopped_while_it_begins_anew_ends_all_its_processes(web: Settings) -> None:
    key = {"Authorization": f"Bearer {make_key('telephony', ['calls', 'read-calls'], by='tests')}"}
    with served(web, more_options=TWO) as address:
        old, [ahead] = at_work(web, address), imported_ahead(address)
        first = parent_of(ahead)
        opened = {"id": "c-1", "channel": "phone", "turns": []}
        assert httpx.post(f"{address}/api/v1/calls", json=opened, headers=key, timeout=READY).status_code == 201
        with httpx.stream("GET", f"{address}/api/v1/calls/c-1/events", headers=key, timeout=READY):
            os.kill(first, signal.SIGHUP)
            wait_for(lambda: len(children(address)) == 3, "one more")
            seen = {*old, *children(address)}
            os.kill(first, signal.SIGTERM)
            wait_for(lambda: not command(first), "the end of the first")
        wait_for(lambda: not any("forkserver" in command(pid) for pid in seen), "the end of all")


def test_told_to_begin_anew_with_a_broken_policy_those_that_serve_stay(web: Settings, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text((POLICIES / "natera-billing.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with served(web, more_options=TWO, WATCHWORD_POLICY=str(policy)) as address:
        old, [ahead] = at_work(web, address), imported_ahead(address)
        policy.write_text("rules: [", encoding="utf-8")
        os.kill(parent_of(ahead), signal.SIGHUP)
        wait_for(lambda: len(children(address)) == 3, "one that cannot begin")
        [new] = set(children(address)) - set(old)
        wait_for(lambda: new not in children(address), "its end")
        assert set(at_work(web, address)) == set(old)


def test_one_after_another_is_asked_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(stepping_back.time, "monotonic", lambda: now)
    pace = Pace()
    assert not pace.is_due()
    pace.begin(4, within=2.0)
    assert [pace.is_due(), pace.is_due()] == [True, False]
    now += 0.5
    assert [pace.is_due(), pace.is_due()] == [True, False]
    now += 1.0  # nobody asked in the meantime: two may go
    assert [pace.is_due(), pace.is_due(), pace.is_due()] == [True, True, False]
    pace.begin(0, within=2.0)  # nobody but streams: who asks all the same goes
    assert pace.is_due()
