"""The guide for integrators followed to the letter: each request that it shows, and the answer that it promises."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.client.test_service import GUIDE
from tests.databases import close, fresh_sqlite
from tests.web.served import served
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.store.people import person_for
from watchword.store.register import enter_by_hand
from watchword.terms import Person, Scope

ZOE = Person(name="Zoe Reed", phone="+16505550100", email="zoe@example.com")  # of whom the guide says that she asked
ADDRESS = "localhost:8000"
ENDLESS = re.compile(r"data: \{\"id\".*\n")  # in what is followed the last that the guide shows has come


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def steps(block: str) -> list[tuple[str, str]]:
    """Each command with the answer below it."""
    found = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        ends = next(at for at in range(len(lines)) if _whole("".join(lines[: at + 1])))
        found.append(("".join(lines[: ends + 1]), "".join(lines[ends + 1 :])))
    return found


def _whole(command: str) -> bool:
    try:
        return not command.endswith("\\\n") and bool(shlex.split(command))
    except ValueError:  # a quotation goes on in the next line
        return False


def made(command: str) -> str:
    """The key that `watchword key add` would make."""
    words = shlex.split(command.removeprefix("KEY=$(").rstrip().removesuffix(")"))
    assert words[:3] == ["watchword", "key", "add"]
    given = argparse.ArgumentParser()
    given.add_argument("name")
    given.add_argument("--scope", action="append")
    told = given.parse_args(words[3:])
    return make_key(told.name, told.scope, by="test")


def asked(command: str, address: str, folder: Path) -> str:
    """What `curl` would print."""
    curl = argparse.ArgumentParser()
    curl.add_argument("address")
    curl.add_argument("-s", "-sN", action="store_true")
    curl.add_argument("-X")
    curl.add_argument("-H", action="append")
    curl.add_argument("-d", "--data-binary", dest="d")
    program, *words = shlex.split(command.replace("\\\n", ""))
    assert program == "curl"
    told = curl.parse_args(words)
    content = (folder / told.d[1:]).read_bytes() if (told.d or "").startswith("@") else told.d
    url = "http://" + told.address.replace(ADDRESS, address.removeprefix("http://"))
    method = told.X or ("GET" if content is None else "POST")
    headers = dict(one.split(": ", 1) for one in told.H)
    came = ""
    with httpx.stream(method, url, headers=headers, content=content, timeout=60) as answer:
        for line in answer.iter_lines():
            came += line + "\n"
            if ENDLESS.search(came):
                break
    return came


def promised(answer: str) -> re.Pattern[str]:
    """The answer as the guide shows it, with anything in the place of what it leaves out; blanks are all the same."""
    parts = [re.escape(" ".join(part.split())) for part in answer.split("…")]
    return re.compile(r" ?" + r" ?.* ?".join(parts) + (r".*" if answer.rstrip().endswith("…") else r" ?$"))


@pytest.fixture
def service(sqlite_template: Any, tmp_path: Path) -> Iterator[Settings]:
    """On SQLite, as for whoever tries it: in an event PostgreSQL tells the keys in another order, which JSON allows."""
    with fresh_sqlite(sqlite_template, Settings(folder=tmp_path / "service", model="off")) as settings:
        yield settings


def test_every_request_that_the_guide_shows_is_answered_as_it_says(service: Settings, tmp_path: Path) -> None:
    enter_by_hand(person_for(ZOE), [Scope.CALLS], by="test", origin="a letter")
    (letter,) = blocks("eml")
    (tmp_path / "letter.eml").write_text(letter, encoding="utf-8")
    key, tried = "", 0
    close()
    with served(service) as address:
        for block in blocks("console"):
            for command, answer in steps(block):
                if command.startswith("KEY="):
                    key = made(command)
                    close()
                    continue
                told = " ".join(asked(command.replace("$KEY", key), address, tmp_path).split())
                assert promised(answer).match(told), f"{command}\n{told}\n{answer}"
                tried += 1
    assert tried >= 12
