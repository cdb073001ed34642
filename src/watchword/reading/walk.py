"""The files that a path given by a person stands for, and the errors for what is no file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from watchword.errors import FileUnreadable, InputError, Place


def files_of(path: str) -> Iterator[Path | InputError]:
    """The file, or every file of the folder and of its folders, sorted by name; an error for all that is neither."""
    if not path:
        yield FileUnreadable("The name of a file is empty.", do="Give a file, a folder or -.")
        return
    yield from _files(Path(path))


def size_of(file: Path) -> int:
    """The file's length in bytes; 0 where it cannot be told."""
    try:
        return file.stat().st_size
    except OSError:
        return 0


def unreadable(file: Path, error: Exception) -> FileUnreadable:
    """The error for a file that could not be opened or read to its end."""
    if isinstance(error, FileNotFoundError):
        return FileUnreadable("There is no such file.", do="Check its name.", place=place_of(file))
    why = (error.strerror if isinstance(error, OSError) else None) or "it is damaged or its name is no name"
    return FileUnreadable(
        f"The file cannot be read: {why}.", do="Check the file and its permissions.", place=place_of(file)
    )


def place_of(file: Path) -> Place:
    """The file as the place of an error, with what is no Unicode in its name written out, so that it can be printed."""
    return Place(str(file).encode(errors="backslashreplace").decode())


def _files(path: Path) -> Iterator[Path | InputError]:
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as error:
        yield unreadable(path, error)
        return
    if stat.S_ISREG(kind):
        yield path
    elif stat.S_ISDIR(kind):
        yield from _files_in(path)
    else:
        what = "This is a device or a pipe, not a file."
        yield FileUnreadable(what, do="Give what it holds on standard input, as -.", place=place_of(path))


def _files_in(folder: Path) -> Iterator[Path | InputError]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        yield unreadable(folder, error)
        return
    if not inside:
        yield FileUnreadable("The folder is empty.", do="Check the export that fills it.", place=place_of(folder))
    for path in inside:
        if path.is_symlink() and path.is_dir():
            # Links to folders can go in circles; a person names the folder meant.
            what = "This is a link to a folder; it was not followed."
            yield FileUnreadable(what, do="Give that folder by its own name.", place=place_of(path))
        else:
            yield from _files(path)
