"""A reviewer of steady habits: how many acts a draft with an omission and a contradiction takes.

An act is a click or a key that does something; typing words and moving from field to field is not.
"""

import pytest
from playwright.sync_api import expect

from service.review import editing, edits
from service.summary.models import Finding
from service.summary.people import DEMO_PEOPLE
from service.summary.progress import find_summary
from service.summary.vocabulary import FindingKind, Severity, SummaryType
from tests.browser.conftest import draft
from tests.browser.test_story import SLOW_MS

pytestmark = pytest.mark.processes

MOST_ACTS = 5  # from the opened draft to the signature; asking for it and opening it are two more
ATTENDING = DEMO_PEOPLE["attending"]
BORNE, WRONG = "bupropion XL 300 mg every", "bupropion XL 450 mg every"


@pytest.fixture
def flawed(runtime):
    """A draft that lacks something it must carry, and says a number that the chart does not."""
    summary_id = draft(runtime, kind=SummaryType.PRE_VISIT)
    with runtime.transaction() as session:
        index, text = next(
            (p.index, p.statement.text)
            for p in current(session, summary_id).content.placed()
            if BORNE in p.statement.text
        )
        edited(runtime, session, summary_id, index, text.replace(BORNE, WRONG))
    with runtime.transaction() as session:
        left_out = current(session, summary_id).content.statement(0)
        edited(runtime, session, summary_id, 0, "")
        current(session, summary_id).findings.append(an_omission(left_out.citations[0]))
    decide_the_rest(runtime, summary_id)
    return summary_id


def an_omission(cited):
    place = {"record_id": cited.record_id, "source": cited.source_ref, "quote": cited.quote}
    return Finding(
        number=99,
        kind=FindingKind.OMITTED,
        severity=Severity.MAJOR,
        check="must-carry",
        message="Left out of the summary.",
        statement_index=None,
        evidence=[{**place, "start": cited.start, "end": cited.end}],
    )


def current(session, summary_id):
    return find_summary(session, summary_id).current


def edited(runtime, session, summary_id, index, text):
    edits.carry_out(
        session, summary_id, editing.rewording(index, text), by=ATTENDING, prompts=runtime.prompts
    )


def decide_the_rest(runtime, summary_id):
    """What else was found is decided: the reviewer meets one omission and one contradiction."""
    with runtime.transaction() as session:
        version = current(session, summary_id)
        wrong = {p.index for p in version.content.placed() if WRONG in p.statement.text}
        for finding in list(version.findings):
            of_the_wrong = finding.statement_index in wrong
            if finding.resolution is None and finding.number != 99 and not of_the_wrong:
                finding.resolution, finding.resolved_by = "accepted", ATTENDING.id


class Reviewer:
    """Counts what a person does at the page."""

    def __init__(self, page):
        self.page, self.acts = page, 0

    def press(self, key):
        self.acts += 1
        self.page.keyboard.press(key)

    def click(self, target):
        self.acts += 1
        target.click()


def test_a_flawed_draft_is_mended_and_signed_in_few_acts(page, flawed):
    page.goto(f"/summaries/{flawed}")
    reviewer = Reviewer(page)
    expect(page.locator(".desk-acts .blocked")).to_be_visible()
    reviewer.press("i")
    expect(page.locator(".toast")).to_contain_text("Inserted", timeout=SLOW_MS)
    statement = page.locator(".statement", has_text=WRONG).first
    statement.locator("a.text").focus()
    reviewer.press("e")
    field = statement.locator("textarea")
    field.fill(field.input_value().replace(WRONG, BORNE))
    reviewer.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Saved", timeout=SLOW_MS)
    expect(page.locator(".desk-acts .blocked")).to_have_count(0)
    page.locator("a.text").first.focus()
    reviewer.press("s")
    reviewer.click(page.get_by_role("button", name="Sign this text"))
    expect(page.locator(".stamp")).to_contain_text("Signed by", timeout=SLOW_MS)
    print(f"acts from the opened draft to the signature: {reviewer.acts}")
    assert reviewer.acts <= MOST_ACTS


def test_the_evidence_of_a_finding_is_two_keys_away(page, flawed):
    page.goto(f"/summaries/{flawed}")
    page.locator("a.text").first.focus()
    page.keyboard.press("n")
    page.keyboard.press("o")
    expect(page.locator("mark.lit").first).to_be_in_viewport()
