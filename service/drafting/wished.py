"""The prompt and period of a draft as its reader wished them; what was done and what was not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.chart.models import SourceRecord
from service.drafting.template import NOTE_TYPES, Prompt, SectionPrompt
from service.drafting.windows import Window
from service.drafting.wishes import Wish, kept_sections, read_wishes

Sections = tuple[SectionPrompt, ...]

SHORTER, LONGER = 0.5, 2.0
MOST_STATEMENTS, MOST_TOKENS = 200, 50_000  # the bounds that a prompt file has
MOST_TOPIC = 5  # words: a topic is no sentence
FEWEST_WORDS, MOST_WORDS = 100, 5_000  # of a document, as a prompt file may say
MORE_ROOM = 1.25  # of the words, for a part that has twice the room
ON_TOPIC, MOST_NOTES = 6, 50
STEM = 5  # letters: "medicines" and "medications" name one section
LENGTHS = {"shorter": SHORTER, "longer": LONGER, "same": 1.0}
ASKED = {
    "shorter": "Write this section shorter than it was.",
    "longer": "Write this section in more detail than it was.",
    "same": "Write this section anew.",
}


@dataclass(frozen=True)
class Wished:
    """A draft as it was asked for: the `sections` of its prompt, and `window` where another period
    was. `words` are for a model; `done` and `not_done` are sentences for the page. `section` is
    the key of the one that is drafted anew, "" for the whole. `length` is how many words the whole
    may have beside those of its type."""

    sections: tuple[SectionPrompt, ...] = ()
    words: str = ""
    window: Window | None = None
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    section: str = ""
    length: float = 1.0

    def to_json(self) -> dict[str, Any]:
        """For SummaryVersion.writer; empty where nothing was wished."""
        if not (self.words or self.section):
            return {}
        told = {"reason": self.words, "done": list(self.done), "not_done": list(self.not_done)}
        return {"returned": told | ({"section": self.section} if self.section else {})}


def as_wished(prompt: Prompt, wanted: Wished) -> Prompt:
    """The prompt with the sections that were wished, and room for them."""
    words = min(MOST_WORDS, max(FEWEST_WORDS, round(prompt.meta.words * wanted.length)))
    meta = prompt.meta.model_copy(update={"sections": wanted.sections, "words": words})
    return prompt.model_copy(update={"meta": meta})


def wished(
    prompt: Prompt, returned: dict[str, str], records: Sequence[SourceRecord], *, today: datetime
) -> Wished:
    """`returned` is what Summary.returned holds: a reason, or a section and its length, or
    nothing."""
    reason, key = returned.get("reason", ""), returned.get("section", "")
    made = Wished(prompt.meta.sections, reason)
    if key and any(section.key == key for section in prompt.meta.sections):
        return _section(made, key, returned.get("length", "same"))
    for wish in read_wishes(reason, records, today=today):
        made = _granted(made, wish)
    return made


def _section(made: Wished, key: str, length: str) -> Wished:
    words = " ".join(filter(None, (ASKED[length], made.words)))
    room = MORE_ROOM if length == "longer" else 1.0
    made = replace(made, words=words, section=key, length=room)
    made = _scaled(made, (key,), LENGTHS[length])
    return replace(made, done=(f"{_titles(made, (key,))} was drafted anew; the rest stands.",))


def _granted(made: Wished, wish: Wish) -> Wished:
    match wish.what:
        case "period":
            return replace(made, window=wish.window, done=(*made.done, _period(wish)))
        case "shorter" | "longer":
            return _lengthened(made, wish)
        case "more":
            return _more(made, wish)
        case "less" | "without" | "only":
            return _fewer(made, wish)
    return _refused(made, wish, "no rule here knows how to do that")


def _lengthened(made: Wished, wish: Wish) -> Wished:
    """Of the sections that the clause names, else of all that may be."""
    factor = LENGTHS[wish.what]
    named = _named(made.sections, wish.about)
    keys = named or tuple(s.key for s in made.sections)
    keys = tuple(key for key in keys if factor > 1 or not _is_kept(made.sections, key))
    if not keys:
        return _refused(made, wish, "this stays whole in every summary")
    which = _titles(made, keys) if named else "Each section"
    kept = "" if named or factor > 1 else "; risk, allergies and current medicines stay whole"
    how = "half as many" if factor < 1 else "twice as many"
    room = factor if not named else MORE_ROOM if factor > 1 else 1.0
    made = _scaled(replace(made, length=made.length * room), keys, factor)
    return _done(made, f"{which} may have {how} statements{kept}.")


def _more(made: Wished, wish: Wish) -> Wished:
    """Twice the room where a section is called so; else a section of its own, before the others:
    what the notes say of it, whenever."""
    made = replace(made, length=made.length * MORE_ROOM)
    if keys := _named(made.sections, wish.about):
        return _done(_scaled(made, keys, LONGER), f"{_titles(made, keys)}: twice the room.")
    topic = " ".join(wish.about[:MOST_TOPIC])
    made = _with(made, (_on(topic, number=len(made.done) + 1), *made.sections))
    return _done(made, f"All notes were searched for “{topic}”; it has a section of its own.")


def _on(topic: str, *, number: int) -> SectionPrompt:
    """A section on what a reader asked for in their own words."""
    title = topic[:1].upper() + topic[1:]
    return SectionPrompt(
        key=f"asked-{number}",
        title=title,
        instruction=f"Say what the passages tell of {topic}, the newest first, each with its date.",
        absence=f"{title}: notes were searched for these words, as asked; nothing is documented.",
        style="notes",
        record_types=NOTE_TYPES,
        words=topic,
        needs_words=tuple(topic.split()),
        window="all",
        newest_notes=MOST_NOTES,
        max_statements=ON_TOPIC,
    )


def _fewer(made: Wished, wish: Wish) -> Wished:
    named = _named(made.sections, wish.about)
    if not named:
        return _refused(made, wish, "no section of this document is called so")
    every = [section.key for section in made.sections]
    gone = [k for k in every if k not in named] if wish.what == "only" else list(named)
    free = tuple(key for key in gone if not _is_kept(made.sections, key))
    if not free and wish.what != "only":
        return _refused(made, wish, "this stays whole in every summary")
    if wish.what == "less":
        return _done(_scaled(made, free, SHORTER), f"{_titles(made, free)}: half the room.")
    kept = tuple(key for key in every if key not in free)
    said = f"Left out: {_titles(made, free)}." if free else "Nothing else was there to leave out."
    return _done(_with(made, (s for s in made.sections if s.key in kept)), said)


def _scaled(made: Wished, keys: Iterable[str], factor: float) -> Wished:
    chosen = set(keys)
    return _with(made, (_scale(s, factor) if s.key in chosen else s for s in made.sections))


def _scale(section: SectionPrompt, factor: float) -> SectionPrompt:
    most = min(MOST_STATEMENTS, max(1, round(section.max_statements * factor)))
    notes = section.max_notes
    tokens = min(MOST_TOKENS, round(section.limit_tokens * max(1.0, factor)))
    changed = {"max_statements": most, "limit_tokens": tokens}
    if notes is not None:
        changed["max_notes"] = min(MOST_STATEMENTS, max(min(notes, 1), round(notes * factor)))
    return section.model_copy(update=changed)


def _named(sections: Sections, about: tuple[str, ...]) -> tuple[str, ...]:
    """The section of which the words are the key; else those whose title or key has one."""
    keys = [section.key for section in sections]
    if "-".join(about) in keys:
        return ("-".join(about),)
    return tuple(key for key in keys if key in about) or tuple(
        section.key
        for section in sections
        if any(_has(f"{section.title} {section.key}", word) for word in about)
    )


def _has(words: str, wanted: str) -> bool:
    stems = {word[:STEM] for word in words.casefold().replace("-", " ").split()}
    return any(word[:STEM] in stems for word in wanted.replace("-", " ").split())


def _is_kept(sections: Sections, key: str) -> bool:
    is_extractive = any(s.key == key and s.extractive for s in sections)
    return is_extractive or key in kept_sections()


def _titles(made: Wished, keys: Iterable[str]) -> str:
    chosen = set(keys)
    return ", ".join(s.title for s in made.sections if s.key in chosen)


def _period(wish: Wish) -> str:
    return f"The period is {wish.window.says if wish.window else ''}."


def _done(made: Wished, said: str) -> Wished:
    return replace(made, done=(*made.done, said))


def _refused(made: Wished, wish: Wish, why: str) -> Wished:
    return replace(made, not_done=(*made.not_done, f"“{wish.said}”: {why}."))


def _with(made: Wished, sections: Iterable[SectionPrompt]) -> Wished:
    return replace(made, sections=tuple(sections))
