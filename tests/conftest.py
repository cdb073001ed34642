"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # speed is measured by the benchmarks, on a machine at rest
settings.load_profile("untimed")
