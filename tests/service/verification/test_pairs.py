"""Which way values went."""

import pytest

from service.verification.pairs import trend_reasons


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("PHQ-9 rose from 9 to 21.", "PHQ-9 fell from 21 to 9."),
        ("Lithium went down to 0.4 from 0.7.", "Lithium level 0.7 on 12 Feb, up from 0.4."),
        (
            "BP was 142/88 today; at the previous visit 158/94.",
            "BP 158/94 today, 142/88 at last visit.",
        ),
        ("Pain went from 3/10 to 8/10.", "Pain 8/10 on arrival, 3/10 after morphine 4 mg."),
        ("Changed from apixaban to warfarin.", "Warfarin stopped, switched to apixaban."),
        ("PHQ-9 fell from 9 to 21.", "PHQ-9 was 9, then 21."),
    ],
)
def test_values_that_trade_places_contradict(statement, source):
    (reason, *_) = trend_reasons(statement, source)
    assert (reason.check, reason.contradicts) == ("trend", True)


@pytest.mark.parametrize(
    ("statement", "source"),
    [
        ("The PHQ-9 dropped to 8 from 19.", "PHQ-9 fell from 19 to 8."),
        ("Today 14, previously 21.", "PHQ-9 14, down from 21."),
        ("GAF worsened from 60 to 45.", "GAF 45, was 60."),
        ("Changed from warfarin to apixaban.", "Warfarin stopped, switched to Eliquis."),
    ],
)
def test_the_same_way_in_other_words_does_not(statement, source):
    assert trend_reasons(statement, source) == []
