"""The worklist: what needs whom, what is under way, and the form that asks for a summary."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from service.chart.finding import FoundPatient
from service.errors import BadInput
from service.fhir.errors import FhirError
from service.review import actions, permissions
from service.review import worklist as lists
from service.review.finding import find_in_ehr
from service.review.viewing import note_patients, note_search
from service.review.worklist import Wanted, WorklistRow
from service.summary.lifecycle import OWED, Owner, owner
from service.summary.people import Person
from service.summary.vocabulary import Role, SummaryType
from service.summary.vocabulary import SummaryStatus as S
from service.web.guards import Lister, Requester
from service.web.pages.frame import Page, ThePage
from service.web.pages.patients import held_patients, patient_ref
from service.web.paging import cursor_of, place_of
from service.web.reach import check_reaches, learn_patients

router = APIRouter()

MANY_PATIENTS = 20  # a search that finds more says so instead of reading every list
NOBODY = "~"  # in the address where a search found nobody; no id has this character
CLOSED = (S.REJECTED, S.SUPERSEDED, S.RETRACTED)
OPEN = tuple(s for s in S if s not in (*CLOSED, S.FILED))


@dataclass(frozen=True)
class Tab:
    """A group of statuses under one name, and how many summaries stand there; None where their
    number is not told."""

    key: str
    name: str
    statuses: Collection[S] = ()
    count: int | None = None


@dataclass(frozen=True)
class Filters:
    """What the page was asked for, as it came in the address."""

    tab: str = "open"
    status: str = ""
    type: str = ""
    patients: str = ""  # ids, as "1,2": what a name found, never the name
    cursor: str = ""

    def address(self, **changed: str) -> str:
        """The worklist's address with some filters changed; a new filter begins at page one."""
        wanted = replace(self, **{"cursor": "", **changed})
        given = {k: v for k, v in vars(wanted).items() if v and (k, v) != ("tab", "open")}
        return f"/worklist?{urlencode(given)}" if given else "/worklist"


@dataclass(frozen=True)
class Listed:
    """One page of rows; `next` is the cursor of the following, `too_many` patients matched."""

    rows: Sequence[WorklistRow] = ()
    next: str | None = None
    too_many: bool = False


@dataclass(frozen=True)
class Asked:
    """What stood in the request form when it was refused, and why."""

    patient: str = ""
    type: str = ""
    problem: str = field(default="")


@dataclass(frozen=True)
class Looked:
    """What was typed to find a patient in the EHR, who was found, and what went wrong."""

    name: str = ""
    number: str = ""
    born: str = ""
    found: Sequence[FoundPatient] | None = None
    more: bool = False
    problem: str = ""


@router.get("/worklist")
def worklist(
    page: ThePage,
    _: Lister,
    tab: str = "open",
    status: str = "",
    type: str = "",
    patients: str = "",
    cursor: str = "",
) -> Response:
    if is_bound(page):
        learn_patients(page.request, page.person)  # whose summaries are theirs to see
    return _show(page, Filters(tab, status, type, patients[:2_000], cursor))


@router.post("/worklist/search")
def search(
    page: ThePage,
    _: Lister,
    tab: Annotated[str, Form()] = "open",
    status: Annotated[str, Form()] = "",
    type: Annotated[str, Form()] = "",
    q: Annotated[str, Form()] = "",
    patients: Annotated[str, Form()] = "",
) -> Response:
    """To the list of what was looked for. A name is sent in the body and ends here: addresses
    stay in histories, bookmarks and the logs of every proxy."""
    words = q.strip()[:100] if permissions.may(page.person, permissions.Ability.READ) else ""
    found = _found(page, words) if words else patients[:2_000]
    return RedirectResponse(Filters(tab, status, type, found).address(), 303)


@router.post("/worklist")
def request_summary(
    page: ThePage,
    _: Requester,
    type: Annotated[str, Form()] = "",
    patient: Annotated[str, Form()] = "",
    other: Annotated[str, Form()] = "",
) -> Response:
    """A typed id goes before the one chosen in the list."""
    try:
        ref = patient_ref(other or patient)
        check_reaches(page.request, page.person, ref)
        visit = page.signed_in.came.visit_of(ref)
        made = actions.request_summary(
            page.session, ref, _type(type), by=page.person, encounter_ref=visit
        )
    except BadInput as refusal:
        asked = Asked(other or patient, type, refusal.sentence)
        return _show(page, Filters(), asked, status=refusal.status_code)
    return RedirectResponse(f"/worklist?said=requested#row-{made.id}", 303)


@router.post("/worklist/find")
def find(
    page: ThePage,
    _: Requester,
    name: Annotated[str, Form(max_length=100)] = "",
    number: Annotated[str, Form(max_length=100)] = "",
    born: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Patients of the EHR to choose from. What was typed stays out of every address."""
    looked = Looked(name, number, born)
    settings = page.runtime.settings
    if not settings.fhir_url:
        return _show(page, Filters(), looked=replace(looked, problem="No EHR is connected here."))
    try:
        found, more = find_in_ehr(
            page.session,
            page.person,
            client=page.runtime.client,
            name=name,
            number=number,
            born=born,
            within_s=settings.fhir_ask_within_s,
        )
    except (BadInput, FhirError) as failed:
        looked = replace(looked, problem=failed.sentence)
        return _show(page, Filters(), looked=looked, status=failed.status_code)
    return _show(page, Filters(), looked=replace(looked, found=found, more=more))


def is_bound(page: Page) -> bool:
    """Whether only patients to whom the person has a relation are shown."""
    return page.person.reach is not None and page.person.reach.is_bound


def _show(
    page: Page,
    filters: Filters,
    asked: Asked | None = None,
    status: int = 200,
    looked: Looked | None = None,
) -> Response:
    tabs = tabs_for(page)
    listed = _listed(page, filters, tabs)
    can_ask = permissions.may(page.person, permissions.Ability.REQUEST)
    patients = held_patients(page.session, page.person) if can_ask else ()
    note_patients(page.session, "patients.listed", [p.ref for p in patients], by=page.person)
    return page.show(
        "worklist.html",
        status,
        tabs=tabs,
        filters=filters,
        listed=listed,
        can_ask=can_ask,
        can_read=permissions.may(page.person, permissions.Ability.READ),
        patients=patients,
        asked=asked or Asked(page.signed_in.came.patient_ref or ""),
        looked=looked or Looked(),
        is_bound=is_bound(page),
        in_progress=any(row.status in OWED for row in listed.rows),
        turn=_turn(page.person),
    )


def tabs_for(page: Page) -> list[Tab]:
    """The groups of statuses with their counts; "needs you" depends on the person."""
    counts = lists.status_counts(page.session, page.person)
    groups = [
        Tab("open", "Open", OPEN),
        Tab("turn", "Needs you", _turn(page.person)),
        Tab("system", "In progress", tuple(OWED)),
        Tab("filed", "Filed", (S.FILED,)),
        Tab("closed", "Closed", CLOSED),
        Tab("all", "All", tuple(S)),
    ]
    if not _turn(page.person):
        groups.pop(1)
    if counts is None:
        return groups
    return [replace(t, count=sum(counts.get(s, 0) for s in t.statuses)) for t in groups]


def _turn(person: Person) -> tuple[S, ...]:
    """Open statuses that wait for somebody in this role."""
    owners = {
        Role.CLINICIAN: (Owner.CLINICIAN,),
        Role.TRAINEE: (Owner.CLINICIAN,),
        Role.ATTENDING: (Owner.CLINICIAN, Owner.SECOND_CLINICIAN),
    }
    return tuple(s for s in OPEN if owner(s) in owners.get(person.role, ()))


def _listed(page: Page, filters: Filters, tabs: Sequence[Tab]) -> Listed:
    wanted = Wanted(_statuses(filters, tabs), None, _known_type(filters.type))
    if filters.patients and permissions.may(page.person, permissions.Ability.READ):
        return _of_patients(page, wanted, filters.patients)
    after = place_of(filters.cursor or None)
    found = lists.worklist(page.session, page.person, wanted=wanted, after=after)
    return Listed(found.rows, cursor_of(found.after))


def _found(page: Page, words: str) -> str:
    """The ids of the patients whose name or id has these words, one more than are shown."""
    refs = [p.ref for p in held_patients(page.session, page.person, words, limit=MANY_PATIENTS + 1)]
    note_search(page.session, refs, by=page.person)
    # A chart that was never pulled has no name yet; its id may be known. A word without a digit is
    # a name, and stays out of the address.
    if not refs and (words.startswith("Patient/") or any(c.isdigit() for c in words)):
        refs = _as_typed(words)
    return ",".join(ref.removeprefix("Patient/") for ref in refs) or NOBODY


def _of_patients(page: Page, wanted: Wanted, ids: str) -> Listed:
    """The rows of these patients, together, latest first."""
    refs = [ref for id_ in ids.split(",") for ref in _as_typed(id_)]
    rows = [
        row
        for ref in refs[:MANY_PATIENTS]
        for row in lists.worklist(
            page.session, page.person, wanted=replace(wanted, patient_ref=ref), limit=200
        ).rows
    ]
    latest_first = sorted(rows, key=lambda row: row.requested_at, reverse=True)
    return Listed(latest_first, too_many=len(refs) > MANY_PATIENTS)


def _as_typed(words: str) -> list[str]:
    try:
        return [patient_ref(words)]
    except BadInput:
        return []


def _statuses(filters: Filters, tabs: Sequence[Tab]) -> Collection[S]:
    if filters.status in set(S):
        return (S(filters.status),)
    return next((tab.statuses for tab in tabs if tab.key == filters.tab), OPEN)


def _known_type(value: str) -> SummaryType | None:
    return SummaryType(value) if value in set(SummaryType) else None


def _type(value: str) -> SummaryType:
    if value not in set(SummaryType):
        raise BadInput("Choose the type of summary.")
    return SummaryType(value)
