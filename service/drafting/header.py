"""The lines under the title: who the patient is, which period, how far the records reach."""

import re
from collections.abc import Iterable

from service.chart.models import SourceRecord
from service.drafting.citing import headline
from service.drafting.windows import Window

_BORN = re.compile(r"\b(?:born|birth ?date|date of birth|dob)\b[:\s]*(\d{4}(?:-\d{2}){0,2})", re.I)
_MRN = re.compile(
    r"^(?:.*\b)?(?:MRN|medical record(?: number)?)\b[^:\n]*:?\s*([\w./-]+)", re.I | re.M
)
_DIED = re.compile(r"\bdied \d{4}(?:-\d{2}){0,2}|\bdeceased\b")
_NAME = re.compile(r"^name:\s*(.+)$", re.I | re.M)


def header(records: Iterable[SourceRecord], window: Window) -> tuple[str, ...]:
    """Name, birth date, death, record number as the Patient record has them; period; last date."""
    held = list(records)
    patient = next((r for r in held if r.resource_type == "Patient"), None)
    lines = [_identity(patient)] if patient else ["Patient: no Patient record could be read"]
    lines.append(f"Period: {window.says}")
    if last := _last_date(held):
        lines.append(f"Drawn from records up to {last}")
    return tuple(lines)


def _identity(patient: SourceRecord) -> str:
    found = [_name(patient)]
    if born := _BORN.search(patient.text):
        found.append(f"born {born[1]}")
    if died := _DIED.search(headline(patient).partition("(")[2]):
        found.append(died[0])
    if number := _MRN.search(patient.text):
        found.append(f"MRN {number[1]}")
    return "Patient: " + ", ".join(found)


def _name(patient: SourceRecord) -> str:
    match = _NAME.search(patient.text)
    line = match[1] if match else re.split(r"[,(]", headline(patient))[0]
    return re.sub(r"^patient:\s*", "", line, flags=re.IGNORECASE).strip() or "name not recorded"


def _last_date(records: Iterable[SourceRecord]) -> str:
    days = [
        f"{r.effective_at:%Y-%m-%d}"
        for r in records
        if r.effective_at and r.resource_type != "Patient"
    ]
    return max(days, default="")
