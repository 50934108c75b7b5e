"""Every state of every page, by a name: where to go as whom, and what to do there first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from fhir_fixtures.stories import story
from service.bootstrap import Runtime
from service.qa.models import Sampled
from service.qa.sampling import draw_sample
from service.summary.people import DEMO_PEOPLE
from service.summary.vocabulary import SummaryStatus as S
from tests.browser.running import sign_in
from tests.service.review.builders import a_summary_at

# Those that no worker does anything about, beside the draft in review.
RESTING = (
    S.AWAITING_COSIGN,
    S.FILED,
    S.FILING_REFUSED,
    S.RETRACTED,
    S.REJECTED,
    S.SUPERSEDED,
    S.FAILED,
)


def _nothing(_page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class State:
    name: str
    path: str
    who: str | None = "clinician"  # None: nobody is signed in
    do: Callable[[Page], None] = field(default=_nothing)


def ended(runtime: Runtime) -> Mapping[S, str]:
    """Ids of made-up summaries that have come to each status."""
    with runtime.transaction() as session:
        return {s: a_summary_at(session, s, **_patient(s)).id for s in RESTING}


def _patient(status: S) -> dict[str, str]:
    return {} if status is S.FAILED else {"patient": f"Patient/{status.value}"}


def all_states(runtime: Runtime, drafted: str, patient_story: str) -> list[State]:
    """`drafted` is in review, of the patient of that story."""
    patient = f"/patients/{story(patient_story).patient_ref.removeprefix('Patient/')}"
    desk = f"/summaries/{drafted}"
    return [
        State("sign-in", "/sign-in", None),
        State("not-there", "/no-such-page"),
        State("worklist", "/worklist"),
        State("worklist-closed", "/worklist?tab=closed"),
        State("my-patients", "/my-patients"),
        State("break-glass", "/break-glass?patient=123"),
        State("desk", desk),
        State("desk-source", f"{desk}?statement=2"),
        State("desk-cite", f"{desk}?cite=2"),
        State("desk-edit", desk, do=_edit),
        State("desk-keys", desk, do=_keys),
        State("desk-of-qa", desk, "qa"),
        State("sign", f"{desk}/sign"),
        State("history", f"{desk}/history"),
        State("chart", patient),
        State("facts", f"{patient}/facts"),
        State("ask", patient, do=_ask),
        *(State(f"desk-{s.value}", f"/summaries/{id_}") for s, id_ in ended(runtime).items()),
        State("quality", "/quality", "qa"),
        State("quality-item", _item(runtime), "qa"),
        State("operations", "/operations", "it"),
        State("worklist-it", "/worklist", "it"),
        State("access", "/access", "it"),
    ]


def open_state(page: Page, state: State) -> None:
    """Signed in as whom it is for."""
    page.context.clear_cookies()
    if state.who:
        sign_in(page, state.who)
    page.goto(state.path)
    state.do(page)


def _edit(page: Page) -> None:
    page.locator("#s1 .edit > summary").click()


def _keys(page: Page) -> None:
    page.locator("#s0 .text").focus()
    page.keyboard.press("?")


def _ask(page: Page) -> None:
    page.fill("input[name=question]", "sleep")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ask")


def _item(runtime: Runtime) -> str:
    """The page on which quality rates one text."""
    with runtime.transaction() as session:
        by = DEMO_PEOPLE["qa"]
        sample = draw_sample(session, seed="pictures", size=1, statuses=Sampled.DRAFTS, by=by)
        return f"/quality/items/{sample.items[0].id}"
