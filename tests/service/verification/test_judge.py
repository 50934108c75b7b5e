"""A statement beside the places that may bear it out."""

import pytest

from service.verification.judge import judge
from service.verification.place import Place
from service.verification.terms import read


def reasons(statement, *sources):
    return judge(statement, [Place(read(source)) for source in sources]).reasons


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("High blood pressure and shortness of breath.", "HTN, SOB."),
        ("Paracetamol 500 mg twice a day", "Acetaminophen 0.5 g BID"),
        ("Haemorrhage with anaemia.", "Hemorrhage with anemia."),
        ("Pain in the left knee after a fall", "L knee pain following a fall"),
        ("Lived with a parent", "Lives with his mother"),
        ("Lexapro was lowered from 20 mg to 10 mg", "Escitalopram reduced from 20 to 10 mg"),
        ("RLL pneumonia", "Pneumonia of the right lower lobe"),
        ("Type 2 diabetes", "T2DM"),
    ],
)
def test_the_same_in_other_words_is_borne_out(statement, source):
    assert reasons(statement, source) == ()


@pytest.mark.parametrize(
    ("statement", "source", "said", "held"),
    [
        ("Cultures grew Neisseria.", "Cultures grew Trichomonas.", "Neisseria", "Trichomonas"),
        ("The gait is unstable.", "The gait is stable.", "unstable", "stable"),
        ("Dr. Quinn will call.", "Dr. Okafor will call.", "Quinn", "Okafor"),
        ("Severe headache.", "Mild headache.", "Severe", "Mild"),
        ("Stopped lithium in May.", "Started lithium in May.", "Stopped", "Started"),
        ("The sister has epilepsy.", "The brother has epilepsy.", "sister", "brother"),
        ("Headache since the fall.", "Headache before the fall.", "since", "before"),
        (
            "The score rose from 21 to 9.",
            "The score was 21, then 9.",
            "rose from 21 to 9",
            "21 to 9, which is a fall",
        ),
    ],
)
def test_another_word_in_the_same_place_contradicts(statement, source, said, held):
    told = {(r.said, r.source) for r in reasons(statement, source) if r.contradicts}
    assert (said, held) in told


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Lithium 1.4, creatinine 1.1.", "Lithium 1.1, creatinine 1.4."),
        ("Sertraline 50 mg at bedtime.", "Sertraline 50 mg daily, trazodone 50 mg at bedtime."),
        ("Pain in the left knee.", "Pain in the right knee and the left hip."),
        ("PHQ-9 14 in January, 21 now.", "PHQ-9 21 in January, 14 now."),
        ("Stopped sertraline, started lithium.", "Started sertraline, stopped lithium."),
        ("Sister tearful, told of her sister.", "Mother tearful, told of her sister."),
    ],
)
def test_values_that_trade_places_contradict(statement, source):
    assert any(reason.contradicts for reason in reasons(statement, source))


@pytest.mark.parametrize(
    "addition", ["and has lupus", "; known epilepsy", "; high risk of suicide", ", lives with aunt"]
)
def test_what_is_added_and_nowhere_said_is_doubted(addition):
    source = "Sertraline 50 mg once daily for low mood since March"
    assert reasons(source, source) == ()
    assert reasons(f"{source} {addition}.", source)


def test_a_list_may_be_borne_out_by_several_places():
    places = ("Sertraline 50 mg daily", "Lithium 900 mg at bedtime")
    assert reasons("Sertraline 50 mg daily, lithium 900 mg at bedtime", *places) == ()
    assert reasons("Sertraline 50 mg daily, lithium 600 mg at bedtime", *places)


def test_a_place_that_says_the_opposite_is_not_outvoted_by_one_that_says_less():
    copy, other = "No cannabis since the admission in May.", "Cannabis before admission."
    assert any(r.contradicts for r in reasons("Cannabis since the admission in May.", copy, other))


def test_the_reason_names_the_day_of_the_source():
    place = Place(read("Sertraline 50 mg"), day="2024-03-02")
    (reason,) = judge("Sertraline 100 mg", [place]).reasons
    assert reason.sentence() == "Says 100 mg; the source says 50 mg (2024-03-02)."


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        (
            "Because of fluid overload furosemide 40 mg is now taken twice a day.",
            "Furosemide 40 mg increased to twice daily for fluid overload.",
        ),
        (
            "He received 5 mg haloperidol and 2 mg lorazepam intramuscularly.",
            "Given haloperidol 5 mg and lorazepam 2 mg IM.",
        ),
        (
            "Three weeks ago she quit taking olanzapine since she was putting on weight.",
            "Stopped olanzapine three weeks ago because of weight gain.",
        ),
        ("A benign thyroid nodule on fine-needle aspiration.", "Thyroid nodule, benign on FNA."),
        ("He smokes ten cigarettes a day.", "Smokes 10 cigarettes/day."),
        ("A 58-year-old man with high blood pressure.", "58M with HTN."),
    ],
)
def test_a_retelling_may_choose_its_own_everyday_words(statement, source):
    assert reasons(statement, source) == ()


def test_a_retelling_may_not_choose_its_own_findings():
    source = "Furosemide 40 mg increased to twice daily for fluid overload."
    said = "Because of dehydration furosemide 40 mg is now taken twice a day."
    assert any("dehydration" in r.said for r in reasons(said, source))


def test_doses_that_stand_before_their_drugs_and_trade_places_contradict():
    source = "Given haloperidol 5 mg and lorazepam 2 mg IM."
    said = "He received 2 mg haloperidol and 5 mg lorazepam intramuscularly."
    assert any(r.check == "dose" and r.contradicts for r in reasons(said, source))
