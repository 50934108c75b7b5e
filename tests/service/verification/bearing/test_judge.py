import pytest

from tests.service.verification.bearing.readings import checks, judged


@pytest.mark.parametrize(
    ("statement", "source", "check"),
    [
        ("Has suicidal ideation.", "She is negative for suicidal ideation.", "polarity"),
        ("Endorses nausea.", "Patient denies:\n- nausea\n- vomiting", "polarity"),
        ("Homicidal ideation present.", "[x] SI  [ ] HI  [ ] AVH", "polarity"),
        ("Takes clonazepam 5 mg.", "Clonazepam .5 mg BID", "dose"),
        ("Insulin glargine 10 mg at bedtime.", "Insulin glargine 10 U at bedtime.", "dose"),
        ("Valproate 10 mg at night.", "Olanzapine 10 mg qHS and valproate 500 mg BID.", "dose"),
        ("Bipolar disorder.", "Bipolar disorder is unlikely.", "certainty"),
        ("Takes sertraline.", "Sertraline was stopped in May.", "act"),
        ("Attends DBT.", "Referred to DBT, 3 month wait.", "act"),
        ("Has epilepsy.", "Brother has epilepsy.", "subject"),
    ],
)
def test_a_statement_that_says_otherwise_is_refuted(statement, source, check):
    assert check in checks(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("Denies nausea.", "Patient denies:\n- nausea\n- vomiting"),
        ("Has suicidal ideation.", "[x] SI  [ ] HI  [ ] AVH"),
        ("Takes Zoloft 50 mg daily.", "sertraline 50 mg qd"),
        ("Clonazepam 0.5 mg twice a day.", "Clonazepam .5 mg BID"),
        ("Valproate 500 mg twice daily.", "Olanzapine 10 mg qHS and valproate 500 mg BID."),
        ("Bipolar disorder is unlikely.", "Bipolar disorder is unlikely."),
        ("Sertraline was stopped.", "Sertraline was stopped in May."),
        ("Her brother has epilepsy.", "Brother has epilepsy."),
    ],
)
def test_a_statement_that_says_the_same_is_not_refuted(statement, source):
    assert checks(statement, source) == set()


def test_a_thing_that_nobody_speaks_of_is_neither_borne_nor_refuted():
    found = judged("Has diabetes.", "Sleeps well.").compared
    assert [(each.is_borne, each.is_refuted) for each in found] == [(False, False)]


def test_the_bearing_unit_of_several_is_the_one_that_has_most_of_the_statement():
    [found] = [
        each
        for each in judged(
            "Chest pain on exertion.", "No chest pain at rest.\nChest pain on exertion since May."
        ).compared
        if each.said.concept.key == "chest-pain"
    ]
    assert found.is_borne and "exertion" in found.borne_by.held.text


def test_struck_text_bears_nothing():
    near = judged("Takes clozapine.", "~~Takes clozapine 100 mg.~~\nSleeps well.").near
    assert all("clozapine" not in unit.text for unit, _ in near)


@pytest.mark.parametrize(
    ("statement", "source", "check"),
    [
        ("Severe asthma.", "Severe eczema, mild asthma.", "severity"),
        ("Left cataract.", "Right cataract, left glaucoma.", "side"),
        ("Appendicectomy in 2015.", "Tonsillectomy 2015, appendicectomy 2019.", "date"),
        ("Sees her dietitian weekly.", "Sees her therapist weekly, her dietitian monthly.", ""),
        ("Migraine for two years.", "Tinnitus for two years, migraine for ten years.", "duration"),
    ],
)
def test_what_another_thing_has_is_not_its_own_where_it_has_one(statement, source, check):
    assert any(check in each for each in checks(statement, source))


def test_a_value_that_only_one_of_two_has_may_be_of_both():
    assert checks("Vomiting for two days.", "Nausea and vomiting for two days.") == set()
    assert checks("Moderate nausea.", "Moderate nausea and vomiting.") == set()
