"""The written charts: a note, and sentences that it bears, contradicts, or does not speak of."""

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
LABELS = ("true", "contradicted", "unstated")
ASIDE = 5  # one chart in so many is never trained on: it calibrates and it judges


@dataclass(frozen=True)
class Chart:
    """`stated` are (sentence, label), the label a place in LABELS."""

    name: str
    date: str
    source: str
    stated: tuple[tuple[str, int], ...]

    @property
    def is_aside(self) -> bool:
        """By its name alone, so that a chart stays on its side when others are added."""
        return hashlib.sha256(self.name.encode()).digest()[0] % ASIDE == 0


def charts(folder: Path = DATA) -> Iterator[Chart]:
    for path in sorted(folder.glob("*.toml")):
        for each in tomllib.loads(path.read_text(encoding="utf-8"))["charts"]:
            stated = ((s, n) for n, label in enumerate(LABELS) for s in each[label])
            yield Chart(each["name"], each["date"], each["source"], tuple(stated))
