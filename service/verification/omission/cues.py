"""The word lists of notes (data/cues.toml) as patterns."""

import re
from functools import lru_cache

from service.verification.words import load


@lru_cache(maxsize=64)
def cue(group: str, name: str, behind: str = "") -> re.Pattern[str]:
    """Any of the list's patterns as whole words, with `behind` to follow; case aside."""
    told = "|".join(load("cues.toml")[group][name])
    return re.compile(rf"(?<!\w)(?:{told})(?!\w){behind}", re.IGNORECASE)


@lru_cache(maxsize=64)
def listed(group: str, name: str) -> frozenset[str]:
    """The list as plain words."""
    return frozenset(load("cues.toml")[group][name])
