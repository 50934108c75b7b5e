import pytest

from service.reading.assertions import Act, Kind, Polarity, Time
from service.reading.layout import Section, Stance
from tests.service.reading.scope.saying import said_of


@pytest.mark.parametrize(
    ("phrase", "act"),
    [
        ("Takes lithium.", Act.TAKEN),
        ("On lithium 300 mg.", Act.TAKEN),
        ("Start lithium.", Act.STARTED),
        ("She was started on lithium.", Act.STARTED),
        ("Continue lithium.", Act.CONTINUED),
        ("Increase lithium from 300 mg to 600 mg.", Act.INCREASED),
        ("Lithium reduced to 300 mg.", Act.REDUCED),
        ("Lithium was stopped due to tremor.", Act.STOPPED),
        ("Lithium taper finished in May.", Act.STOPPED),
        ("Finished her taper of lithium last week.", Act.STOPPED),
        ("Hoards her lithium.", Act.MISSED),
        ("Cheeks lithium at night.", Act.MISSED),
        ("Lithium - STOPPED by pt 3 wks ago.", Act.STOPPED),
        ("[DISCONTINUED] lithium 300 mg", Act.STOPPED),
        ("Hold lithium.", Act.HELD),
        ("Lithium is on hold for AKI.", Act.HELD),
        ("Lithium prescribed but not filled.", Act.NOT_FILLED),
        ("Ran out of lithium a month ago.", Act.NOT_FILLED),
        ("Missed 3 doses of lithium.", Act.MISSED),
        ("Lithium offered; patient declined.", Act.DECLINED),
        ("Avoid lithium.", Act.AVOID),
        ("Lithium is contraindicated.", Act.AVOID),
        ("Consider lithium.", Act.CONSIDERED),
        ("Lithium 300 mg as needed.", Act.AS_NEEDED),
        ("Lithium taper: reduce by 300 mg every week.", Act.TAPER),
        ("We spoke of lithium.", Act.NONE),
        ("Lithium, which I stopped in May.", Act.STOPPED),
        ("Lithium, which the ward had raised, was tapered and stopped.", Act.STOPPED),
        ("The ward stopped lithium, which the GP had begun.", Act.STOPPED),
        ("Lithium was given up after a week.", Act.STOPPED),
        ("Stopping lithium made no difference.", Act.STOPPED),
        ("Lithium was considered and decided against.", Act.DECLINED),
        ("Lithium was suggested but rejected.", Act.DECLINED),
        ("Lithium was prescribed, but she has not picked it up.", Act.NOT_FILLED),
        ("Has not missed a single dose of lithium.", Act.TAKEN),
        ("Lithium was avoided.", Act.AVOID),
        # an end behind how it was taken, and one that stands for itself in brackets
        ("Lithium 300 mg prn 8/2025, stopped 12/18/25.", Act.STOPPED),
        ("Lithium as needed for mania, stopped in May.", Act.STOPPED),
        ("Lithium 300 mg 3/2025 (rash day 19, stopped 4/1/25).", Act.STOPPED),
        ("Lithium 300 mg 2024 (tremor, thirst; stopped 9/10/24), then valproate.", Act.STOPPED),
        ("Stopped daily lithium, now prn only.", Act.AS_NEEDED),
        ("Lithium 300 mg, take 300 mg by mouth at bedtime, stopped.", Act.STOPPED),
        ("Lithium 300 mg, 1 capsule, twice daily, stopped.", Act.STOPPED),
        ("Lithium 300 mg, with food at night, declined.", Act.DECLINED),
        ("Lithium 300 mg, quetiapine 50 mg at night, stopped.", Act.TAKEN),
        ("She stopped lithium herself and restarted it.", Act.CONTINUED),
        # a change to a dose, without the name of what is changed
        ("Lithium helps; increase to 900 mg.", Act.INCREASED),
        ("Lithium helps; reduce to 300 mg, quetiapine 50 mg.", Act.REDUCED),
        ("Sertraline helps; increase to 100 mg, lithium 300 mg.", Act.TAKEN),
        ("Do not stop lithium abruptly; reduce to 300 mg.", Act.TAKEN),
        # an end that was only thought of
        ("He thought of stopping his lithium last week.", Act.CONSIDERED),
        ("Is thinking about quitting lithium.", Act.CONSIDERED),
        ("We discussed stopping lithium.", Act.CONSIDERED),
        # what another thing does with it, and a change of it that was declined
        ("Stop fluvoxamine today (raises lithium).", Act.NONE),
        ("Stop ibuprofen, which interacts with lithium.", Act.NONE),
        ("Ibuprofen stopped: it boosts lithium.", Act.NONE),
        ("She refused the lithium increase last time.", Act.NONE),
        ("Patient declined an increase in lithium.", Act.NONE),
        ("Declined to increase lithium.", Act.NONE),
        ("Declined lithium, increase quetiapine.", Act.DECLINED),
    ],
)
def test_an_act_stands_before_or_behind_its_medicine(phrase: str, act: Act) -> None:
    said = said_of("lithium", phrase.casefold().replace("[discontinued]", "[DISCONTINUED]"))
    assert said.act is act


def test_each_medicine_has_its_own_act() -> None:
    phrase = "Lithium was stopped and olanzapine started, quetiapine held."
    assert said_of("Lithium", phrase).act is Act.STOPPED
    assert said_of("olanzapine", phrase).act is Act.STARTED
    assert said_of("quetiapine", phrase).act is Act.HELD


@pytest.mark.parametrize(
    "phrase",
    ["She denies having stopped lithium.", "He did not miss any dose of lithium."],
)
def test_an_end_that_is_denied_goes_on(phrase: str) -> None:
    said = said_of("lithium", phrase)
    assert (said.act, said.polarity) == (Act.TAKEN, Polarity.AFFIRMED)


def test_a_start_that_is_denied_is_none() -> None:
    said = said_of("lithium", "Lithium was never started; she has not started lithium.")
    assert (said.act, said.polarity) == (Act.STARTED, Polarity.NEGATED)


def test_what_is_stopped_is_past() -> None:
    assert said_of("lithium", "Stopped lithium.").time is Time.PAST


@pytest.mark.parametrize(
    ("phrase", "act", "time"),
    [
        ("Continue lithium 300 mg", Act.CONTINUED, Time.NOW),
        ("Lithium 300 mg daily", Act.TAKEN, Time.NOW),
        ("Start lithium 300 mg", Act.STARTED, Time.PLANNED),
        ("Hold lithium", Act.HELD, Time.NOW),
    ],
)
def test_a_plan_goes_on_with_what_is_taken(phrase: str, act: Act, time: Time) -> None:
    said = said_of("ithium", phrase, section=Section.PLAN)
    assert (said.act, said.time) == (act, time)


@pytest.mark.parametrize(
    ("section", "stance", "act"),
    [
        (Section.MEDICINES, Stance.PLAIN, Act.TAKEN),
        (Section.MEDICINES, Stance.STOPPED, Act.STOPPED),
        (Section.MEDICINES, Stance.HELD, Act.HELD),
        (Section.PAST_MEDICINES, Stance.PLAIN, Act.STOPPED),
    ],
)
def test_a_list_says_what_is_done_with_its_items(
    section: Section, stance: Stance, act: Act
) -> None:
    said = said_of("lithium", "lithium 300 mg daily", section=section, stance=stance)
    assert said.act is act


@pytest.mark.parametrize(
    ("word", "phrase", "section"),
    [
        ("Lithium", "Lithium - tremor", Section.ALLERGIES),
        ("penicillin", "Allergic to penicillin.", Section.OTHER),
        ("Penicillin", "Penicillin allergy since childhood.", Section.OTHER),
        ("Shellfish", "Shellfish: hives", Section.ALLERGIES),
    ],
)
def test_what_one_is_allergic_to_is_not_taken(word: str, phrase: str, section: Section) -> None:
    said = said_of(word, phrase, section=section)
    assert (said.concept.kind, said.act) == (Kind.ALLERGY, Act.NONE)


def test_an_allergy_keeps_how_it_showed() -> None:
    said = said_of("Lithium", "Lithium - tremor", section=Section.ALLERGIES)
    assert [(value.what, value.value) for value in said.values] == [("reaction", "tremor")]
