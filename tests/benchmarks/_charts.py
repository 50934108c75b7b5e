"""The charts that drafts are counted on: the stories, whole Synthea patients, and others."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from fhir_fixtures import stories
from fhir_fixtures.stories import STORIES, Story

SHARED = Path(__file__).parents[3] / "shared" / "data"
SMALL = 4  # of the small patients the largest
STORIES_OF_OURS, SYNTHEA, OTHERS = "stories", "Synthea", "others"


@dataclass(frozen=True)
class Chart:
    group: str
    path: Path

    @property
    def name(self) -> str:
        return self.path.parent.name if self.group == STORIES_OF_OURS else self.path.stem[:24]

    @property
    def patient_refs(self) -> list[str]:
        """Of the Patients in the Bundle; a chart is of one."""
        resources = (each["resource"] for each in orjson.loads(self.path.read_bytes())["entry"])
        return [f"Patient/{r['id']}" for r in resources if r["resourceType"] == "Patient"]

    @property
    def story(self) -> Story | None:
        return stories.story(self.name) if self.group == STORIES_OF_OURS else None


def charts() -> Iterator[Chart]:
    """The stories, and of the third-party charts those that lie beside the project."""
    yield from (Chart(STORIES_OF_OURS, path) for path in sorted(STORIES.glob("*/bundle.json")))
    behavioral = sorted((SHARED / "synthea-r4-behavioral").glob("*.json"))
    yield from (Chart(SYNTHEA, path) for path in behavioral)
    further = sorted((SHARED / "synthea-r4-structured").glob("*.json"))
    further += sorted((SHARED / "inferno-uscore").glob("uscore_bundle_patient_*.json"))
    yield from (Chart(OTHERS, path) for path in further)
    yield from _small()
    if not behavioral:
        print("The third-party charts are not beside the project: the stories alone.\n")


def _small() -> list[Chart]:
    paths = (SHARED / "llmonfhir-patients").glob("*.json")
    found = [Chart(OTHERS, path) for path in sorted(paths, key=lambda p: -p.stat().st_size)]
    return [chart for chart in found if len(chart.patient_refs) == 1][:SMALL]
