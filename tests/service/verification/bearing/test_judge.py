import pytest

from service.reading.assertions import Kind
from tests.service.verification.bearing.readings import a_pool, checks, judged


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
        ("Never had SI.", "No current SI.", "time"),
        ("No history of suicidal ideation.", "Denies SI.", "time"),
        ("No lifetime hallucinations.", "No AVH today.", "time"),
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
        ("No SI.", "Never had SI."),
        ("Never had SI.", "Denies any lifetime SI."),
        ("Never attempted suicide.", "No suicide attempts."),
        ("No history of seizures.", "No seizures."),
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


NEVER = [
    ("Never had seizures.", "One seizure at age six.\nNo seizures this year."),
    ("No lifetime self-harm.", "Self-harm, lifetime: yes\nSelf-harm, past month: no"),
    ("Denies ever having had hallucinations.", "Denies AH now; had AH in 2019."),
]
ALLERGIES = [
    ("No known allergies.", "Allergies: latex - hives"),
    ("NKDA.", "Form: NKDA.\nAllergic to sulfa (rash), confirmed with her mother."),
    ("No drug allergies.", "Drug allergies: Yes (penicillin - rash)"),
]
BOUNDS = [
    ("Panic attacks in the past month.", "Panic, lifetime: yes\nPanic attacks, past month: no"),
    ("Self-harm in the past week.", "Self-harm, lifetime: Yes\nSelf-harm, past week: No"),
]
EXCEPTIONS = [
    ("No drug use.", "No drug use except cannabis at weekends."),
    ("Denies alcohol.", "Denies alcohol apart from a glass of wine on Sundays."),
    ("No access to firearms.", "No access to firearms other than his father's shotgun."),
]
NOT_DONE = [
    ("Pregnancy test negative.", "Pregnancy test: not done."),
    ("Drug screen negative.", "Drug screen was never collected."),
    ("Troponin is negative.", "Troponin not yet drawn."),
]
SUPPOSED = [
    ("Chest pain at rest.", "Come back if chest pain at rest."),
    ("Temperature over 38.", "Call if temperature over 38."),
    ("Rash.", "Stop lamotrigine if rash."),
]
GRADES = [
    ("High acute risk.", "Chronic risk is high, acute risk low."),
    ("Violence risk is low.", "Suicide risk: low. Violence risk: high."),
    ("Low risk of suicide.", "Risk of suicide was judged to be high."),
]
MEANT = [
    ("Intentional overdose.", "The overdose was accidental."),
    ("Deliberate fall from the balcony.", "Accidental fall from the balcony."),
]


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        *NEVER,
        *ALLERGIES,
        *BOUNDS,
        *EXCEPTIONS,
        *NOT_DONE,
        *SUPPOSED,
        *GRADES,
        *MEANT,
        ("The eGFR is below 60.", "eGFR >60."),
        ("Lithium level above 1.2.", "Lithium level <1.2."),
    ],
)
def test_one_word_of_the_source_turns_what_the_statement_says(statement, source):
    assert checks(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("No seizures this year.", "One seizure at age six.\nNo seizures this year."),
        ("No rash.", "No rash or joint pain apart from one sore knee."),
        ("Not allergic to penicillin.", "Allergies: latex. Not allergic to penicillin."),
        ("Uses cannabis at weekends.", "No drug use except cannabis at weekends."),
        ("The pregnancy test was not done.", "Pregnancy test: not done."),
        ("Stop lamotrigine if rash.", "If there is a rash stop lamotrigine."),
        ("Acute risk is low.", "Chronic risk is high, acute risk low."),
        ("The eGFR is above 60.", "eGFR >60."),
    ],
)
def test_and_what_it_does_say_is_not_refuted(statement, source):
    assert checks(statement, source) == set()


DOERS = [
    ("The landlord sued the aunt.", "Aunt sued her landlord."),
    ("A nurse kicked the patient.", "Nurse was kicked by the patient in the corridor."),
    ("A complaint was filed against the brother.", "Brother filed a complaint against the uncle."),
]
TRENDS = [
    ("GAD-7 rose from 8 to 15.", "GAD-7: 15 on 3/1, 8 on 4/2."),
    ("PHQ-9 fell from 20 to 11.", "PHQ-9: 11 on 1/5, 20 on 2/20."),
    ("TSH rose from 2.1 to 8.4.", "TSH 8.4 on 2026-01-04, 2.1 on 2026-03-01."),
]
ENDED = [
    ("Allergic to amoxicillin.", "Amoxicillin allergy was de-labelled in 2023."),
    ("Placed in seclusion at 09:15.", "Released from seclusion at 09:15."),
    ("Takes olanzapine as prescribed.", "Hoards her olanzapine; tablets found in a sock."),
]
TURNED_GRADES = [
    ("Acute risk is high.", "Acute risk went from high to low over the weekend."),
    ("Fall risk is low.", "Fall risk: [ ] low [x] high"),
]


@pytest.mark.parametrize(
    ("statement", "source"), [*DOERS, *TRENDS, *ENDED, *TURNED_GRADES], ids=lambda said: said[:40]
)
def test_who_did_it_and_which_way_it_went_are_compared(statement, source):
    assert checks(statement, source)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("The aunt sued her landlord.", "Aunt sued her landlord."),
        ("GAD-7 fell from 15 to 8.", "GAD-7: 15 on 3/1, 8 on 4/2."),
        ("Acute risk is low.", "Acute risk went from high to low over the weekend."),
        ("Fall risk is high.", "Fall risk: [ ] low [x] high"),
        ("No longer allergic to amoxicillin.", "Amoxicillin allergy was de-labelled in 2023."),
    ],
)
def test_and_told_rightly_they_are_not_refuted(statement, source):
    assert checks(statement, source) == set()


def _allergies(source):
    return {
        a.concept.key
        for unit in a_pool(source).units
        for a in unit.assertions
        if a.concept.kind is Kind.ALLERGY
    }


@pytest.mark.parametrize(
    ("source", "keys"),
    [
        ("Allergies: sulfa (hives). Penicillin tolerated.", {"sulfonamide"}),
        ("Allergies: penicillin - rash, cefalexin tolerated", {"penicillin"}),
        ("Allergies: codeine - vomiting. Morphine is ok.", {"codeine"}),
    ],
)
def test_what_is_tolerated_is_no_allergy_and_what_stands_before_it_stays_one(source, keys):
    assert _allergies(source) == keys
