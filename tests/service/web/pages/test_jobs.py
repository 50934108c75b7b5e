"""IT's page shows the system's work and does something about it, without scripts."""

from service.summary import progress
from service.summary.vocabulary import SummaryStatus as S
from tests.service.review.builders import SERTRALINE, a_summary, a_summary_at


def test_what_failed_is_tried_again_from_the_page(committed, as_person, sessions):
    summary = committed(a_summary_at, S.FAILED)
    it = as_person("it").get("/operations")
    assert "the oldest" in it.text and "0 times" in it.text
    it.send(f"/operations/jobs/{summary.id}/retry")
    assert "It is tried again now." in it.text
    with sessions() as session:
        assert progress.find_summary(session, summary.id).status is S.REQUESTED


def test_giving_up_needs_a_reason(committed, as_person):
    summary = committed(a_summary_at, S.INDEXED)
    it = as_person("it").get("/operations")
    it.send(f"/operations/jobs/{summary.id}/give-up", status=400, reason=" ")
    assert "Give the reason" in it.text
    it.send(f"/operations/jobs/{summary.id}/give-up", reason="drafted elsewhere")
    assert "Given up" in it.text


def test_the_page_of_it_has_nothing_of_the_chart(committed, as_person):
    committed(a_summary)
    committed(a_summary_at, S.FILING_REFUSED, patient="Patient/2")
    it = as_person("it").get("/operations")
    assert SERTRALINE.split()[0] not in it.text
    assert "Refused by the EHR" in it.text


def test_the_worklist_leads_it_to_what_failed_and_nobody_else(committed, as_person):
    failed = committed(a_summary_at, S.FILING_REFUSED)
    rests = committed(a_summary_at, S.FILED, patient="Patient/2")
    it = as_person("it").get("/worklist?tab=all")
    link = it.page.select_one(f"#row-{failed.id} .act a")["href"]
    assert it.page.select_one(f"#row-{rests.id} .act a") is None
    address, _, anchor = link.partition("#")
    row = it.get(address).page.select_one(f"#{anchor}")
    assert "Try again" in row.get_text()
    doctor = as_person("clinician").get("/worklist")
    assert doctor.page.select_one(f"#row-{failed.id} .act a")["href"] == f"/summaries/{failed.id}"
