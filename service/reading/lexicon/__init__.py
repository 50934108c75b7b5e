"""Which words name which thing, and which thing says or excludes which other."""

from service.reading.lexicon.mentions import Mention, mentions
from service.reading.lexicon.names import kind_of
from service.reading.lexicon.relations import implies, members, opposite, scale, sort_of
from service.reading.lexicon.stems import stem
from service.reading.lexicon.tokens import Token, tokens

__all__ = [
    "Mention",
    "Token",
    "implies",
    "kind_of",
    "members",
    "mentions",
    "opposite",
    "scale",
    "sort_of",
    "stem",
    "tokens",
]
