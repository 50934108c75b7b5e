"""A label with its answer, and a sentence, as units."""

from collections.abc import Iterator
from dataclasses import replace

from service.reading.layout import Place, Section, Stance, State
from service.reading.structure.boxes import in_order
from service.reading.structure.entries import iso_date
from service.reading.structure.headings import is_own_sentence
from service.reading.structure.labels import Answer, Segment, is_unfilled, split_answer
from service.reading.structure.page import Page, Setting
from service.reading.structure.sentences import sentences, trimmed, trimmed_marks
from service.reading.structure.signs import signed
from service.reading.structure.states import is_template
from service.reading.structure.talk import speaker_of, turn_at, turns_inside
from service.reading.structure.words import answer_of, listed, plain, stance_of, words

_GUESSED = frozenset({Section.OTHER, Section.ASSESSMENT})


def read_sentences(page: Page, value: Place, setting: Setting) -> None:
    is_talk = setting.section is Section.TALK
    for sentence in sentences(page.text, value.start, value.end, is_talk=is_talk):
        read_sentence(page, sentence, setting)


def read_sentence(page: Page, place: Place, setting: Setting) -> None:
    if setting.section is Section.TALK:
        page.add(place, setting)
        return
    said = page.said(place)
    if tagged := _tagged(page, place):
        place, rest, stance = tagged
        page.add(place, setting, parts=(rest,), stance=stance)
    elif things := signed(page.text, place):
        for thing in things:
            page.add(thing.place, setting, parts=thing.parts, stance=thing.stance)
    elif is_template(said, page.templates) or "***" in said:
        page.add(place, setting, state=State.TEMPLATE)
    elif (answer := answer_of(said)) and setting.header:
        name = setting.lead or name_of(page, setting.header)
        page.add(place, replace(setting, lead=None), parts=(name,), stance=answer)
    else:
        page.add(place, _guessed(said, setting), stance=_own(page, place, setting))


def _tagged(page: Page, place: Place) -> tuple[Place, Place, Stance] | None:
    """ "[DISCONTINUED] trazodone 50 mg": the tag tells how it stands with what follows."""
    said = page.said(Place(place.start, min(place.end, place.start + 40)))
    close = {"[": "]", "(": ")"}.get(said[:1], "")
    stop = said.find(close) if close else -1
    stance = stance_of(said[1:stop]) if stop > 1 else None
    rest = trimmed(page.text, place.start + stop + 1, place.end)
    return (place, rest, stance) if stance and rest.start < rest.end else None


def _own(page: Page, place: Place, setting: Setting) -> Stance:
    """An item with a yes or no of its own: "endorses passive SI" in a list of what is denied."""
    first = page.said(Place(place.start, min(place.end, place.start + 24))).casefold().split()
    is_own = bool(first) and first[0].strip(",.:;") in listed("items", "own")
    return Stance.PLAIN if is_own else setting.stance


def _guessed(said: str, setting: Setting) -> Setting:
    """Without a heading, the lines that plan and the one that begins a history tell themselves."""
    if setting.section not in _GUESSED:
        return setting
    first, *rest = (w.strip(".,:;-") for w in said[:80].casefold().split())
    told = f" {' '.join([first, *rest])} "
    if first in words("plans", "first") or any(
        f" {p} " in told for p in listed("plans", "phrases")
    ):
        return replace(setting, section=Section.PLAN)
    if setting.section is Section.OTHER and any(p in told for p in listed("plans", "people")):
        return replace(setting, section=Section.HISTORY)
    return setting


def read_labelled(page: Page, segment: Segment, setting: Setting) -> None:
    label, value = segment
    assert label is not None
    first, *rest = sentences(page.text, value.start, value.end)
    if day := iso_date(page.said(label)):
        setting = replace(setting, dated=day)
    if who := _teller(page, label, first):
        setting = replace(
            setting, speaker=who, header=with_colon(page, label), section=Section.COLLATERAL
        )
        read_sentences(page, value, setting)
        return
    read_answer(page, label, first, setting)
    for sentence in rest:
        read_sentence(page, sentence, setting)


def _teller(page: Page, label: Place, value: Place) -> str:
    """ "Mother: he has not slept": who says it; not "Mother: bipolar disorder"."""
    first = page.said(Place(value.start, min(value.end, value.start + 20))).casefold().split()
    is_told = first[0].strip(",.\"'") in words("items", "told")
    who = speaker_of(page.said(label)) if is_told else ""
    return "" if who in ("patient", "clinician") else who


def informant(name: str) -> str:
    """Of a heading of what others tell the one who does: "Collateral (wife, by phone)"."""
    told = (speaker_of(word.strip("(),.:;-")) for word in name.split())
    return next((who for who in told if who not in ("", "patient", "clinician")), "")


def read_answer(page: Page, label: Place, value: Place, setting: Setting) -> None:
    """A label and what stands behind it; an answer becomes the stance."""
    whole = Place(label.start, value.end)
    if plain(page.said(label)).endswith(listed("template", "labels")):
        page.add(whole, setting, parts=(label, value), state=State.TEMPLATE)
        return
    answer = split_answer(page.text, value)
    if answer and page.said(value)[:2].casefold() == "nk" and len(page.said(label)) < 5:
        answer = None  # "All: NKDA" tells more than its label does
    if setting.section is Section.SUBSTANCES and page.said(value).rstrip(".") == "0":
        answer = Answer(Stance.NO, None)
    if (not answer or answer.detail) and (things := signed(page.text, value)):
        for thing in things:
            start = label.start if thing is things[0] else thing.place.start
            place = Place(start, thing.place.end)
            page.add(place, setting, parts=(label, *thing.parts), stance=thing.stance)
        return
    if not answer:
        is_marked = page.said(value)[:1] in "[("
        told = (trimmed_marks(page.text, value) or value) if is_marked else value
        named = in_order(page.text, label, told)
        page.add(whole, setting, parts=named, stance=_own(page, value, setting))
        return
    detail = answer.detail
    state = State.TEMPLATE if is_unfilled(page.said(value)) else None
    if detail and answer.stance is not Stance.UNKNOWN and _goes_on(page.said(detail)):
        page.add(Place(label.start, detail.start), setting, parts=(label,), stance=answer.stance)
        page.add(detail, setting, stance=Stance.PLAIN)
        return
    parts = (label, detail) if detail else (label,)
    page.add(whole, setting, parts=parts, stance=answer.stance, state=state)


def _goes_on(detail: str) -> bool:
    """ "No, but reports a wish to be dead": what follows tells something of its own."""
    first = detail.split(None, 1)[0].casefold().strip(",:;")
    return is_own_sentence(detail) or first in words("owners", "verbs") | words("answers", "then")


def read_talk(page: Page, line: Place, setting: Setting) -> Setting:
    """The turns of one line, each under its speaker."""
    for label, value, speaker in _turns(page.text, line, setting):
        setting = replace(
            setting, section=Section.TALK, header=label, speaker=speaker, lead=None, outer=None
        )
        page.open(label, setting, is_known=True)
        read_sentences(page, value, setting)
    return setting


def _turns(text: str, line: Place, setting: Setting) -> Iterator[tuple[Place, Place, str]]:
    """Label, words, speaker."""
    for piece in turns_inside(text, line.start, line.end):
        turn = turn_at(text, piece.start, piece.end)
        label = turn.label if turn else setting.header or Place(piece.start, piece.start)
        start = turn.label.end if turn else piece.start
        yield label, Place(start, piece.end), turn.speaker if turn else setting.speaker


def with_colon(page: Page, label: Place) -> Place:
    colon = page.text.find(":", label.end, label.end + 6)
    return Place(label.start, colon + 1) if colon >= 0 else label


def name_of(page: Page, header: Place) -> Place:
    """A header without its colon and marks."""
    return trimmed_marks(page.text, header) or header
