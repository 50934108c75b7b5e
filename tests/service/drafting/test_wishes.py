"""A reason for sending a draft back is read as wishes, and the prompt follows those it can."""

from datetime import UTC, datetime

import pytest

from service.drafting.prompts import packaged_prompts
from service.drafting.wished import as_wished, wished
from service.drafting.wishes import read_wishes
from service.summary.vocabulary import SummaryType
from tests.service.drafting.builders import a_record

TODAY = datetime(2026, 6, 1, tzinfo=UTC)
STAY = a_record(
    "Encounter",
    "Inpatient stay",
    status="finished",
    category="IMP",
    effective="2026-03-02",
    raw='{"resourceType": "Encounter", "period": {"start": "2026-03-02", "end": "2026-03-09"}, '
    '"class": {"code": "IMP"}, "status": "finished"}',
)


def kinds(reason):
    return [(wish.what, *wish.about) for wish in read_wishes(reason, [STAY], today=TODAY)]


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Too long", [("shorter",)]),
        ("please shorten it", [("shorter",)]),
        ("This is too short.", [("longer",)]),
        ("The plan is too long", [("shorter", "plan")]),
        ("more on sleep", [("more", "sleep")]),
        (
            "More on sleep and appetite, too long",
            [("more", "sleep"), ("more", "appetite"), ("shorter",)],
        ),
        ("Nothing about her housing", [("more", "social")]),
        ("leave out the labs", [("without", "labs")]),
        ("Only meds and risk please", [("only", "medications"), ("only", "risk")]),
        ("less on family history", [("less", "family", "history")]),
    ],
)
def test_a_reason_is_read_clause_by_clause(reason, found):
    assert kinds(reason) == found


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("only the hospital stay", "during the admission of 2026-03-02"),
        ("just her last admission", "during the admission of 2026-03-02"),
        ("only the last 3 months", "since 2026-03-"),
        ("since January 2026 please", "since 2026-01-01"),
    ],
)
def test_a_period_is_read_against_the_chart(reason, says):
    (wish,) = read_wishes(reason, [STAY], today=TODAY)
    assert wish.what == "period" and wish.window.says.startswith(says)


@pytest.mark.parametrize(
    "reason",
    ["make it friendlier", "not too long", "don't leave out the labs", "the tone is wrong", "only"],
)
def test_what_nobody_can_tell_is_no_wish_that_is_acted_on(reason):
    assert [wish.what for wish in read_wishes(reason, [STAY], today=TODAY)] in ([""], [])


def test_a_stay_that_the_chart_does_not_have_is_no_period():
    assert [w.what for w in read_wishes("only the hospital stay", [], today=TODAY)] == ["only"]


PROMPT = packaged_prompts()[SummaryType.DISCHARGE]


def made(reason, prompt=PROMPT, **returned):
    return wished(prompt, {"reason": reason, **returned}, [STAY], today=TODAY)


def bounds(prompt):
    return {s.key: s.max_statements for s in prompt.meta.sections}


def test_too_long_halves_every_section_but_those_that_are_relied_on():
    before, after = bounds(PROMPT), bounds(as_wished(PROMPT, made("too long")))
    kept = {"risk", "allergies", "current-medications", "safety-plan", "legal", "also"}
    unchanged = {key for key in before if before[key] == after[key]}
    assert {"risk", "allergies", "current-medications"} <= unchanged <= kept
    assert all(after[k] <= before[k] / 2 + 1 for k in before.keys() - unchanged)
    assert "stay whole" in " ".join(made("too long").done)


def test_a_section_that_is_named_has_more_room_and_the_others_have_not():
    before, after = bounds(PROMPT), bounds(as_wished(PROMPT, made("more on the plan")))
    assert after["plan"] == 2 * before["plan"]
    assert {k: v for k, v in after.items() if k != "plan"} == {
        k: v for k, v in before.items() if k != "plan"
    }


def test_what_is_no_section_has_one_of_its_own_before_the_others():
    wanted = made("more on sleep and nightmares")
    assert [s.title for s in wanted.sections[:2]] == ["Nightmares", "Sleep"]
    assert wanted.sections[2:] == PROMPT.meta.sections
    assert "“sleep”" in wanted.done[0] and not wanted.not_done
    assert len({s.key for s in wanted.sections}) == len(wanted.sections)


def test_only_some_sections_leaves_the_dangers_in():
    keys = set(bounds(as_wished(PROMPT, made("only the course"))))
    assert {"course", "risk", "allergies", "current-medications"} <= keys
    assert not {"plan", "social", "pending"} & keys


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("leave out the allergies", "stays whole"),
        ("make it friendlier", "no rule here knows"),
        ("leave out the weather", "no section of this document is called so"),
    ],
)
def test_what_cannot_be_done_is_said(reason, said):
    wanted = made(reason)
    assert bounds(as_wished(PROMPT, wanted)) == bounds(PROMPT)
    assert not wanted.done and said in wanted.not_done[0] and "“" in wanted.not_done[0]


def test_one_section_is_asked_for_anew_at_another_length():
    wanted = made("", section="plan", length="shorter")
    assert bounds(as_wished(PROMPT, wanted))["plan"] == bounds(PROMPT)["plan"] / 2
    assert wanted.section == "plan" and "shorter" in wanted.words


def test_nothing_wished_is_nothing_changed():
    wanted = wished(PROMPT, {}, [STAY], today=TODAY)
    assert as_wished(PROMPT, wanted) == PROMPT and wanted.to_json() == {}


@pytest.mark.parametrize(
    ("topic", "keys"),
    [
        ("plan", {"plan"}),
        ("safety plan", {"safety-plan"}),
        ("social history", {"social"}),
        ("medicines", {"current-medications", "stopped-medications"}),
        ("mental state", {"mental-state"}),
    ],
)
def test_a_section_is_known_by_its_key_or_by_a_word_of_its_title(topic, keys):
    before, after = bounds(PROMPT), bounds(as_wished(PROMPT, made(f"more on {topic}")))
    assert {key for key in before if before[key] != after[key]} == keys
