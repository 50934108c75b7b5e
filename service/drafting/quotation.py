"""Quotation marks in a text: a person's own words, or marks that cast doubt on a symptom."""

import re
from collections.abc import Iterator

Span = tuple[int, int]

_MARKED = re.compile(
    r"\"[^\"\n]{1,400}\""
    r"|“[^“”\n]{1,400}”|«[^«»\n]{1,400}»|‘(?:[^‘’\n]|(?<=\w)’(?=\w)){1,400}’"
    r"|(?<!\w)'(?=\S)(?:[^'\n]|(?<=\w)'(?=\w)){1,400}'(?!\w)"
)
# What a person has or is, which marks round it call into question.
_HAD = re.compile(
    r"(?:(?:chronic|severe|bad|terrible|constant|whole body|back|chest|belly|stomach|real) ){0,6}"
    r"(?:pain|pains|aches?|seizures?|fits?|migraines?|headaches?|anxiety|depression|depressed"
    r"|anxious|panic|panic attacks?|ptsd|adhd|trauma|flashbacks?|nightmares?|insomnia|voices"
    r"|dizziness|dizzy|weakness|numbness|fatigue|nausea|symptoms?|illness|allerg(?:y|ies)|allergic"
    r"|disability|disabled|injury|sick|suicidal|fibromyalgia|blackouts?|spells?|episodes?"
    r"|sick leave|emergency|male|female|man|woman|husband|wife|partner)",
    re.IGNORECASE,
)
# Who speaks, just before the marks: then they are that person's words.
_SPOKEN = re.compile(
    r"(?:\b(?:sa(?:ys|id|ying)|stat(?:es|ed|ing)|t(?:ells|old|elling)|calls?|called|calling"
    r"|describ\w+|report\w*|endors\w+|express\w*|repl\w+|answer\w*|wr(?:ites|ote|iting)|ask\w*"
    r"|explain\w*|quot\w*|words?|phrase|put it|terms?|named?|labell?ed|mood|affect|feels?|felt"
    r"|complain\w*|chief complaint|cc|titled|headed|listed as|recorded as|coded as|entered as)\b"
    r"[^.;!?\"“]{0,40}|[:,]\s*)$",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:\b(?:his|her|their|the|this|these|patient['’]s|pt['’]s|has|had|have|having|with|for"
    r"|from|of|due to|about|y/o|yo|year[- ]old|by|reported|more|another|alleged"
    r"|(?:he|she|they|who|patient|pt) (?:is|was))\s*)$|^$",
    re.IGNORECASE,
)


def quotations(text: str) -> list[Span]:
    """(start, end) of each quotation, its marks included."""
    return [match.span() for match in _MARKED.finditer(text)]


def doubting_marks(text: str) -> Iterator[Span]:
    """Marks round a symptom or an identity that nobody is said to have spoken."""
    for start, end in quotations(text):
        before = text[max(0, start - 60) : start]
        inside = text[start + 1 : end - 1].strip(" .,;")
        if _HAD.fullmatch(inside) and _LEADS.search(before) and not _SPOKEN.search(before):
            yield start, end
