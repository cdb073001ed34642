"""Processes that meet in a folder: what one says the others hear, and none of them holds another up."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.web.served import READY
from watchword.web import listeners
from watchword.web.neighbours import ENDING, LONGEST_LINE, MOST_WAITING, Neighbours


async def until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + READY
    while not true():
        assert time.monotonic() < ends, "waited for nothing"
        await asyncio.sleep(0.01)


def test_one_that_cannot_take_its_socket_along_leaves_all_the_same(tmp_path: Path) -> None:
    """As from a disk that may only be read by now."""

    async def leave() -> None:
        one = Neighbours(tmp_path / "news", lambda _hint: None)
        await one.open()
        (tmp_path / "news").rename(tmp_path / "elsewhere")
        (tmp_path / "news").write_bytes(b"")
        await one.close()

    asyncio.run(leave())


def test_neighbours_hear_each_other_and_not_themselves(tmp_path: Path) -> None:
    async def meet() -> None:
        heard: dict[str, list[bytes]] = {name: [] for name in "abc"}
        all_three = [Neighbours(tmp_path, heard[name].append) for name in "abc"]
        for one in all_three:
            await one.open()
        for sender, name in zip(all_three, "abc", strict=True):
            await until(lambda one=sender: len(one._lines) == 2)  # type: ignore[misc]
            await asyncio.to_thread(sender.say, name.encode())  # from any thread
        await until(lambda: all(len(hints) == 2 for hints in heard.values()))
        assert {name: sorted(hints) for name, hints in heard.items()} == {
            "a": [b"b\n", b"c\n"],
            "b": [b"a\n", b"c\n"],
            "c": [b"a\n", b"b\n"],
        }
        for one in all_three:
            await one.close()
        assert list(tmp_path.iterdir()) == []
        all_three[0].say(b"nobody is there any more")

    asyncio.run(meet())


def test_the_socket_of_one_that_was_killed_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / f"dead{ENDING}"
    new = tmp_path / f"new{ENDING}"
    with socket.socket(socket.AF_UNIX) as dead, socket.socket(socket.AF_UNIX) as not_yet:
        dead.bind(str(left))
        not_yet.bind(str(new))  # and does not listen yet
    os.utime(left, (0, 0))
    os.utime(new, (time.time() + READY, time.time() + READY))

    async def meet() -> None:
        one = Neighbours(tmp_path, lambda hint: None)
        await one.open()
        await until(lambda: not left.exists())
        await one.close()
        assert new.exists()

    asyncio.run(meet())


def test_a_neighbour_that_does_not_read_holds_nobody_up_and_fills_no_memory(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / f"deaf{ENDING}"))
        deaf.listen()

        async def meet() -> None:
            one = Neighbours(tmp_path, lambda hint: None)
            await one.open()
            await until(lambda: bool(one._lines))
            for _ in range(100):
                one.say(b"x" * LONGEST_LINE)
            await asyncio.sleep(0)
            (line,) = one._lines.values()
            assert line.transport.get_write_buffer_size() <= MOST_WAITING + LONGEST_LINE
            await one.close()

        asyncio.run(meet())


def test_a_line_that_is_none_ends_the_conversation_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def meet() -> None:
        heard: list[bytes] = []
        one = Neighbours(tmp_path, heard.append)
        await one.open()
        (mine,) = tmp_path.glob(f"*{ENDING}")
        _, babbler = await asyncio.open_unix_connection(mine)
        babbler.write(b"x" * 5 * LONGEST_LINE)
        await until(lambda: "not understood" in caplog.text)
        _, other = await asyncio.open_unix_connection(mine)
        other.write(b"a hint\n")
        await until(lambda: heard == [b"a hint\n"])
        babbler.transport.abort()
        other.transport.abort()
        await one.close()

    asyncio.run(meet())


def test_without_a_place_for_sockets_it_stays_alone_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def meet() -> None:
        one = Neighbours(tmp_path / ("x" * 120), lambda hint: None)
        await one.open()
        one.say(b"to nobody")
        await one.close()

    asyncio.run(meet())
    assert "a second late" in caplog.text


def test_a_long_turn_is_told_as_a_bare_hint(tmp_path: Path) -> None:
    async def meet() -> None:
        heard: list[Any] = []
        mine = await listeners.meet_neighbours(tmp_path)
        other = Neighbours(tmp_path, lambda hint: heard.append(json.loads(hint)))
        await other.open()
        await until(lambda: bool(mine._lines))
        listeners.tell("call", "c-1", [{"text": "short"}])
        listeners.tell("call", "c-1", [{"text": "x" * LONGEST_LINE}])
        await until(lambda: len(heard) == 2)
        assert heard == [["call", "c-1", [{"text": "short"}]], ["call", "c-1", None]]
        await other.close()
        await listeners.part(mine)

    asyncio.run(meet())
    listeners.tell("call", "c-1")  # and nobody is there any more
