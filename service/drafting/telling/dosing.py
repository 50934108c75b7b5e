"""How one record tells a medicine and its dose: in few words where these are all that it says of
it, else in its own."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from service.drafting.telling.item import BRACKET, LONGEST, Telling
from service.facts.doses import LISTS
from service.facts.fact import FactSource, ReadRecord
from service.facts.said import name_of
from service.facts.wording import value_words
from service.reading.assertions import Act, Assertion, Kind, Polarity, Value
from service.reading.lexicon.relations import wider
from service.reading.values import values as read
from service.summary.document import Citation

TOO_LONG = "for its dose see the record"
_A_DAY = ("a day", "per day", "/day", "daily")
_INJECTED = ("im", "iv", "sc", "sq", "intramuscular", "intravenous", "subcutaneous", "transdermal")
_OVER = (Act.STOPPED, Act.DECLINED, Act.NOT_FILLED, Act.MISSED, Act.AVOID)
_VOLUMES = ("ml", "l")
_BY_MOUTH = ("route", "oral")
_STEPS = ("dose", "frequency", "duration", "change", "stage", "route")
_NOTHING = frozenset(("take", "give", "inject", "apply", "use", "route"))  # said of every dose
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r"[,;:()\n]|\.(?=\s|$)| (?:and|but) ")


class Dosing(NamedTuple):
    """`text` with the name; `dosage` without it, "" where it is told in few words, the whole line
    where that is no dose of this medicine but of a product."""

    text: str
    citation: Citation
    dosage: str = ""
    is_product: bool = False


def dosing(telling: Telling, source: FactSource, key: str) -> Dosing | None:
    """None of a dose that was given or handed out, of a plan that names it, of what is denied, and
    of a note that does not say how often it is taken."""
    record = telling.read(source)
    said = [a for a in telling.assertions(source, key) if a.polarity is Polarity.AFFIRMED]
    if not said or not (record.is_note or record.type in LISTS):
        return None
    told = _of_note if record.is_note else _of_order
    return told(telling, source, key, said)


def _of_order(telling: Telling, source: FactSource, key: str, said: Sequence[Assertion]) -> Dosing:
    record, dosage = telling.read(source), _dosage(telling.read(source))
    body, citation = telling.line(source, 0, telling.end_of_line(source))
    has_dose = any(v.what == "dose" for a in said for v in a.values) or not _WORD.search(dosage)
    is_one = _is_one(record, key, said)
    if is_one and has_dose and (words := _in_few(record, key, said, dosage)):
        return Dosing(words, citation)
    is_amount = all(_is_amount(v) for a in said for v in a.values if v.what == "dose")
    text = _short(body, _name(record, key, said), dosage)
    if text != body and is_one and not _is_several(said):  # one dose, and what to do beside it
        text = _in_few(record, key, said, dosage, is_all=False) or text
    is_product = not (is_one and is_amount)
    return Dosing(text, citation, body if is_product else dosage, is_product)


def _of_note(
    telling: Telling, source: FactSource, key: str, said: Sequence[Assertion]
) -> Dosing | None:
    record, found = telling.read(source), telling.sentence(source)
    if found is None or not any(v.what == "frequency" for a in said for v in a.values):
        return None
    start, last, end = _place(telling, source, said)
    name, is_several = record.text[said[0].start : said[0].end], _is_several(said)
    if not is_several and (words := _in_few(record, key, said, "")):
        head = record.text[start:last].replace(name, " ", 1)
        is_apart = bool(_unsaid(head, said, list(_values(said, record.text))))
        if is_apart or not _WORD.search(record.text, last, end):
            return Dosing(words, found[1])
    own = " ".join(record.text[start:end].split())
    doses = [v.said for a in said for v in a.values if v.what == "dose"]
    has_unit = any(map(str.isalpha, "".join(doses)))
    dosage = own.removeprefix(name).lstrip(" ,:") if is_several and has_unit else ""
    return Dosing(_short(own, _name(record, key, said)), found[1], dosage)


def _is_several(said: Iterable[Assertion]) -> bool:
    """More than one dose or how often, as needed, up to a most, or by steps."""
    values = [v for a in said for v in a.values]
    told = [{v.value for v in values if v.what == what} for what in ("dose", "frequency")]
    is_stepped = any(v.what == "stage" or _is_change_by(v) for v in values)
    is_needed = any(a.act is Act.AS_NEEDED for a in said)
    is_most = any(v.comparator for v in values if v.what == "dose")
    return is_stepped or is_needed or is_most or any(len(each) > 1 for each in told)


def _is_change_by(value: Value) -> bool:
    return value.what == "change" and isinstance(value.value, tuple) and value.value[0] == "by"


def _in_few(
    record: ReadRecord, key: str, said: Sequence[Assertion], dosage: str, *, is_all: bool = True
) -> str:
    """ "lithium 600 mg at bedtime"; "" where the dosage says anything beside that, if `is_all`."""
    values = list(_values(said, record.text, read(dosage)))
    amounts = [v for v in values if v.what == "dose"]
    amounts += [v for a in said for v in a.values if v.what == "strength"]
    is_plain = all(_is_amount(v) and not v.comparator and v.per not in _VOLUMES for v in amounts)
    words = " ".join([_name(record, key, said), *(value_words(v) for v in values)])
    return words if is_plain and not (is_all and _unsaid(dosage, said, values)) else ""


def _short(own: str, name: str, dosage: str = "") -> str:
    """The record's own words, where these are long without the product that was ordered."""
    if len(own.split()) <= LONGEST:
        return own
    is_short = 0 < len(dosage.split()) <= LONGEST
    return f"{name}, {dosage}" if is_short else f"{name}, {TOO_LONG}"


def _place(telling: Telling, source: FactSource, said: Sequence[Assertion]) -> tuple[int, int, int]:
    """From the medicine, or what stands before it of its dose, to the last word of its dose, and to
    the end of that part of the sentence, no farther than the next medicine."""
    record, (low, high) = telling.read(source), telling.span(source)
    told = [v for a in said for v in a.values if v.what in _STEPS and low <= v.start < high]
    start = min([said[0].start, *(v.start for v in told)])
    last = max([said[0].end, *(v.end for v in told)])
    if record.text.count("(", start, last) > record.text.count(")", start, last):
        last = record.text.find(")", last, high) + 1 or last
    stop = _PART.search(record.text, last, high)
    end = stop.start() if stop else high
    others = (a for a in record.assertions if a.concept.kind is Kind.MEDICINE)
    return start, last, last if any(last <= a.start < end for a in others) else end


def is_taken(said: Assertion) -> bool:
    return said.polarity is Polarity.AFFIRMED and said.act not in _OVER


def _is_amount(value: Value) -> bool:
    """Of the medicine itself; not of tablets, puffs, or of it in a volume."""
    return isinstance(value.value, tuple) and value.value[0] in ("mass", "units")


def _dosage(record: ReadRecord) -> str:
    """What a record's first line says behind the name."""
    line = BRACKET.sub("", record.text.partition("\n")[0])
    return line.partition(record.title)[2].strip(" ,;.")


def _unsaid(dosage: str, said: Iterable[Assertion], values: Sequence[Value]) -> list[str]:
    """The words beyond those of the values, of a form, and of the way by the mouth."""
    beside = [v for a in said for v in a.values if v.what == "form"]
    known = {_BY_MOUTH, *((v.what, v.value) for v in values)}  # "every 6 hours, 4 times daily"
    beside += [v for v in read(dosage) if (v.what, v.value) in known]
    rest = dosage.casefold()
    for dose in (v.said.casefold() for v in values if v.what == "dose"):
        rest = re.sub(rf"[\d.½]{{1,6}} [^\W\d]{{1,20}} \({re.escape(dose)}\)", dose, rest)
    for told in sorted({v.said.casefold() for v in (*values, *beside)} - {""}, key=len)[::-1]:
        rest = re.sub(rf"(?<!\w){re.escape(told)}(?!\w)", " ", rest, count=1)
    return [word for word in _WORD.findall(rest) if word not in _NOTHING]


def _is_one(record: ReadRecord, key: str, said: Sequence[Assertion]) -> bool:
    """Does the name name this medicine alone, and not one of several in a product?"""
    own, end = record.text[said[0].start : said[0].end].casefold(), len(record.title)
    line = record.text.find(record.title)
    named = {a.concept.key for a in record.assertions if line <= a.start < line + end}
    others = named - {key} - wider(key)
    parts = [part in own for part in key.split("-")]
    return not others and (all(parts) or not any(parts))


def _name(record: ReadRecord, key: str, said: Sequence[Assertion]) -> str:
    """The record's own name where it is short, a generic name for a long product; with its form."""
    own = " ".join(record.text[said[0].start : said[0].end].split())
    name = own if 0 < len(own.split()) <= 2 else name_of(key)
    forms = dict.fromkeys(v.said for v in said[0].values if v.what == "form")
    return " ".join([name, *(form for form in forms if form.casefold() not in name.casefold())])


def _values(said: Iterable[Assertion], text: str, written: Sequence[Value] = ()) -> Iterator[Value]:
    """The first dose, how often, and the way in where it is not the mouth, as they stand there; of
    what is coded otherwise, as it is `written`."""
    found = [v if v.said in text else _same(v, written) for a in said for v in a.values]
    held = [value for value in found if value]
    dose = next((v for v in held if v.what == "dose"), None)
    often = [v for v in held if v.what == "frequency"]
    if dose and dose.per in ("day", "d"):  # "up to 3 g a day": how much, not how often
        often = [v for v in often if v.said not in _A_DAY]
    yield from (dose,) if dose else ()
    yield from often[:1]
    yield from [v for v in held if v.what == "route" and v.said.casefold() in _INJECTED][:1]


def _same(coded: Value, written: Sequence[Value]) -> Value | None:
    """The same dose in another unit, the same rate in other words."""
    alike = (w for w in written if w.what == coded.what and isinstance(w.value, tuple))
    if coded.what == "frequency" and isinstance(coded.value, tuple):
        return next((w for w in alike if w.value[0] == coded.value[0]), None)  # type: ignore[index]
    return next((w for w in alike if w.value == coded.value), None)
