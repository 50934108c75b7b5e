"""Questions as clinicians ask them, and what answers each; half of them only counted."""

import random
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fhir_fixtures import stories
from service.chart.models import SourceRecord

WRITTEN = Path(__file__).parent / "data" / "clinicians_questions.toml"
DEVELOPED, COUNTED = "developed on", "only counted"
_OPENINGS = {
    "MedicationRequest": ("is she on a {}", "why the {}", "when was the {} started", "{}"),
    "Observation": ("did anyone check the {}", "latest {}", "how has the {} changed", "{}"),
    "Condition": ("any history of {}", "does he have {}", "{}"),
}
_OTHERWISE = ("was there a {}", "when did they have the {}", "{}")


@dataclass(frozen=True)
class Question:
    """What is asked, and what answers it: a coded record's reference, or the words of a quote."""

    group: str
    asked: str
    source: str
    quote: str


@cache
def written() -> dict[str, Any]:
    """`clinicians_questions.toml`."""
    return tomllib.loads(WRITTEN.read_text("utf-8"))


def of_story(name: str) -> list[Question]:
    """Every written question on a story. Raises KeyError where its fact is no longer there."""
    sources = {f["quote"]: f["source"] for f in stories.story(name).expected["carries"]}
    half = DEVELOPED if name in written()["developed_on"] else COUNTED
    group = f"clinicians' on stories, {half}"
    return [
        Question(group, each, sources[quote], quote)
        for quote, asked in written()[name].items()
        for each in asked
    ]


def of_records(records: Iterable[SourceRecord], chance: random.Random) -> Iterator[Question]:
    """For each term of the list that a coded title has: every way to ask for it, any record
    of that title answers."""
    titles = {r.title: r for r in records if not r.is_note and r.code}
    for term, ways in written()["terms"].items():
        found = sorted(title for title in titles if term in title.casefold())
        for title in found[:1]:
            openings = _OPENINGS.get(titles[title].resource_type, _OTHERWISE)
            for way in ways:
                asked = way if " she " in f" {way} " else chance.choice(openings).format(way)
                yield Question(f"clinicians' on records, {half_of(term)}", asked, "", title)


def half_of(term: str) -> str:
    """A half that stays the same when terms are added."""
    return random.Random(term).choice((DEVELOPED, COUNTED))
