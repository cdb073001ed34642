"""Notes of earlier contacts in a table: its columns, and each row as a note and whose it is."""

from __future__ import annotations

from typing import Any

from watchword.errors import Place
from watchword.reading.contacts import note_from_json
from watchword.reading.tables import Columns, Row
from watchword.terms import Note, Person

PERSON = ("patient_id", "name", "phone", "email")
NOTES = Columns(
    known=("id", "source", *PERSON, "channel", "at", "issue", "note"),
    needed=(("id",), ("note",), ("patient_id", "phone", "email")),
    called={
        "id": ("note_id", "record_id", "note_number"),
        "source": ("system",),
        "patient_id": ("mrn", "patient", "patient_number", "customer_id", "account"),
        "name": ("patient_name", "customer_name", "full_name"),
        "phone": ("telephone", "phone_number", "mobile", "tel"),
        "email": ("mail", "e_mail", "email_address", "mail_address"),
        "channel": ("contact_type", "medium", "via"),
        "at": ("date", "time", "timestamp", "created", "created_at", "note_date", "datetime"),
        "issue": ("invoice", "case", "case_number", "invoice_number"),
        "note": ("text", "notes", "comment", "comments", "description", "body"),
    },
)


def note_in(row: Row, source: str, *, file: str) -> tuple[Person, Note]:
    """The note that a row holds, and whose it is. ``source`` is the notes system when the row names none.

    Columns that are not known are carried along. Raises ContactInvalid.
    """
    cells: dict[str, Any] = {name: cell.strip() or None for name, cell in row.cells.items()}
    raw = {name: cell for name, cell in cells.items() if name not in PERSON and cell is not None}
    raw["person"] = {name: cells[name] for name in PERSON if cells.get(name)}
    raw["source"] = cells.get("source") or source
    raw["note"] = row.cells.get("note", "")
    return note_from_json(raw, place=Place(file, row.line))
