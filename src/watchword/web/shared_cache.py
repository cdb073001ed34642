"""Django's cache in the service's own database, so that all its processes count together who tries to sign in.

Django has one as well, but it keeps pickles: whoever could write into the database could have the server run anything.
Here a value is JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.utils import timezone

from watchword.store.models import Remembered

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class SharedCache(BaseCache):
    """A row for each value. ``add`` is done by one process alone, whoever else tries."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Remember a value if there is none; whether it was."""
        named, until = self.make_and_validate_key(key, version=version), self._until(timeout)
        Remembered.objects.filter(until__lte=timezone.now()).delete()
        try:
            with transaction.atomic():
                Remembered.objects.create(key=named, value=value, until=until)
        except IntegrityError:
            return False
        return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """The value, if it is remembered still."""
        named = self.make_and_validate_key(key, version=version)
        found = Remembered.objects.filter(key=named, until__gt=timezone.now()).values_list("value", flat=True)
        return next(iter(found), default)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Remember a value from now on."""
        named = self.make_and_validate_key(key, version=version)
        Remembered.objects.update_or_create(key=named, defaults={"value": value, "until": self._until(timeout)})

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Remember it for longer; whether there was anything."""
        named = self.make_and_validate_key(key, version=version)
        found = Remembered.objects.filter(key=named, until__gt=timezone.now())
        return found.update(until=self._until(timeout)) > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget it; whether there was anything."""
        named = self.make_and_validate_key(key, version=version)
        return Remembered.objects.filter(key=named).delete()[0] > 0

    def clear(self) -> None:
        """Forget everything."""
        Remembered.objects.all().delete()

    def _until(self, timeout: Any) -> datetime:
        seconds = self.get_backend_timeout(timeout)
        return FOREVER if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)
