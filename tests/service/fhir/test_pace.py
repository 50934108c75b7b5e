"""One chart costs the EHR no more requests a minute than the site allows."""

from service.fhir.pace import Pace
from service.fhir.profile import SiteProfile
from tests.service.fhir.wire_fakes import ScriptedEhr, a_page


def test_what_is_within_the_minute_waits_for_nothing_and_the_next_for_its_place():
    at = [0.0]
    pace = Pace(2, lambda: at[0])
    assert [pace.wait_s(), pace.wait_s()] == [0, 0]
    at[0] = 20.0
    assert [pace.wait_s(), pace.wait_s(), pace.wait_s()] == [40, 40, 100]
    at[0] = 500.0
    assert pace.wait_s() == 0


def test_the_pages_of_a_chart_are_asked_at_the_pace_of_the_site():
    pages = [a_page(f"c{n}", after=f"Condition?page={n + 1}") for n in range(20)]
    ehr = ScriptedEhr(*pages, a_page("last"))
    profile = SiteProfile.model_validate({"reading": {"per_minute": 10}})
    client = ehr.client(profile=profile)
    assert len(list(client.paced().search("Condition", {}))) == 21
    assert len(ehr.waited) == 11 and min(ehr.waited) > 50
    assert client.paced() is not client


def test_who_is_not_reading_a_chart_does_not_wait():
    ehr = ScriptedEhr(*[a_page("c") for _ in range(20)])
    client = ehr.client(profile=SiteProfile.model_validate({"reading": {"per_minute": 10}}))
    for _ in range(20):
        list(client.search("Condition", {}))
    assert ehr.waited == []
