"""PostgreSQL behind a pooler, which may hand the connection to another program after each transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from tests.databases import fresh_postgresql
from watchword.settings import Settings

ONE_BY_ONE = 1


def test_what_is_read_in_pieces_leaves_nothing_open_on_the_connection(tmp_path: Path, postgresql_server: Any) -> None:
    settings = Settings(folder=tmp_path / "service", model="off", worker="w1", secret="test")
    with fresh_postgresql(postgresql_server, settings):
        for key in ("one", "another"):
            Session.objects.create(session_key=key, session_data="", expire_date=timezone.now())
        for _ in Session.objects.iterator(ONE_BY_ONE):
            with connection.cursor() as cursor:
                cursor.execute("SELECT name FROM pg_cursors")
                assert cursor.fetchall() == []
