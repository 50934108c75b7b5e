"""Where a classifier's three answers stand: its `config.json`, in whatever words it names them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from service.errors import WrongSetting

# In the order that a Scorer answers, each with the names that published models give it.
ANSWERS = (
    ("entailment", "entail", "entails", "entailed", "supported", "supports", "support"),
    ("contradiction", "contradict", "contradicts", "contradicted", "refuted", "refutes"),
    ("neutral", "not enough info", "nei", "not stated"),
)


def order(folder: Path) -> list[int]:
    """Columns of what the model answers for borne, contradicted, not said.

    Raises WrongSetting where `config.json` does not tell them, also where it only says LABEL_0:
    which of them means what cannot be guessed.
    """
    config = _config(folder)
    for columns in (_columns_of_ids(config), _columns_of_labels(config)):
        found = [next((columns[n] for n in names if n in columns), None) for names in ANSWERS]
        if None not in found:
            return [column for column in found if column is not None]
    raise _untold(folder)


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise _untold(folder) from None
    return config if isinstance(config, dict) else {}


def _columns_of_ids(config: dict[str, Any]) -> dict[str, int]:
    """Of `id2label`, {"0": "ENTAILMENT"}; some write it as a list."""
    told = config.get("id2label")
    pairs = dict(enumerate(told)) if isinstance(told, list) else told
    return {_plain(name): int(n) for n, name in _items(pairs) if str(n).isdecimal()}


def _columns_of_labels(config: dict[str, Any]) -> dict[str, int]:
    told = _items(config.get("label2id"))
    return {_plain(name): int(n) for name, n in told if str(n).isdecimal()}


def _items(value: Any) -> Iterable[tuple[Any, Any]]:
    return value.items() if isinstance(value, dict) else ()


def _plain(name: object) -> str:
    return " ".join(str(name).casefold().replace("_", " ").replace("-", " ").split())


def _untold(folder: Path) -> WrongSetting:
    return WrongSetting(
        f"COUNTERSIGN_ENTAILMENT: config.json in {folder} does not name three answers. Give it "
        'id2label with "entailment", "contradiction" and "neutral"; LABEL_0 says nothing.'
    )
