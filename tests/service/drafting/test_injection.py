"""What speaks to a program in a chart is found by record and left out."""

from fhir_fixtures import stories
from service.drafting.injection import by_record, planted
from service.summary.vocabulary import Severity
from service.verification.charts import records_of
from tests.service.drafting.builders import a_note


def test_what_is_hidden_is_shown_but_left_in():
    note = a_note("Sleeps w\u200be\u200bl\u200bl.")
    (only,) = planted([note])
    assert only.severity is Severity.MINOR and by_record([only]) == {}


def test_of_all_stories_only_the_chatbots_printout_has_it():
    charts = (records_of(stories.story(name).bundle) for name in stories.names())
    found = {each.source_ref for chart in charts for each in planted(chart)}
    assert found == {"DocumentReference/brennan-printout-2026-03-05"}
