"""Where `watchword` begins, and `python -m watchword`: the command line is imported where an interrupt ends quietly."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. Whoever presses Ctrl-C while it is still being imported sees no trace of Python's."""
    try:
        from watchword.cli import main as command_line
    except KeyboardInterrupt:
        sys.exit(130)
    command_line()


if __name__ == "__main__":
    main()
