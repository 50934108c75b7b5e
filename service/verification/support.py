"""One statement against the text that it cites: which of the four answers, and why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from service.retrieval.sentences import sentence_spans
from service.summary.vocabulary import Support
from service.verification.compare import ENOUGH
from service.verification.context.compare import context_reasons
from service.verification.denial import turned
from service.verification.facts import facts, in_digits
from service.verification.frame import Frame, frame
from service.verification.judge import Judged, judge
from service.verification.models import SENTENCES, Assessment, Reason, Span
from service.verification.pairs import pair_reasons
from service.verification.place import Place
from service.verification.risk.hearing import hearing_risk
from service.verification.risk.mentions import is_risk
from service.verification.risk.reasons import risk_reasons
from service.verification.terms import read
from service.verification.when import resolved
from service.verification.words import stems, words_and_values


@dataclass(frozen=True)
class Cited:
    """A place in a source, with the whole text round it and the dates that belong to it."""

    span: Span
    context: str
    dates: tuple[str, ...] = ()
    title: str = ""
    is_note: bool = True
    headed: str = ""  # the quote behind the heading that decides how it is meant, if one does


# Where else in the chart a statement may be borne out: its text -> the nearest places.
Elsewhere = Callable[[str], Sequence[Cited]]


def assess(
    index: int,
    text: str,
    cited: Sequence[Cited],
    elsewhere: Elsewhere | None = None,
    *,
    under: str = "",
) -> Assessment:
    """The answer for one statement, with reasons in words and the evidence spans.

    What its citations do not bear out and do not deny is looked for `elsewhere`: there it is
    true, but cited wrongly, and the reason says where. `under` is the heading of its section
    where that decides how it is meant.
    """
    found = _against(index, text, cited, under)
    if found.support is not Support.NOT_FOUND or elsewhere is None:
        return found
    for place in elsewhere(text):
        other = _against(index, text, [place], under)
        if other.support is Support.SUPPORTED:
            return _cited_wrongly(other, place, cited)
    return found


def _cited_wrongly(found: Assessment, place: Cited, cited: Sequence[Cited]) -> Assessment:
    said = ", ".join(f"“{c.span.quote[:80]}”" for c in cited[:2]) or "nothing"
    source = " ".join(each for each in (place.title, *place.dates) if each) or place.span.source
    return replace(
        found,
        score=found.score * 0.9,
        reasons=(Reason("citation", said, source),),
        evidence=(place.span,),
    )


def _against(index: int, text: str, cited: Sequence[Cited], under: str) -> Assessment:
    spans, quotes = tuple(c.span for c in cited), [c.span.quote for c in cited]
    framed = Frame(text) if is_verbatim(text, quotes) else frame(text)
    is_checkable = read(framed.body).is_checkable() or is_risk(framed.body)
    if not is_checkable and not is_verbatim(framed.body, quotes):
        return unchecked(index, turned(framed.body, [_quoted("", c, "") for c in cited]), spans)
    if not cited:
        return Assessment(index, Support.NOT_FOUND, 0.0, (Reason("citation", "this"),), ())
    reasons = _frame_reasons(framed, cited)
    verbatim = is_verbatim(framed.body, quotes)
    judged = Judged(1.0, ()) if verbatim else _judged(framed.body, cited, under)
    said = f"{under}: {framed.body}" if under else framed.body
    reasons += risk_reasons(in_digits(said), in_digits("\n".join(_meant(c) for c in cited)))
    return assessment(index, replace(judged, reasons=(*reasons, *judged.reasons)), spans, verbatim)


def unchecked(index: int, turned: Sequence[Reason], spans: tuple[Span, ...]) -> Assessment:
    """What says nothing that could be checked, unless it is a source's sentence turned round."""
    support = Support.CONTRADICTED if turned else Support.NOT_CHECKABLE
    return Assessment(index, support, 0.1 if turned else 0.5, tuple(turned), spans)


def assessment(
    index: int, judged: Judged, spans: tuple[Span, ...], verbatim: bool = False
) -> Assessment:
    """The answer that reasons and coverage come to."""
    support = _support(judged)
    score = _score(support, judged.coverage, verbatim)
    return Assessment(index, support, score, _plainest(judged.reasons), spans)


def _plainest(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Each thing once, though two readers may doubt it: the reason that names what the source has
    instead, and the word before its whole sentence."""
    once = list({(r.check, r.said, r.source): r for r in reversed(reasons)}.values())[::-1]
    return tuple(r for r in once if not any(_is_told_by(r, each) for each in once))


def _is_told_by(reason: Reason, sharp: Reason) -> bool:
    """Does the second reason say it better?"""
    if reason.check in SENTENCES:
        is_part = sharp.check not in SENTENCES and sharp.said in reason.said
        return reason.check != "polarity" and sharp.contradicts and is_part
    if reason.check != "words" or reason.contradicts or sharp.check in SENTENCES:
        return False
    if sharp.check == "words":
        return sharp.contradicts and reason.said in sharp.said
    return set(_words(reason.said)) <= set(_words(sharp.said))


def _words(said: str) -> list[str]:
    return words_and_values(said).split()


def is_verbatim(body: str, quotes: Sequence[str]) -> bool:
    """Is it one of the quotes, or all of them in order, but for case and punctuation?"""
    said, held = words_and_values(body), [words_and_values(quote) for quote in quotes]
    return said in held or said == " ".join(held)


def _frame_reasons(framed: Frame, cited: Sequence[Cited]) -> list[Reason]:
    """The attribution and the counts that a draft adds round what it quotes."""
    days = {day[:10] for c in cited for day in c.dates}
    reasons = [
        Reason("date", day, ", ".join(sorted(days)[:3]) or "no date", True)
        for day in framed.days
        if day not in days
    ]
    titles = frozenset().union(*(stems(c.title) for c in cited))
    if framed.title and not stems(framed.title) <= titles:
        reasons.append(Reason("source", framed.title, cited[0].title, True))
    sources = len({c.span.source for c in cited})
    if framed.count is not None and framed.count != sources:
        reasons.append(Reason("number", f"{framed.count} records", f"{sources}", True))
    return reasons


def _judged(body: str, cited: Sequence[Cited], under: str) -> Judged:
    quotes = [_quoted(body, c, under) for c in cited]
    judged = judge(body, quotes, [place for c in _contexts(cited) for place in _sentences(c)])
    held = [f"{c.span.quote} {' '.join(c.dates)}" for c in cited]
    turned = context_reasons(f"{under}: {body}", "\n".join(map(_meant, cited))) if under else []
    return replace(judged, reasons=(*judged.reasons, *turned, *pair_reasons(body, held)))


def _quoted(body: str, cited: Cited, under: str) -> Place:
    meant = cited.span.quote if under else _meant(cited)
    return hearing_risk(body, replace(_place(cited.span.quote, cited), told=partial(str, meant)))


def _meant(cited: Cited) -> str:
    return cited.headed or cited.span.quote


def _contexts(cited: Sequence[Cited]) -> list[Cited]:
    """Each record once."""
    return list({c.span.source: c for c in cited}.values())


def _sentences(cited: Cited) -> list[Place]:
    """Sentences of a note; a structured record is one piece, it speaks of one thing."""
    if not cited.is_note:
        return [_place(cited.context, cited)]
    return [_place(cited.context[a:b], cited) for a, b in sentence_spans(cited.context)]


def _place(text: str, cited: Cited) -> Place:
    told = (fact for day in cited.dates for fact in resolved(text, day))
    dated = (*told, *facts(" ".join(cited.dates)))
    return Place(read(text), dated, "".join(cited.dates[:1]), cited.span.source)


def _support(judged: Judged) -> Support:
    if any(reason.contradicts for reason in judged.reasons):
        return Support.CONTRADICTED
    if judged.reasons or judged.coverage < ENOUGH:
        return Support.NOT_FOUND
    return Support.SUPPORTED


def _score(support: Support, coverage: float, verbatim: bool) -> float:
    if support is Support.SUPPORTED:
        return 1.0 if verbatim else 0.6 + 0.35 * coverage
    return 0.1 * coverage if support is Support.CONTRADICTED else 0.1 + 0.3 * coverage
