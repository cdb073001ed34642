"""A service of several processes: what one writes the others tell, and the end of any leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest

import watchword
from tests.web.served import READY, free_port, served
from watchword.errors import SettingsError
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.web import listening
from watchword.web.asgi import NEIGHBOURS
from watchword.web.neighbours import ENDING
from watchword.web.stepping_back import AGAIN_MS
from watchword.web.streams import LATER

TWO = ("--processes", "2")
POLICIES = Path(watchword.__file__).parent / "policy" / "shipped"
TURNS = 12
BURST = 64


def children(address: str) -> list[int]:
    """The server's own processes that answer at an address: those that were forked from what it imports ahead in."""
    ahead = imported_ahead(address)
    return [pid for pid in pids() if parent_of(pid) in ahead]


def imported_ahead(address: str) -> list[int]:
    first = [pid for pid in pids() if f"--port {address.rpartition(':')[2]} " in f"{command(pid)} "]
    return [pid for pid in pids() if parent_of(pid) in first and "forkserver" in command(pid)]


def pids() -> list[int]:
    return [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def parent_of(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def wait_for(true: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + READY
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def at_work(settings: Settings, address: str) -> list[int]:
    """The two processes of a server, once both have begun: each has read the policy and meets the other."""
    wait_for(lambda: len(list((settings.folder / NEIGHBOURS).glob(f"*{ENDING}"))) == 2, "two that meet")
    wait_for(lambda: len(children(address)) == 2, "two processes")
    wait_for(lambda: answers(address), "an answer")
    return children(address)


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health", timeout=READY).status_code == 200
    except httpx.TransportError:
        return False


def test_turns_told_to_any_process_are_heard_once_on_every_stream(web: Settings) -> None:
    key = {"Authorization": f"Bearer {make_key('telephony', ['calls', 'read-calls'], by='tests')}"}
    with served(web, more_options=TWO) as address:
        at_work(web, address)
        heard = asyncio.run(_told_and_heard(f"{address}/api/v1", key))
    assert heard == [list(range(TURNS))] * 6


async def _told_and_heard(api: str, key: dict[str, str]) -> list[list[int]]:
    """Each turn on a connection of its own, which any of the processes may take; six streams beside."""
    call = f"{api}/calls/c-1"
    async with httpx.AsyncClient(headers=key, timeout=READY) as client:
        opened = await client.post(f"{api}/calls", json={"id": "c-1", "channel": "phone", "turns": []})
        assert opened.status_code == 201
        listening = [asyncio.create_task(_heard(f"{call}/events", key)) for _ in range(6)]
        for number in range(TURNS):
            async with httpx.AsyncClient(headers=key, timeout=READY) as fresh:
                turn = {"number": number, "speaker": "caller", "text": f"Good morning {number}."}
                assert (await fresh.post(f"{call}/turns", json={"turns": [turn]})).status_code == 200
        assert (await client.post(f"{call}/end")).status_code == 200
        return [await one for one in listening]


async def _heard(address: str, key: dict[str, str]) -> list[int]:
    numbers, event = [], ""
    async with httpx.AsyncClient(headers=key, timeout=READY) as client, client.stream("GET", address) as stream:
        async for line in stream.aiter_lines():
            event = line.removeprefix("event: ") if line.startswith("event: ") else event
            if event == "turn" and line.startswith("data: "):
                numbers.append(json.loads(line.removeprefix("data: "))["number"])
    return numbers


def test_a_burst_of_connections_is_dealt_out_to_all_processes(web: Settings) -> None:
    with served(web, more_options=TWO) as address, ExitStack() as held:
        mine = at_work(web, address)
        before = [sockets_of(pid) for pid in mine]
        port = int(address.rpartition(":")[2])
        for _ in range(BURST):
            held.enter_context(socket.create_connection(("127.0.0.1", port)))
        wait_for(lambda: sum(map(sockets_of, mine)) >= sum(before) + BURST, "all of them")
        given = [sockets_of(pid) - had for pid, had in zip(mine, before, strict=True)]
    assert min(given) > BURST / 8  # dealt out by chance: less comes once in a billion times


def sockets_of(pid: int) -> int:
    return sum(str(each.readlink()).startswith("socket:") for each in Path(f"/proc/{pid}/fd").iterdir())


def test_processes_begin_to_listen_together_and_wait_for_none_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = multiprocessing.get_context("spawn").Semaphore(0)
    monkeypatch.setattr(listening, "_begun", [(begun, 2)])

    async def begin() -> None:
        first = asyncio.create_task(listening.all_begun())
        await asyncio.sleep(0.1)
        assert not first.done()
        await listening.all_begun()
        await first
        await listening.all_begun()  # one that takes another's place
        monkeypatch.setattr(listening, "_begun", [(begun, 9)])
        monkeypatch.setattr(listening, "PATIENCE_SECONDS", 0.05)
        await listening.all_begun()

    asyncio.run(begin())


def test_where_sockets_are_not_dealt_out_one_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "DEALT_OUT", False)
    [shared] = listening.listening_places("127.0.0.1", 0, 2)
    with shared:
        assert type(shared) is socket.socket
        shared.listen()
        with pytest.raises(OSError, match="in use"):
            listening.listening_places("127.0.0.1", shared.getsockname()[1], 2)


def test_of_two_services_that_begin_at_once_the_second_is_told_that_the_address_is_taken() -> None:
    port = free_port()
    with listening.claimed("127.0.0.1", port), ExitStack() as places:
        for place in listening.listening_places("127.0.0.1", port, 2):
            places.enter_context(place)
        with pytest.raises(SettingsError, match="cannot listen"), listening.claimed("127.0.0.1", port):
            pass
    with listening.claimed("127.0.0.1", port):
        pass


def test_processes_listen_at_all_addresses_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: both)
    places = listening.listening_places("service.example", 0, 2)
    assert [place.getsockname()[0] for place in places] == ["127.0.0.1", "127.0.0.2"]
    for place in places:
        place.close()


def link_local() -> list[str]:
    """This machine's addresses that mean nothing without the network they are of."""
    known = Path("/proc/net/if_inet6")
    rows = [row.split() for row in known.read_text().splitlines()] if known.exists() else []
    return [f"{ip_address(int(row[0], 16))}%{row[5]}" for row in rows if row[0].startswith("fe80")]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", *link_local()])
def test_a_process_listens_at_the_very_address_that_it_is_given(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "_begun", [])
    [place] = listening.listening_places(host, 0, 2)
    make, given = place.__reduce__()  # type: ignore[misc]
    with place, make(*given) as another:
        assert another.getsockname() == place.getsockname()


def test_no_process_keeps_to_fewer_connections_than_the_system_lets_it_have(web: Settings) -> None:
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 512), most))
    try:
        with served(web, more_options=TWO) as address:
            limits = [resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in at_work(web, address)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, most))
    assert limits == [(most, most)] * 2


def test_a_process_that_is_killed_is_replaced_and_none_outlives_the_first(web: Settings) -> None:
    with served(web, more_options=TWO) as address:
        killed, stays = at_work(web, address)
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(children(address)) == 2 and killed not in children(address), "a new one")
        assert stays in children(address)
        wait_for(lambda: answers(address), "an answer")
        [ahead], mine = imported_ahead(address), children(address)
        os.kill(parent_of(ahead), signal.SIGKILL)
        wait_for(lambda: not any("forkserver" in command(pid) for pid in (ahead, *mine)), "their end")
        assert not answers(address)


def test_when_what_they_were_forked_from_is_killed_all_begin_anew(web: Settings) -> None:
    with served(web, more_options=TWO) as address:
        before, [ahead] = at_work(web, address), imported_ahead(address)
        os.kill(ahead, signal.SIGKILL)
        wait_for(lambda: not any("forkserver" in command(pid) for pid in before), "their end")
        assert not set(before) & set(at_work(web, address))


def test_told_to_begin_anew_they_do_so_one_after_another_and_somebody_always_answers(
    web: Settings, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(before := (POLICIES / "natera-billing.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    key = {"Authorization": f"Bearer {make_key('telephony', ['assess'], by='tests')}"}
    with served(web, more_options=TWO, WATCHWORD_POLICY=str(policy)) as address:
        old, [ahead] = at_work(web, address), imported_ahead(address)
        assert versions(address, key) == {"1"}
        policy.write_text(before.replace("\nversion: 1\n", "\nversion: 2\n", 1), encoding="utf-8")
        os.kill(parent_of(ahead), signal.SIGHUP)
        seen = set()
        while set(old) & set(children(address)):
            seen |= versions(address, key)
        at_work(web, address)
        assert seen == {"1", "2"}
        assert versions(address, key) == {"2"}


def test_a_call_that_is_heard_goes_on_while_the_processes_are_replaced(web: Settings) -> None:
    key = {"Authorization": f"Bearer {make_key('telephony', ['calls', 'read-calls'], by='tests')}"}
    with served(web, more_options=TWO) as address:
        old, [ahead] = at_work(web, address), imported_ahead(address)
        call = f"{address}/api/v1/calls/c-1"
        opened = {"id": "c-1", "channel": "phone", "turns": [{"speaker": "caller", "text": "Good morning."}]}
        assert httpx.post(f"{address}/api/v1/calls", json=opened, headers=key, timeout=READY).status_code == 201
        with httpx.stream("GET", f"{call}/events", headers=key, timeout=READY) as heard:
            os.kill(parent_of(ahead), signal.SIGHUP)
            lines = list(heard.iter_lines())  # until it ends, and before its process does
        assert [line for line in lines if line.startswith("retry")] == [LATER.strip(), f"retry: {AGAIN_MS}"]
        wait_for(lambda: not set(old) & set(children(address)), "the end of both")
        at_work(web, address)
        assert httpx.post(f"{call}/end", headers=key, timeout=READY).status_code == 200
        assert asyncio.run(_heard(f"{call}/events", key)) == [0]


def versions(address: str, key: dict[str, str]) -> set[str]:
    """Of the policy that contacts are assessed by, asked so often that each process answers."""
    asked = {"id": "c-1", "channel": "phone", "turns": [{"speaker": "caller", "text": "Good morning."}]}
    return {_version(f"{address}/api/v1/assess", asked, key) for _ in range(BURST // 4)}


def _version(address: str, asked: dict[str, Any], key: dict[str, str], tries: int = 3) -> str:
    """A connection that waits at a process which ends is broken off; whoever asks again meets the other."""
    try:
        answer = httpx.post(address, json=asked, headers=key, timeout=READY)
    except httpx.TransportError:
        if not tries:
            raise
        return _version(address, asked, key, tries - 1)
    assert answer.status_code == 200
    version: str = answer.json()["policy"]["version"]
    return version


def test_what_is_imported_ahead_holds_modules_alone() -> None:
    told = "import os, sys, watchword.web.imported as _; from django.db import connection"
    told += "; print(len(os.listdir('/proc/self/task')), 'watchword.web.urls' in sys.modules, connection.connection)"
    told += "; print([name for name in ('numpy', 'onnxruntime', 'tokenizers') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert found.stdout.split("\n") == ["1 True None", "[]", ""], found.stderr


def test_what_is_wrong_is_told_once_by_the_process_that_was_started_by_hand(web: Settings) -> None:
    settings = {**os.environ, "WATCHWORD_DATA": str(web.folder), "DATABASE_URL": "oracle://nobody"}
    command = [sys.executable, "-m", "watchword", "serve", "--port", str(free_port()), *TWO]
    ended = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=READY)
    assert ended.returncode not in (0, 1)
    assert ended.stderr.count("DATABASE_URL") == 1
    assert "Traceback" not in ended.stderr


def test_a_policy_that_is_broken_while_it_is_edited_ends_nobody_but_the_new_process(
    web: Settings, tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(whole := (POLICIES / "natera-billing.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with served(web, more_options=TWO, WATCHWORD_POLICY=str(policy)) as address:
        killed, stays = at_work(web, address)
        policy.write_text("rules: [", encoding="utf-8")
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: len(set(children(address)) - {killed, stays}) == 1, "one that cannot begin")
        (broken,) = set(children(address)) - {killed, stays}
        wait_for(lambda: broken not in children(address), "its end")
        assert stays in children(address)
        assert answers(address)
        policy.write_text(whole, encoding="utf-8")
        wait_for(lambda: len(children(address)) == 2, "two again")
