"""A block (an item, or lines that run on) as units: its labels, answers, headers and sentences."""

from dataclasses import replace

from service.reading.layout import Place, Section, Stance
from service.reading.structure.boxes import Ticked, marks_in, read_boxes
from service.reading.structure.entries import iso_date
from service.reading.structure.headings import continues, is_narrow, is_own_sentence
from service.reading.structure.labels import Segment, segments, split_answer
from service.reading.structure.page import Page, Setting
from service.reading.structure.phrases import (
    informant,
    name_of,
    read_answer,
    read_labelled,
    read_sentence,
    read_sentences,
    with_colon,
)
from service.reading.structure.runin import Item, run_in
from service.reading.structure.sentences import sentences, trimmed, trimmed_marks
from service.reading.structure.talk import speaker_of
from service.reading.structure.words import (
    answer_of,
    is_correction,
    plain,
    section_of,
    stance_of,
    words,
)

_PROBLEMS = frozenset({Section.ASSESSMENT, Section.PLAN, Section.DIFFERENTIAL, Section.COURSE})
_MOST_HEADER, _LONGEST_HEADER_ITEM = 200, 80
_GOES_ON = frozenset({Stance.STOPPED, Stance.HELD})
_DONE = frozenset({"was", "were", "completed", "given", "received", "had", "done"})


def read_block(
    page: Page, start: int, end: int, setting: Setting, *, root: Setting, first: int = 1
) -> Setting:
    """Adds the units of text[start:end]; answers what holds for the lines that follow.

    `first` is the number with which a list inside it would begin."""
    if listing := run_in(page.text, start, end, first=first):
        return _run_in(page, *listing, setting, root=root)
    marks = marks_in(page.text, start, end)
    if marks:
        _boxes(page, start, end, setting, read_boxes(page.text, start, end, marks))
        return setting
    found = segments(page.text, start, end)
    for number, segment in enumerate(found):
        is_last = number == len(found) - 1
        setting = _segment(page, segment, setting, root=root, is_last=is_last)
    return setting


def _run_in(
    page: Page, before: Place, items: list[Item], setting: Setting, *, root: Setting
) -> Setting:
    """What stands before a run-in list, often its header, and the items under it."""
    under = setting
    if before.start < before.end:
        under = read_block(page, *before, setting, root=root, first=0)
    inside = replace(under, list_of=page.next_list())
    for item in items:
        count = len(page.units)
        read_block(page, *item.body, inside, root=root, first=0)
        page.take_in(item.place.start, item.body.start, count)
    if under.outer is not None and under.outer is setting:
        return setting
    is_short = under is not setting and is_narrow(under.section)
    return replace(under, outer=setting, is_run_in=True) if is_short else under


def _boxes(page: Page, start: int, end: int, setting: Setting, ticked: list[Ticked]) -> None:
    """In a plan an empty box is something still to do."""
    at = start
    is_plan = setting.section is Section.PLAN or setting.stance is Stance.PLANNED
    lead = setting.lead or (name_of(page, setting.header) if setting.header else None)
    for tick in ticked:
        before = trimmed_marks(page.text, trimmed(page.text, at, tick.place.start))
        if before:
            read_sentences(page, before, setting)
        stance = tick.stance
        if is_plan and stance is Stance.NO and tick.parts:
            stance = Stance.PLANNED
        if tick.parts or not lead:
            page.add(tick.place, setting, parts=tick.parts, stance=stance)
        else:
            page.add(tick.place, replace(setting, lead=None), parts=(lead,), stance=stance)
        at = tick.place.end
    if rest := trimmed_marks(page.text, trimmed(page.text, at, end)):
        read_sentences(page, rest, setting)


def _segment(
    page: Page, segment: Segment, setting: Setting, *, root: Setting, is_last: bool
) -> Setting:
    label, value = segment
    if label and setting.is_run_in and setting.outer and is_narrow(setting.section):
        setting = setting.outer
    if label is None:
        return _unlabelled(page, value, setting, is_last=is_last)
    name = page.said(label)
    known, stance = section_of(name), stance_of(name)
    header = with_colon(page, label)
    if not known and is_correction(name.lstrip("0123456789: "), most=2):
        setting = replace(
            root, header=header, dated=iso_date(name) or setting.dated, state=setting.state
        )
        page.open(header, setting, is_known=True)
        read_sentences(page, value, setting)
        return setting
    if value.start >= value.end:
        is_anew = plain(name) in words("plans", "now") or stance is Stance.PLANNED
        if is_anew and (setting.stance in _GOES_ON or setting.section is Section.PAST_MEDICINES):
            known = (Section.MEDICINES, False)
        return opened(page, header, setting, section=known, stance=stance, root=root)
    is_item = _is_plan_item(page, value, known, setting)
    if (known or stance) and not is_item:
        return _headed(page, segment, setting)
    read_labelled(page, segment, setting)
    return setting


def _is_plan_item(
    page: Page, value: Place, known: tuple[Section, bool] | None, setting: Setting
) -> bool:
    """ "Plan: none" beside ideation and intent is no plan of treatment."""
    if not known or known[0] is not Section.PLAN:
        return False
    said = page.said(Place(value.start, min(value.end, value.start + 60)))
    is_short = len(said.split()) < 6 and said.split(None, 1)[0].casefold() not in words(
        "plans", "first"
    )
    return bool(split_answer(page.text, value)) or (setting.section is Section.RISK and is_short)


def _unlabelled(page: Page, value: Place, setting: Setting, *, is_last: bool) -> Setting:
    """Sentences; the last one, where it ends on a colon, is read with each item that follows."""
    if not is_last or page.text[value.end - 1] != ":":
        read_sentences(page, value, setting)
        return setting
    last = [*sentences(page.text, value.start, value.end)][-1]
    if last.end - last.start > _MOST_HEADER:
        read_sentences(page, value, setting)
        return setting
    if value.start < last.start:
        read_sentences(page, trimmed(page.text, value.start, last.start), setting)
    return opened(
        page, last, setting, section=None, stance=stance_of(page.said(last)), root=setting
    )


def opened(
    page: Page,
    header: Place,
    setting: Setting,
    *,
    section: tuple[Section, bool] | None,
    stance: Stance | None,
    root: Setting,
) -> Setting:
    """What holds under a header that stands alone."""
    inside = replace(
        setting,
        header=header,
        lead=None,
        outer=setting,
        indent=-1,
        marker="",
        is_firm=bool(section),
        is_run_in=False,
        list_of=-1,
    )
    page.open(header, replace(setting, lead=None), is_known=bool(section or stance))
    if section:
        is_list = stance is not None and stance is not Stance.PLANNED
        kept = root if not is_list else setting
        lead = name_of(page, header) if section[1] else None
        return replace(
            inside,
            section=section[0],
            stance=stance or Stance.PLAIN,
            lead=lead,
            outer=kept if is_list or lead else None,
            style="label",
            speaker=informant(page.said(header)) if section[0] is Section.COLLATERAL else "",
        )
    inside = replace(inside, list_of=page.next_list())
    if stance:
        return replace(inside, stance=stance)
    if setting.section in _PROBLEMS and not is_own_sentence(page.said(header)):
        page.add(header, replace(setting, lead=None, list_of=-1), stance=Stance.PLAIN)
        return inside
    is_done = bool(_DONE & set(page.said(header).casefold().split()))
    stance = Stance.PLAIN if is_done else inside.stance
    return replace(inside, lead=name_of(page, header), stance=stance)


def header_item(page: Page, item: Place, setting: Setting) -> Setting | None:
    """ "- Denies" over items that are set in further: what holds for those."""
    said = page.said(item) if item.end - item.start < _LONGEST_HEADER_ITEM else ""
    stance = stance_of(said) if said else None
    is_answer = answer_of(said) is not None and not said.casefold().startswith("den")
    is_kin = setting.section is Section.FAMILY and bool(speaker_of(said))
    if not (stance or is_kin) or is_answer:
        return None
    return opened(page, item, setting, section=section_of(said), stance=stance, root=setting)


def _headed(page: Page, segment: Segment, setting: Setting) -> Setting:
    """A heading or a header of a kind, with text behind it on the line."""
    label, value = segment
    assert label is not None
    name = page.said(label)
    known, stance = section_of(name), stance_of(name)
    inside = replace(
        setting,
        header=with_colon(page, label),
        stance=stance or Stance.PLAIN,
        section=known[0] if known else setting.section,
        lead=None if known else setting.lead,
        list_of=-1 if known else page.next_list(),
        outer=None,
        style="label" if known else setting.style,
    )
    if inside.section is Section.COLLATERAL:
        inside = replace(inside, speaker=informant(name))
    page.open(inside.header or label, replace(setting, lead=None), is_known=True)
    first, *rest = sentences(page.text, value.start, value.end)
    _answered_or_told(page, label, first, inside, is_read=bool(known and _is_read(known)))
    base = setting.outer if setting.is_run_in and setting.outer else setting
    is_short = known is None or is_narrow(inside.section)
    for sentence in rest:
        if is_short and not (known and continues(inside.section, page.said(sentence))):
            inside, is_short = base, False
        read_sentence(page, sentence, inside)
    if known is None and stance in _GOES_ON and inside is not base:
        return replace(inside, outer=base, is_run_in=True)
    if known is None:
        return setting
    return base if inside is base else replace(inside, outer=base, is_run_in=True)


def _is_read(known: tuple[Section, bool]) -> bool:
    return known[1] or known[0] is Section.ADMINISTRATIVE


def _answered_or_told(
    page: Page, label: Place, first: Place, inside: Setting, *, is_read: bool
) -> None:
    if split_answer(page.text, first) or is_read:
        read_answer(page, label, first, inside)
    else:
        read_sentence(page, first, inside)
