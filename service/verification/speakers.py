"""A transcript with speakers as what it asserts: a "no" answers the question before it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from service.retrieval.sentences import sentence_spans
from service.verification.context.people import persons
from service.verification.words import load

FEWEST_TURNS = 2  # one label alone is a heading of a note
MOST_SPEAKERS = 6  # more different labels are the headings of a note
SHARE_OF_TURNS = 0.6  # of the lines that speakers begin, from which names make a conversation
_LABEL = re.compile(
    r"(?:(?<=\s)|^)(?:\[[\d:. ]+\]\s*|\(?[\d:]{4,8}\)?\s+)?\*{0,2}"
    r"(?P<name>(?:Dr\. )?[A-Z][A-Za-z]*(?:[ _][A-Za-z]+)?)(?:[ _]?\d)?"
    r"(?:\s*\([^)\n]{1,30}\))?\*{0,2}\s*:\*{0,2}[ \t]",
    re.MULTILINE,
)
_TELLS = re.compile(r"\b(?:ok|okay|alright|all right)\?$")
_BROKEN = re.compile(r"(?:do|does|did|have|has|are|is|were|was|any)\b.*[-–—…]$")
_ASKED = re.compile(
    r".*\b(?:(?:do|does|did|have|has|had|are|is|were|was|can|could|would|will)\s+"
    r"(?:you|he|she|they|it|there|your|the|his|her)|any(?! more))\b",
    re.IGNORECASE | re.DOTALL,
)  # up to the last of these a question only leads to what it asks
_WHEN = re.compile(r"(?:in|during|over|within|since) the [\w ]+?(?=,? (?:have|has|did|do)\b)", re.I)
_THIRD = re.compile(r"(?:and |but |so |well,? )?(?:he|she)\b(?!.*\b(?:I|me|my|us|we)\b)", re.I)
_TAG = re.compile(
    r",?\s+(?:right|correct|is (?:that|it|this) (?:right|correct|so|still [\w ]{2,20}|true))$", re.I
)
_YOU = re.compile(r"\b(?:yourself|you're|your|you)\b", re.IGNORECASE)
_AT_HOME = re.compile(r"\s+(?:at|in) (?:home|the home|the house|their (?:home|house))$")
_OBJECT = re.compile(r"\byou\b(?!\s+\w)", re.IGNORECASE)
_THEY = {"yourself": "themselves", "your": "their", "you": "they", "you're": "they are"}
_KIN_DOES = re.compile(
    r"(?:well,? )?my (?P<who>[a-z]+) (?:does|do|has|have|did)\b(?!n['’]t| not)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TOLD = {
    ("yes", "patient"): "Reports {}.",
    ("yes", "other"): "Family reports {}.",
    ("no", "patient"): "Denies {}.",
    ("no", "other"): "Family denies {}.",
    ("past", "patient"): "History of {}.",
    ("past", "other"): "Family reports history of {}.",
    ("maybe", "patient"): "Possible {}.",
    ("maybe", "other"): "Family reports possible {}.",
    ("unknown", "patient"): "Unable to determine {}.",
    ("unknown", "other"): "Unable to determine {}.",
    ("declined", "patient"): "Declined to answer {}.",
    ("declined", "other"): "Declined to answer {}.",
}


@dataclass(frozen=True)
class Turn:
    """What one speaker says at once: `text[start:end]`, the label left out."""

    role: str
    start: int
    end: int


@dataclass(frozen=True)
class Asserted:
    """Something a transcript asserts. `text[start:end]` is the place, with the question where an
    answer needs it; `said` tells it as a note would."""

    start: int
    end: int
    said: str


@dataclass(frozen=True)
class _Question:
    start: int
    text: str


def is_transcript(text: str) -> bool:
    return bool(turns(text))


@lru_cache(maxsize=256)
def turns(text: str) -> tuple[Turn, ...]:
    """The turns in order; none when the text is no transcript (a label that is none of a speaker,
    or fewer than two speakers)."""
    labels = [(m, role) for m in _LABEL.finditer(text) if (role := _role(m["name"]))]
    if len({role for _, role in labels}) < FEWEST_TURNS:
        labels = _by_questions(text)
    if len(labels) < FEWEST_TURNS:
        return ()
    ends = [match.start() for match, _ in labels[1:]] + [len(text)]
    return tuple(
        Turn(role, match.end(), end) for (match, role), end in zip(labels, ends, strict=True)
    )


def _by_questions(text: str) -> list[tuple[re.Match[str], str]]:
    """The turns of a conversation under names or numbers: who asks most of the questions is the
    clinician. None for a note: its labels are many, and do not take turns."""
    labels = [m for m in _LABEL.finditer(text) if _begins_line(text, m)]
    names = Counter(m["name"] for m in labels)
    lines = sum(bool(line.strip()) for line in text.splitlines())
    if not 1 < len(names) <= MOST_SPEAKERS or len(labels) < SHARE_OF_TURNS * lines:
        return []
    ends = [m.start() for m in labels[1:]] + [len(text)]
    asked = Counter(
        m["name"] for m, end in zip(labels, ends, strict=True) if "?" in text[m.end() : end]
    )
    if not asked or min(names.values()) < FEWEST_TURNS:
        return []
    clinician = asked.most_common(1)[0][0]
    return [(m, "asks" if m["name"] == clinician else "patient") for m in labels]


def _begins_line(text: str, label: re.Match[str]) -> bool:
    return not text[text.rfind("\n", 0, label.start()) + 1 : label.start()].strip()


def _role(name: str) -> str:
    plain = name.replace("_", " ").casefold().strip()
    roles: dict[str, list[str]] = load("speakers.toml")["labels"]
    known = {label: role for role, labels in roles.items() for label in labels}
    return known.get(plain) or known.get(plain.split()[0].rstrip("."), "")


_SHE_IS = re.compile(r"(?<=[,;] )(?:and )?s?he['’]s\b", re.IGNORECASE)
_SHE = re.compile(r"(?<=[,;] )(?:and )?s?he\b(?!['’])", re.IGNORECASE)


def asserted(text: str) -> list[Asserted]:
    """What a transcript asserts, in order. A question asserts nothing until it is answered."""
    found: list[Asserted] = []
    waiting: list[_Question] = []  # asked and not answered yet
    for turn in turns(text):
        asked: list[_Question] = []
        for start, end in sentence_spans(text, turn.start, turn.end):
            sentence = text[start:end]
            if _is_question(sentence):
                asked.append(_Question(start, sentence))
            elif waiting:
                found += _answered(waiting, turn, start, end, sentence)
                waiting = []
            elif _WORD.search(sentence):
                found.append(Asserted(start, end, _told_by(turn, sentence)))
        waiting = asked or waiting
    return found


def _answered(
    questions: list[_Question], turn: Turn, start: int, end: int, sentence: str
) -> Iterator[Asserted]:
    """The questions with their answer; what the answer adds stands for itself."""
    asked = [each for each in questions if _is_closed(each.text)]
    if asked and (kin := _KIN_DOES.match(sentence)) and (about := content_of(asked[-1].text)):
        about = _AT_HOME.sub("", about)
        yield Asserted(asked[-1].start, end, f"{kin['who'].capitalize()} has {about}.")
        return
    kind, rest = _kind_of(sentence)
    speaker = "patient" if turn.role == "patient" else "other"
    for question in asked if kind else ():
        denies = _denies(question.text)
        about = content_of(question.text)
        answer = "no" if denies and _agrees(sentence) and kind == "yes" else kind
        when = _when_of(sentence, rest, kind)
        if about and _names_family(" ".join(about.split()[:2])):
            about = f"that {about}"  # "Denies that their father ..."
        if about:
            yield Asserted(question.start, end, _TOLD[answer, speaker].format(about + when))
    if (len(_WORD.findall(rest)) > 1 and _kind_of(rest) != (kind, "")) or not asked:
        begin = questions[-1].start if not asked else start
        yield Asserted(begin, end, _told_by(turn, rest or sentence))


def _when_of(answer: str, rest: str, kind: str) -> str:
    """How often, or when it was: what belongs to the thing that the answer affirms."""
    if kind == "past" and rest:
        return f", {rest.rstrip('.!')}"
    plain = f" {' '.join(w.casefold() for w in _WORD.findall(answer))} "
    often = [each for each in load("speakers.toml")["answers"]["often"] if f" {each} " in plain]
    return f", {max(often, key=len)}" if kind == "yes" and often else ""


def _told_by(turn: Turn, sentence: str) -> str:
    """A patient's "she" is somebody else, in a visit nearly always of the family."""
    if turn.role == "other":
        return f"Family reports {sentence}"
    if turn.role != "patient":
        return sentence
    if _THIRD.match(sentence):
        return f"Family history: {sentence}"
    return _SHE.sub("the relative", _SHE_IS.sub("the relative is", sentence))


def _is_question(sentence: str) -> bool:
    """Also one that breaks off ("Have you had any operations in the-"); "..., okay?" tells."""
    plain = sentence.rstrip("\"'”) ").casefold()
    return not _TELLS.search(plain) and (plain.endswith("?") or bool(_BROKEN.match(plain)))


def _is_closed(question: str) -> bool:
    """Can it be answered by yes or no?"""
    table = load("speakers.toml")["openers"]
    words = [w.casefold().replace("’", "'") for w in _WORD.findall(question)]
    plain = " ".join(words)
    if any(f"{opening} " in f"{plain} " for opening in table["asking_none"][:2]):
        return True
    lead = next((w for w in words if w not in ("and", "so", "okay", "ok", "well", "now")), "")
    return lead not in table["asking"]


def _denies(question: str) -> bool:
    """ "No fever?" and "You don't smoke?" deny; "Don't you ...?" and "..., isn't it?" only ask."""
    words = [w.casefold().replace("’", "'") for w in _WORD.findall(question)]
    denying = load("speakers.toml")["openers"]["denying"]
    return any(word in denying for word in words[:4]) and (not words or "n't" not in words[0])


def _agrees(answer: str) -> bool:
    """Does a bare "right" or "yes" agree with a question that denies? "Yes, I do" does not."""
    said = " ".join(w.casefold().replace("’", "'") for w in _WORD.findall(answer))
    return said in load("speakers.toml")["answers"]["agrees"]


def content_of(question: str) -> str:
    """What a question asks about, as words that can be affirmed or denied."""
    led = _ASKED.match(question)
    if led and _WORD.search(question, led.end()) and not _names_family(led[0]):
        when = _WHEN.match(question)
        question = question[led.end() :].rstrip("? ") + (f" {when[0].casefold()}" if when else "")
    openers = frozenset(load("speakers.toml")["openers"]["words"])
    words = list(_WORD.finditer(question))
    while words and words[0][0].casefold().replace("’", "'") in openers:
        words.pop(0)
    if not words:
        return ""
    text = question[words[0].start() : words[-1].end()]
    return _as_told(_TAG.sub("", text))


def _as_told(asked: str) -> str:
    """The patient asked about as "you" is told of as "they"."""
    return _YOU.sub(lambda m: _THEY[m[0].casefold()], _OBJECT.sub("them", asked))


def _names_family(text: str) -> bool:
    """ "Does anyone in your family have any ..." asks of the family."""
    return any(word[0].casefold() in persons() for word in _WORD.finditer(text))


def _kind_of(answer: str) -> tuple[str, str]:
    """yes, no, maybe, unknown or declined, and what the answer says after it."""
    words = list(_WORD.finditer(answer))
    keys = [w[0].casefold().replace("’", "'") for w in words]
    while keys and keys[0] in ("oh", "um", "uh", "well", "so", "hmm", "okay", "ok", "ah", "er"):
        words, keys = words[1:], keys[1:]
    for phrase, kind in _answers():
        size = len(phrase)
        if tuple(keys[:size]) == phrase and (kind in _OPEN or _stands_alone(answer, words, size)):
            rest = answer[words[size].start() :] if len(words) > size else ""
            return kind, rest
    return "", answer


def _stands_alone(answer: str, words: list[re.Match[str]], size: int) -> bool:
    """A short answer ends at a sign or is a plain yes or no; "I have a cough" is no "I have"."""
    if size == len(words):
        return True
    between = answer[words[size - 1].end() : words[size].start()]
    return (size == 1 and words[0][0].casefold() in _PLAIN) or any(c in ",.;!-–—" for c in between)


_OPEN = ("declined", "unknown")  # however the sentence goes on
_PLAIN = frozenset({"yes", "yeah", "yep", "yup", "no", "nope", "nah"})


@lru_cache(maxsize=1)
def _answers() -> list[tuple[tuple[str, ...], str]]:
    table: dict[str, list[str]] = load("speakers.toml")["answers"]
    phrases = {
        tuple(said.split()): "yes" if kind == "often" else kind
        for kind, answers in table.items()
        for said in answers
        if kind != "agrees"
    }
    return sorted(phrases.items(), key=lambda entry: -len(entry[0]))
