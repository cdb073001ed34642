"""Django's settings as a module, for the type checker and for tools that ask for one; the program itself needs none."""

from __future__ import annotations

from watchword.settings import read_settings
from watchword.store.configuration import django_settings
from watchword.web.project import APPS, front_door

SETTINGS = read_settings()
globals().update(django_settings(SETTINGS, apps=APPS, **front_door(SETTINGS)))
