"""`python -m watchword` does what `watchword` does."""

from __future__ import annotations

from watchword.cli import main

main()
