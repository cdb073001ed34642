"""The console as an application of Django, so that its pictures and styles are found."""

from __future__ import annotations

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """It has no tables of its own."""

    name = "watchword.web.console"
    label = "console"

    def ready(self) -> None:
        """Once the applications are there, signing in can be listened to."""
        from watchword.web.sign_in_log import listen

        listen()
