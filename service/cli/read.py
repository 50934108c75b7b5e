"""`countersign read`: how a text, a resource or a chart is understood."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.text import Text

from service import audit
from service.chart.models import SourceRecord
from service.cli.common import as_json, opened, patient_ref, show
from service.errors import BadInput
from service.facts import Fact, Facts, facts_of
from service.facts.patient import patient_facts, read_record_of
from service.facts.wording import value_words
from service.fhir import wire
from service.reading.assertions import PATIENT, Assertion, Polarity, Time
from service.reading.layout import State, Unit
from service.reading.read import read_text
from service.reading.reading import Reading
from service.reading.record import read_record
from service.reading.wording import assertion_words, name_words, telling, unit_words
from service.settings import Settings, load_settings
from service.summary.people import COMMAND_LINE
from service.verification.charts import records_of

LARGEST_FILE = 128 * 2**20  # bytes
_COLOURS = {Polarity.AFFIRMED: "green", Polarity.NEGATED: "red", Polarity.UNKNOWN: "yellow"}
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("what", metavar="FILE|PATIENT")
@click.option("--on", type=_DAY, help="The day of a text file, by which “yesterday” is a date.")
@as_json
def read(what: str, on: datetime | None, as_json: bool) -> int:
    """Show how FILE, or the chart of PATIENT, is understood.

    \b
      countersign read note.txt --on 2026-03-01
      countersign read observation.json
      countersign read bundle.json --json
      countersign read Patient/123

    A text or one FHIR resource is shown with its units (section, answer, whether it still stands)
    and under each what it asserts: green what is so, red what is denied, yellow what is not known,
    blue what is planned or only if, magenta what is said of others. Of a Bundle or a patient the
    facts are shown, and what conflicts. Restricted records are left aside.
    """
    path = Path(what)
    if not path.is_file():
        if "/" in what.removeprefix("Patient/") or path.suffix:
            raise BadInput(f"{path.name} is no file here. Give a file, or the id of a patient.")
        return _shown_facts(_facts_of_patient(what), as_json)
    text = _text_of(path)
    if not text.lstrip().startswith(("{", "[")):
        return _shown_reading(read_text(text, on=f"{on:%Y-%m-%d}" if on else ""), as_json)
    records = _records_in(text, path.name)
    zone = _zone(load_settings())
    if len(records) == 1:
        return _shown_reading(read_record(records[0], zone=zone), as_json)
    return _shown_facts(_facts_of_records(records, zone), as_json)


def _facts_of_patient(patient: str) -> Facts:
    settings = load_settings()
    with opened(settings) as (_, runtime), runtime.transaction() as session:
        ref = patient_ref(patient)
        audit.record(session, "chart.viewed", actor=COMMAND_LINE.id, patient_ref=ref)
        return patient_facts(session, ref, None, zone=_zone(settings)).facts


def _facts_of_records(records: list[SourceRecord], zone: ZoneInfo) -> Facts:
    held: dict[str, Any] = {record.resource_ref: wire.parse(record.raw) for record in records}
    read = [
        read_record_of(each, read_record(each, zone=zone, find=held.get).assertions, zone)
        for each in records
    ]
    return facts_of(read, on=datetime.now(zone).date().isoformat())


def _zone(settings: Settings) -> ZoneInfo:
    return ZoneInfo(settings.time_zone)


def _text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE:
        raise BadInput(f"{path.name} is larger than {LARGEST_FILE >> 20} MB. Give a smaller file.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(f"{path.name} is not UTF-8 text. Save it as UTF-8 and try again.") from None


def _records_in(text: str, name: str) -> list[SourceRecord]:
    """The records of a Bundle, a list of resources, or one resource. Raises BadInput."""
    try:
        value = wire.parse(text)
    except wire.BadJson as error:
        raise BadInput(f"{name} begins as JSON does, but is none: {error}.") from None
    if not isinstance(value, Mapping) or value.get("resourceType") != "Bundle":
        given = value if isinstance(value, list) else [value]
        value = {"resourceType": "Bundle", "entry": [{"resource": each} for each in given]}
    records = records_of(value)
    if not records:
        raise BadInput(f"{name} holds no FHIR resource that may be read.")
    return records


def _shown_reading(reading: Reading, as_json: bool) -> int:
    if as_json:
        answer = {
            "units": [asdict(unit) for unit in reading.structure.units],
            "gaps": reading.structure.gaps,
            "assertions": [a.to_json() for a in reading.assertions],
        }
        show(answer, as_json=True, lines=[])
        return 0
    console = Console(highlight=False)
    said = telling(reading.assertions)
    for number, unit in enumerate(reading.structure.units):
        for line in _unit_lines(reading.text, unit, said.get(number, [])):
            console.print(line)
    for gap in reading.structure.gaps:
        console.print(Text(f"not read: {gap}", style="yellow"))
    return 0


def _unit_lines(text: str, unit: Unit, said: list[Assertion]) -> Iterator[Text]:
    """The unit with its marks, then each assertion on a line."""
    start, end = unit.place
    words = Text(_printable(text[start:end]), style="" if unit.state is State.STANDS else "dim")
    for a in said:
        if start <= a.start < a.end <= end:  # a row's or a label's name stands outside its cell
            words.stylize(f"{_colour(a)} underline", a.start - start, a.end - start)
    tags = ", ".join(unit_words(unit))
    yield Text.assemble(words, (f"  [{tags}]" if tags else "", "cyan"))
    for a in said:
        rest = "; ".join(assertion_words(a))
        yield Text.assemble("    ", (name_words(a), _colour(a)), f"  {_printable(rest)}")


def _colour(a: Assertion) -> str:
    if a.subject != PATIENT:
        return "magenta"
    return "blue" if a.time in (Time.PLANNED, Time.IF) else _COLOURS[a.polarity]


def _printable(text: str) -> str:
    """Character for character; what could move the cursor is a space."""
    return "".join(c if c.isprintable() else " " for c in text)


def _shown_facts(facts: Facts, as_json: bool) -> int:
    if as_json:
        show(facts.to_json(), as_json=True, lines=[])
        return 0
    console = Console(highlight=False)
    for conflict in facts.conflicts:
        console.print(Text(f"conflict: {_printable(conflict.why)}", style="bold red"))
    for kind, group in groupby(facts.facts, key=lambda fact: fact.kind):
        console.print(Text(f"\n{kind.value.replace('-', ' ')}", style="bold"))
        for fact in group:
            console.print(_fact_line(fact))
    return 0


def _fact_line(fact: Fact) -> Text:
    values = ", ".join(value_words(value) for value in fact.values)
    style = {"current": "green", "refuted": "red", "disputed": "bold red"}.get(fact.standing, "")
    return Text.assemble(
        "  ",
        (f"{fact.standing.value:9}", style),
        _printable(f" {fact.name}{f', {values}' if values else ''}"),
        (f"  ({_printable(fact.why)}; {len(fact.sources)} source(s))", "dim"),
    )
