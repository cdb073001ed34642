"""Tables handed in: shown with what will be taken and what not, taken in piece by piece, and what came of it."""

from __future__ import annotations

from time import monotonic

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from watchword.errors import InputError, NotRecorded
from watchword.reading.notes import NOTES
from watchword.reading.tables import Columns
from watchword.reading.wishes import WISHES
from watchword.store import imports
from watchword.store.chain import saw
from watchword.store.models import Import, ImportContent, ImportRefusal, Note, NotesSource
from watchword.store.sources import failing
from watchword.web.access import May, needs
from watchword.web.console.common import actor, page, refusable, told
from watchword.web.in_force import in_force
from watchword.web.paging import counted

PIECE_SECONDS = 0.7  # of taking in for each request: the page tells how far it is after each
REFUSALS = 100  # shown at a time
RECENT = 10
# The field in which it is said where a table's rows come from, as the page and its errors call it.
WHENCE: dict[str, str] = {Import.Kind.NOTES: "Notes system", Import.Kind.REGISTER: "Where the wishes were expressed"}
COLUMNS: dict[str, Columns] = {Import.Kind.NOTES: NOTES, Import.Kind.REGISTER: WISHES}


@needs(May.IMPORT)
@require_GET
@refusable
def start(request: HttpRequest, kind: str) -> HttpResponse:
    """Where a table is handed in, with what it may hold, and what was handed in before."""
    return render(request, "console/import_start.html", _start(request, kind))


@needs(May.IMPORT)
@require_POST
@refusable
def hand_in(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a table, and show what is in it. Nothing is taken in yet."""
    file, source = request.FILES.get("file"), request.POST.get("source", "").strip()[:200]
    try:
        content, name = (file.read(), file.name or "table") if file else (b"", "No file was chosen")
        say_so = f"Choose the file again and fill in “{WHENCE[_kind(kind)]}”"
        made = imports.hand_in(kind, content, file=name, source=source, by=actor(request), say_so=say_so)
    except InputError as error:
        values = {**_start(request, kind), "refused": f"{error.what} {error.do}", "given": source}
        return render(request, "console/import_start.html", values, status=422)
    return redirect("import", made.pk)


@needs(May.IMPORT)
@require_GET
@refusable
def one(request: HttpRequest, number: int) -> HttpResponse:
    """An import: what it will take, how far it is, or what came of it."""
    return page(request, "import", _values(request, number))


@needs(May.IMPORT)
@require_POST
@refusable
def begin(request: HttpRequest, number: int) -> HttpResponse:
    """Let it begin."""
    imports.begin(number, by=actor(request))
    return redirect("import", number)


@needs(May.IMPORT)
@require_POST
@refusable
def go_on(request: HttpRequest, number: int) -> HttpResponse:
    """Take the next piece in, and show how far it is."""
    ends = monotonic() + PIECE_SECONDS
    for _ in imports.go_on(number):
        if monotonic() > ends:
            break
    if getattr(request, "htmx", False):
        return render(request, "console/import_part.html", _values(request, number))
    return redirect("import", number)


@needs(May.IMPORT)
@require_POST
@refusable
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Let the table go; what was taken in stays."""
    told(lambda: imports.drop(number, by=actor(request)), request, "The table was let go.")
    return redirect("import", number)


def _kind(given: str) -> str:
    if given not in COLUMNS:
        raise NotRecorded("There are no such tables.", do="Begin at the page of people or of the register.")
    return given


def _start(request: HttpRequest, kind: str) -> dict[str, object]:
    columns = COLUMNS[_kind(kind)]
    saw(actor(request), "imports seen", "imports")
    recent = Import.objects.filter(kind=kind).order_by("-made_at", "-pk")[:RECENT]
    settings = in_force().settings
    return {
        "kind": kind,
        "whence": WHENCE[kind],
        "known": columns.known,
        "needed": [" or ".join(group) for group in columns.needed],
        "recent": recent,
        "systems": _systems() if kind == Import.Kind.NOTES else [],
        "sources": in_force().policy.notes_from,
        "largest": settings.largest_body // (1024 * 1024),
    }


def _systems() -> list[dict[str, object]]:
    """Each notes system with how many notes it brought, and whether it could be read."""
    now = timezone.now()
    found = []
    for row in NotesSource.objects.order_by("name"):
        notes = Note.objects.filter(source=row.name)
        newest = notes.filter(at__isnull=False).order_by("-at").values_list("at", flat=True).first()
        found.append({"row": row, "many": counted(notes), "newest": newest, "failing": failing(row, now)})
    return found


def _values(request: HttpRequest, number: int) -> dict[str, object]:
    found = Import.objects.filter(pk=number).first()
    if found is None:
        raise NotRecorded("There is no such import.", do="Hand the file in again.")
    after = request.GET.get("after", "0")
    line = int(after) if after.isdecimal() and len(after) < 10 else 0
    refusals = list(ImportRefusal.objects.filter(of=found, line__gt=line)[: REFUSALS + 1])
    shown = found.state == Import.State.SHOWN
    saw(actor(request), "import seen", f"import {number}")
    return {
        "one": found,
        "kept": ImportContent.objects.filter(of=found).exists(),
        "preview": _preview(found) if shown else None,
        "refusals": refusals[:REFUSALS],
        "after": refusals[REFUSALS - 1].line if len(refusals) > REFUSALS else None,
        "good": found.rows - found.refused,
        "came_back": imports.came_back(found),
    }


def _preview(found: Import) -> dict[str, object]:
    seen = imports.preview(found)
    names = [name for name, known in seen.columns if known]
    return {
        "columns": seen.columns,
        "names": names,
        "rows": [(row.line, [row.cells.get(name, "") for name in names]) for row in seen.rows],
        "kept": [name for name, known in seen.columns if not known],
    }
