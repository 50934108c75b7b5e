"""Counts over texts, unknown answers apart, and groups."""

from service.qa.measures import Rated, agreements, measure, measure_by
from service.qa.rubric import CANNOT_TELL, QUESTIONS

GOOD = {q.key: next(a for a in ("5", "yes") if a in q.answers) for q in QUESTIONS}


def rated(item, person, *, marks=(), month="2026-08", kind="pre-visit", **answers):
    given = {**GOOD, **{key.replace("_", "-"): answer for key, answer in answers.items()}}
    return Rated(item, person, kind, month, given, tuple(marks))


def met(found, key):
    question = next(each for each in found.questions if each.key == key)
    return question.met.count, question.met.total


def test_two_people_on_one_text_are_one_text():
    found = measure([rated("i1", "a"), rated("i1", "b", accurate="2"), rated("i2", "a")])
    assert (found.items, found.ratings) == (2, 3)
    assert met(found, "accurate") == (1, 2)  # one doubts it, so it does not count as met
    assert met(found, "useful") == (2, 2)


def test_who_could_not_tell_is_counted_apart():
    found = measure([rated("i1", "a", complete=CANNOT_TELL), rated("i2", "a")])
    assert met(found, "complete") == (1, 1)
    complete = next(q for q in found.questions if q.key == "complete")
    assert complete.answers[CANNOT_TELL] == 1


def test_an_error_counts_once_a_text_whoever_marked_it():
    found = measure(
        [
            rated("i1", "a", marks=("omitted", "omitted")),
            rated("i1", "b", marks=("invented",)),
            rated("i2", "a"),
        ]
    )
    assert (found.errors["omitted"].count, found.errors["omitted"].total) == (1, 2)
    assert found.any_error.count == 1


def test_groups_by_type_and_month():
    both = [rated("i1", "a", month="2026-07"), rated("i2", "a", kind="discharge")]
    assert list(measure_by(both, lambda each: each.month)) == ["2026-07", "2026-08"]
    assert measure_by(both, lambda each: each.summary_type)["discharge"].items == 1


def test_agreement_is_on_what_both_could_judge():
    (pair,) = agreements(
        [
            rated("i1", "a"),
            rated("i1", "b", useful="1"),
            rated("i2", "a"),
            rated("i2", "b", useful=CANNOT_TELL),
            rated("i3", "a"),
        ]
    )
    assert pair.persons == ("a", "b")
    assert (pair.questions["useful"].items, pair.questions["useful"].agreed.count) == (1, 0)
    assert pair.questions["accurate"].agreed.count == 2


def test_a_rater_alone_agrees_with_nobody():
    assert agreements([rated("i1", "a")]) == ()
