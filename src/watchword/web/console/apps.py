"""The console as an application of Django, so that its pictures and styles are found."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """It has no tables of its own."""

    name = "watchword.web.console"
    label = "console"
