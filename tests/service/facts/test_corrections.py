"""What a note says of another record's mistake, or of what is in dispute."""

import pytest

from service.facts import FactKind, Standing
from tests.service.facts.charts import a_note, facts


def corrected(found):
    alerts = found.of(FactKind.ALERT)
    return {f.key.partition(":")[2]: f.name for f in alerts if f.status == "corrected"}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("The intake form lists NKDA, which is wrong.", "none-known"),
        ("Chart said DNR in March, the family never agreed to it.", "do-not-resuscitate"),
        ("Epilepsy was carried forward from his brother's sheet.", "epilepsy"),
        ("Warfarin 5 mg: still on the transfer list in error.", "warfarin"),
        ("Bipolar disorder (2019, disputed by the patient, 3 criteria met).", "bipolar-disorder"),
    ],
)
def test_a_sentence_that_corrects_another_record_is_an_alert_of_what_it_corrects(text, topic):
    assert corrected(facts(a_note(text))) == {topic: text}


@pytest.mark.parametrize(
    "text",
    [
        "Is the epilepsy in the chart wrong?",
        "QTc corrected 440 ms, takes warfarin.",
        "Nothing is wrong with her, denies depression.",
        "Wrong number dialled, called again.",
    ],
)
def test_what_corrects_nothing_is_none(text):
    assert not corrected(facts(a_note(text)))


def test_of_one_thing_the_newest_and_fullest_sentence_is_told():
    found = facts(
        a_note("Asthma was carried forward from an old sheet.", on="2026-02-01"),
        a_note(
            "Asthma: disputed. Asthma (2019, disputed by pt, 2 of 5 tests on 2/3).", on="2026-03-01"
        ),
    )
    (fact,) = [f for f in found.of(FactKind.ALERT) if f.status == "corrected"]
    assert fact.name.startswith("Asthma (2019") and fact.standing is Standing.CURRENT
    assert (fact.since, fact.on) == ("2026-02-01", "2026-03-01")
