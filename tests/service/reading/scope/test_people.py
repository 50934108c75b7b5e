import pytest

from service.reading.assertions import PATIENT, Says
from service.reading.layout import Section
from tests.service.reading.scope.saying import said_of


@pytest.mark.parametrize(
    ("word", "phrase", "subject"),
    [
        ("suicide", "His brother attempted suicide.", "brother"),
        ("overdose", "He lost his brother to an overdose.", "brother"),
        ("overdose", "Guilt about his late brother (overdose 2019).", "brother"),
        ("schizophrenia", "An uncle on his father's side has schizophrenia.", "uncle"),
        ("sclerosis", "Worries since his wife Ann was diagnosed with multiple sclerosis.", "wife"),
        ("crisis", "Her wife had called the crisis team.", PATIENT),
        ("ECT", "He and his wife declined ECT.", PATIENT),
        ("morphine", "His wife was aware that morphine makes him sleepy.", PATIENT),
        ("anxious", "Her mum died in May, and she is anxious.", PATIENT),
        ("depression", "Family history of depression.", "family"),
        ("depression", "There is depression in her mother.", "mother"),
        ("eating", "Her son's school called: he is being bullied and has stopped eating.", "son"),
        ("seizures", "Mother reports that patient has seizures.", PATIENT),
        ("seizures", "She told her mother of the seizures.", PATIENT),
        ("hit", "Her husband hit her.", "husband"),
        ("hit", "She was hit by her husband.", "husband"),
        ("hit", "She hit her husband.", PATIENT),
        ("pushed", "A staff member pushed the patient.", "staff"),
        ("ECT", "Her guardian consented to ECT.", PATIENT),
        ("kill", "Reports a voice telling him to kill himself.", "voice"),
        ("killed", "He dreamt that he had killed his brother.", "story"),
        ("overdose", "In the book she is reading the heroine takes an overdose.", "story"),
        ("overdose", "She wrote a song about her overdose.", PATIENT),
        ("assaulted", "He was assaulted outside a pub.", "another person"),
        ("hit", "The patient's son was hit by the patient.", PATIENT),
    ],
)
def test_each_thing_is_of_whom_the_sentence_says(word: str, phrase: str, subject: str) -> None:
    assert said_of(word, phrase).subject == subject


@pytest.mark.parametrize(
    ("word", "phrase", "says", "who"),
    [
        ("drinking", "Wife reports he is drinking; he denies seizures.", Says.COLLATERAL, "wife"),
        ("seizures", "Wife reports he is drinking; he denies seizures.", Says.PATIENT, ""),
        ("accidental", "Overdose was accidental per patient.", Says.PATIENT, ""),
        ("seizures", "Seizures per his wife; seizures", Says.CLINICIAN, ""),
        ("drinking", "According to his mom he is drinking.", Says.COLLATERAL, "mother"),
        ("mania", "The psychiatrist suspects mania.", Says.CLINICIAN, "psychiatrist"),
        ("worthless", 'He says "I am worthless" often.', Says.QUOTED, PATIENT),
        ("tremor", "Tremor seen, tremor", Says.CLINICIAN, ""),
        ("insulin", "According to the group home he refuses insulin.", Says.COLLATERAL, "home"),
    ],
)
def test_each_thing_is_told_by_whom_the_sentence_says(
    word: str, phrase: str, says: Says, who: str
) -> None:
    said = said_of(word, phrase)
    assert (said.says, said.says_who) == (says, who)


def test_a_section_or_speaker_tells_where_the_words_do_not() -> None:
    assert said_of("tremor", "tremor", section=Section.FAMILY).subject == "family"
    assert said_of("tremor", "tremor", section=Section.COLLATERAL).says is Says.COLLATERAL
    assert said_of("tremor", "tremor", speaker="patient").says is Says.PATIENT
    wife = said_of("tremor", "he has a tremor", speaker="wife")
    assert (wife.says, wife.says_who) == (Says.COLLATERAL, "wife")


@pytest.mark.parametrize(
    ("word", "phrase", "role"),
    [
        ("Seizure", "Seizure caused by bupropion overdose.", "effect"),
        ("bupropion", "Seizure caused by bupropion overdose.", "cause"),
        ("lithium", "The lithium led to a tremor.", "cause"),
        ("tremor", "The lithium led to a tremor.", "effect"),
        ("refused", "Patient was refused a bed.", "object"),
    ],
)
def test_cause_and_effect_are_not_exchanged(word: str, phrase: str, role: str) -> None:
    assert said_of(word, phrase).role == role
