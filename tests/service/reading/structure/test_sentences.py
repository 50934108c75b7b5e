"""Where a sentence ends."""

import pytest

from tests.service.reading.structure.reading import shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No fever.No cough.", ["No fever.", "No cough."]),
        ("Seen by Dr. Smith. J. Doe came too.", ["Seen by Dr. Smith.", "J. Doe came too."]),
        (
            "Lithium p.o. b.i.d. for 3 wks. Sleep good.",
            ["Lithium p.o. b.i.d. for 3 wks.", "Sleep good."],
        ),
        ("Dose .5 mg. Then 1.5 mg.", ["Dose .5 mg.", "Then 1.5 mg."]),
        (
            "Slept at 10 p.m. Woke at 6 a.m. Rested.",
            ["Slept at 10 p.m.", "Woke at 6 a.m.", "Rested."],
        ),
        ("eGFR >60. Troponin <0.01.", ["eGFR >60.", "Troponin <0.01."]),
        ("Imp: ?early psychosis, observe.", ["?early psychosis, observe."]),
        ('He said "I am fine." He left.', ['He said "I am fine."', "He left."]),
        (
            "Denies any\nthoughts of harm but has\npain.",
            ["Denies any\nthoughts of harm but has\npain."],
        ),
        (
            "Sertraline 100 mg daily\nPrazosin 2 mg nightly",
            ["Sertraline 100 mg daily", "Prazosin 2 mg nightly"],
        ),
        ("No. 3 is well. Pain? No.", ["No. 3 is well.", "Pain? No."]),
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text, told):
    assert shown(text) == told


def test_a_flattened_review_of_systems_is_cut_at_its_labels():
    text = (
        "Constitutional: Negative.   Psychiatric: Positive for low mood. Negative for SI.   "
        "Neurological: Positive for tremors."
    )
    assert shown(text) == [
        "Constitutional: Negative.",
        "Psychiatric: Positive for low mood.",
        "Negative for SI.",
        "Neurological: Positive for tremors.",
    ]


def test_a_paragraph_wrapped_at_its_width_is_read_on():
    text = (
        "She has been taking her sertraline every day since the last visit to Dr\n"
        "Lee and has had no side effects apart from some nausea in the morning of\n"
        "Monday. She sleeps."
    )
    assert len(shown(text)) == 2


@pytest.mark.parametrize(
    "text", ["She can\u2019t sleep.", "Lithium 600\u00a0mg.", "SI\u200b: none", "SI\u00ad: none"]
)
def test_typographic_marks_and_spaces_change_nothing(text):
    assert shown(text) == [text]
