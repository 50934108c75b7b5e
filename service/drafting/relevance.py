"""Which of a section's sentences are told when there is not room for all; the note's order stays.

A plain sum of things that a reader can check, so that the same chart gives the same draft.
"""

import re
from collections.abc import Iterable, Sequence

from service.drafting.excerpts import Excerpt, is_history, is_titled
from service.drafting.template import SectionPrompt
from service.drafting.words import matcher
from service.retrieval.evidence import Evidence

TITLED = 2.0  # it stands under the section's own heading
WORDED = 0.7  # for each different word of the section, up to three
MEASURED = 0.4  # it has a value or a date
CHANGED = 0.8  # it tells of a change, which is what the next reader acts on
QUOTED = 0.6  # the patient's own words
RETRIEVED = 1.0  # times the score of the passage that it stands in
OLDER = 0.4  # less for each note that is newer, up to five
COPIED = 1.0  # less for words copied from an older note
HISTORY = 2.5  # a past attempt weighs, however old the note
NEVER_LOST = 100.0  # what the newest note says on risk is told whole

_CHANGE = re.compile(
    r"\b(?:start(?:ed)?|stop(?:ped)?|increased?|reduced?|switch(?:ed)?|taper(?:ed)?|held|new"
    r"|no longer|worse(?:ned)?|improved|corrected|wrong|not|disputed|pending|instead)\b|->|→",
    re.IGNORECASE,
)


def most_relevant(
    found: Sequence[Excerpt], prompt: SectionPrompt, evidence: Iterable[Evidence], room: int
) -> list[Excerpt]:
    """At most `room` of them, in the order in which they were given."""
    notes = {note: n for n, note in enumerate(dict.fromkeys(e.record.id for e in found))}
    passages = list(evidence)
    scores = [_score(e, notes[e.record.id], prompt, passages) for e in found]
    best = sorted(range(len(found)), key=lambda n: (-scores[n], n))
    must = [n for n in best if scores[n] >= NEVER_LOST / 2]
    return [found[n] for n in sorted(set(must) | set(best[:room]))]


def _score(
    excerpt: Excerpt, age: int, prompt: SectionPrompt, evidence: Sequence[Evidence]
) -> float:
    text = excerpt.sentence.text
    titled = is_titled(excerpt.record, excerpt.sentence, prompt)
    words = matcher((*prompt.needs_words, *prompt.words.split()))
    named = {m.casefold() for m in words.findall(text)} if words else set()
    score = TITLED * titled + WORDED * min(len(named), 3) - OLDER * min(age, 5)
    score += MEASURED * bool(re.search(r"\d", text)) + CHANGED * bool(_CHANGE.search(text))
    score += QUOTED * ('"' in text or "“" in text)
    score += HISTORY * is_history(text, prompt)
    score -= COPIED * (excerpt.copied_from is not None)
    score += RETRIEVED * max((p.score for p in evidence if _holds(p, excerpt)), default=0.0)
    return score + NEVER_LOST * (prompt.whole_newest and age == 0)


def _holds(passage: Evidence, excerpt: Excerpt) -> bool:
    return (
        passage.record_id == excerpt.record.id
        and passage.start <= excerpt.sentence.start
        and excerpt.sentence.end <= passage.end
    )
