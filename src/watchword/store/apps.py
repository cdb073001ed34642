"""The store as an application of Django."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The tables' names begin with store_."""

    name = "watchword.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
