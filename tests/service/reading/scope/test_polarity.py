import pytest

from service.reading.assertions import Act, Certainty, Polarity, Time
from service.reading.layout import Section, Stance
from tests.service.reading.scope.saying import said_of

DENIED = [
    ("concussion", "Evaluated for concussion: no signs."),
    ("olice", "Police not called."),
    ("Lithium", "Lithium has never been tried."),
    ("cocaine", "She has not used cocaine."),
    ("alcohol", "She drinks no alcohol."),
    ("alcohol", "She abstains from alcohol."),
    ("confusion", "Lactulose has kept her clear of confusion."),
    ("fentanyl", "UDS: fentanyl neg, amphetamine not tested."),
    ("nausea", "No cough at home, nausea or vomiting."),
    ("nausea", "No dizziness or nausea but has tremor."),
    ("jaundice", "He denies nausea, bloating, cramps, reflux, melena or jaundice."),
    ("hallucinations", "She is negative for hallucinations."),
    ("tremor", "Tremor and sweating were denied; tremor was not seen."),
    ("eizures", "Seizures: denies"),
    ("psychosis", "There is no evidence to suggest psychosis."),
    ("psychosis", "Neither mania nor psychosis was found."),
    ("Gallstones", "Gallstones were ruled out."),
    ("Autism", "Autism was considered and excluded."),
    ("fever", "Well, without fever."),
    ("nausea", "Free of nausea."),
    ("pneumonia", "Refuted (does not have): pneumonia"),
    ("mania", "Pertinent negatives: SI, HI, mania."),
    ("seizures", "Patient doesn’t have seizures."),
    ("seizures", "Patient doesnâ€™t have seizures."),
    ("SI", "SI-/HI-/AVH+"),
    ("nausea", "Migraine with no nausea and no fever."),
    ("nausea", "No evidence of mass, adenopathy or nausea is identified."),
    ("cough", "Negative fever, negative cough."),
    ("cough", "Patient is free of cough."),
    ("cough", "Nothing to suggest cough."),
    ("cancer", "No lesion suspicious for cancer."),
    ("cough", "Abdomen is soft, no cough."),
    ("alcohol", "Fever 39 on Monday, alcohol none for 6 years."),
    ("edema", "No murmurs, clubbing or edema."),
    ("violence", "Screened for violence: negative."),
    ("ECT", "Never hospitalized, attempted suicide, or received ECT."),
    ("autism", "She was seen for autism but not diagnosed."),
    ("dementia", "Mild cognitive impairment; dementia has not been diagnosed."),
    ("Schizophrenia", "Schizophrenia was never diagnosed."),
    ("Asthma", "Asthma has not been formally diagnosed."),
    ("Bipolar", "Bipolar disorder has never been established."),
    ("epilepsy", "He was not diagnosed with epilepsy."),
    ("lupus", "She has never been diagnosed with lupus."),
    ("plan", "No active suicidal ideation, plan or intent."),
    ("drive", "She must not drive until she is seizure-free."),
]
AFFIRMED = [
    ("tremor", "No dizziness but has tremor and sweating."),
    ("COPD", "COPD has been diagnosed by spirometry."),
    ("Delirium", "Delirium; dementia has not been diagnosed."),
    ("Depression", "Depression, was never diagnosed with epilepsy."),
    ("sweating", "No dizziness but has tremor and sweating."),
    ("hallucinations", "Denies mania, endorses hallucinations."),
    ("cough", "No fever, but cough since Monday."),
    ("anxious", "She was not only anxious but tearful."),
    ("fever", "Not without fever."),
    ("seizures", "She does not deny seizures."),
    ("sleep", "Appetite is good; however sleep is poor."),
    ("tremor", "No abnormality except for a tremor."),
    ("cigarettes", "No surgeries, 10 cigarettes a day, no cannabis."),
    ("AVH", "SI-/HI-/AVH+"),
    ("tremor", "No prior treatment for tremor."),
    ("tremor", "No known cause of her tremor."),
    ("tremor", "She did not tell anyone about her tremor."),
    ("tremor", "No relief of tremor with propranolol."),
    ("flu", "No rash, has flu."),
    ("confusion", "BP 198/104 at no. 2, confusion for a day."),
    ("scared", "He is not sad, just scared."),
    ("nightmares", "There has hardly been a night without nightmares."),
    ("walker", "Never does she go out without her walker."),
    ("inhaler", "It is not true that she never uses her inhaler."),
    ("violent", "Mother did not dispute that he had been violent."),
    ("fall", "He did not fall until the second week."),
    ("worrying", "He cannot stop worrying."),
]


@pytest.mark.parametrize(("word", "phrase"), DENIED)
def test_a_denial_reaches_all_that_it_denies(word: str, phrase: str) -> None:
    assert said_of(word, phrase).polarity is Polarity.NEGATED


@pytest.mark.parametrize(("word", "phrase"), AFFIRMED)
def test_a_denial_ends_where_something_else_is_said(word: str, phrase: str) -> None:
    assert said_of(word, phrase).polarity is Polarity.AFFIRMED


@pytest.mark.parametrize(
    ("word", "phrase", "polarity", "part"),
    [
        ("hallucinations", "No new hallucinations this week.", Polarity.NEGATED, "new"),
        ("seizures", "No further seizures.", Polarity.NEGATED, "more"),
        ("tremor", "No increase in tremor.", Polarity.AFFIRMED, "increase"),
        ("Tremor", "Tremor has not increased.", Polarity.AFFIRMED, "increase"),
        ("mood", "No change in mood.", Polarity.AFFIRMED, "change"),
        ("diplopia", "No change in vision, diplopia or hearing.", Polarity.NEGATED, ""),
    ],
)
def test_a_part_may_be_denied_of_what_is_there(
    word: str, phrase: str, polarity: Polarity, part: str
) -> None:
    said = said_of(word, phrase)
    assert (said.polarity, said.negated_part) == (polarity, part)


@pytest.mark.parametrize(
    ("word", "phrase", "certainty"),
    [
        ("psychosis", "Imp: ?early psychosis.", Certainty.POSSIBLE),
        ("delirium", "Suspected delirium, transferred to ICU.", Certainty.POSSIBLE),
        ("delirium", "Delirium cannot be excluded; delirium not ruled out.", Certainty.POSSIBLE),
        ("mania", "r/o mania", Certainty.POSSIBLE),
        ("Mania", "Mania is unlikely.", Certainty.UNLIKELY),
        ("mania", "Mania; anxiety and mania", Certainty.SURE),
        ("cancer", "She worries that she might have cancer.", Certainty.POSSIBLE),
    ],
)
def test_doubt_is_neither_yes_nor_no(word: str, phrase: str, certainty: Certainty) -> None:
    assert said_of(word, phrase).certainty is certainty


def test_what_could_not_be_confirmed_is_unknown() -> None:
    said = said_of("seizures", "I cannot confirm that there were seizures.")
    assert said.polarity is Polarity.UNKNOWN


@pytest.mark.parametrize(
    ("stance", "phrase", "polarity"),
    [
        (Stance.NO, "Seizures", Polarity.NEGATED),
        (Stance.NO, "Endorses seizures", Polarity.NEGATED),
        (Stance.NO, "No fever or seizures", Polarity.NEGATED),
        (Stance.YES, "Seizures", Polarity.AFFIRMED),
        (Stance.YES, "Denies seizures", Polarity.NEGATED),
        (Stance.UNKNOWN, "Seizures", Polarity.UNKNOWN),
        (Stance.UNKNOWN, "Denies seizures", Polarity.UNKNOWN),
    ],
)
def test_a_box_or_header_answers_for_its_words(
    stance: Stance, phrase: str, polarity: Polarity
) -> None:
    assert said_of("eizures", phrase, stance=stance).polarity is polarity


def test_a_differential_is_possible() -> None:
    said = said_of("mania", "mania", section=Section.DIFFERENTIAL)
    assert said.certainty is Certainty.POSSIBLE


def test_what_has_resolved_was_and_is_over() -> None:
    said = said_of("psychosis", "History of psychosis, now resolved.")
    assert (said.polarity, said.time, said.act) == (Polarity.AFFIRMED, Time.PAST, Act.STOPPED)


@pytest.mark.parametrize(
    ("word", "phrase"),
    [
        ("stab", "Commands to stab his father in 2021, none since 2022."),
        ("utting", "Cutting in 2021, none since March."),
        ("eizures", "Seizures in childhood, none since."),
        ("ode", "Full code of 5/30 no longer valid."),
        ("ode", "The full code order is no longer in force."),
    ],
)
def test_what_was_and_is_no_more_is_not_denied(word: str, phrase: str) -> None:
    said = said_of(word, phrase)
    assert (said.polarity, said.act) == (Polarity.AFFIRMED, Act.STOPPED)


@pytest.mark.parametrize(
    ("word", "phrase"),
    [
        ("SI", "No SI, none since March."),
        ("voices", "Hears no voices, none since."),
        ("cravings", "Denies cravings, none now."),
    ],
)
def test_what_is_denied_stays_denied_where_there_is_none_since(word: str, phrase: str) -> None:
    assert said_of(word, phrase).polarity is Polarity.NEGATED


@pytest.mark.parametrize(
    ("word", "phrase"),
    [
        ("home", "She gets no visitors at home."),
        ("ECT", "Lacks capacity to consent to ECT."),
        ("prison", "She has never used cocaine in prison."),
        ("ward", "No self-harm on the ward."),
        ("hallucinations", "No mania: hallucinations and tremor."),
        ("MRI", "MRI without contrast was done."),
        ("paracetamol", "NSAID - none, uses paracetamol."),
    ],
)
def test_a_denial_leaves_where_it_was_so_and_what_is_told_beside_it(word: str, phrase: str) -> None:
    assert said_of(word, phrase).polarity is Polarity.AFFIRMED
