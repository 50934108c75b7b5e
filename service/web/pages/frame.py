"""What every page is shown in: the person, their token, their ways, the words and the clock."""

from dataclasses import dataclass, field
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from sqlalchemy.orm import Session

from service.review import permissions
from service.review.permissions import Ability
from service.signin.models import KnownPerson
from service.summary.people import Person
from service.web.guards import Caller
from service.web.pages import times, words
from service.web.runtime import Runtime, runtime_of
from service.web.sessions import SignedIn
from service.web.transactions import Transaction

WAYS = (
    (Ability.LIST, "/worklist", "Worklist"),
    (Ability.REQUEST, "/my-patients", "My patients"),
    (Ability.RATE, "/quality", "Quality"),
    (Ability.READ_AUDIT, "/operations", "Operations"),
    (Ability.END_SESSIONS, "/access", "Access"),
    (Ability.RULE_NOTES, "/withheld", "Withheld"),
    (Ability.READ_GLASS, "/glass", "Glass"),
)


@dataclass(frozen=True)
class Page:
    """A signed-in person's page in the making."""

    request: Request
    session: Session
    signed_in: SignedIn

    @property
    def person(self) -> Person:
        return self.signed_in.person

    @property
    def runtime(self) -> Runtime:
        return runtime_of(self.request)

    @property
    def zone(self) -> ZoneInfo:
        zone: ZoneInfo = self.request.app.state.zone
        return zone

    def show(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """The template as a whole answer; it is made inside the request's transaction."""
        return render(self.request, template, status, signed_in=self.signed_in, **context)


def page(request: Request, session: Transaction, caller: Caller) -> Page:
    request.state.session = session  # in which names are looked up
    return Page(request, session, caller)


ThePage = Annotated[Page, Depends(page)]


def render(
    request: Request,
    template: str,
    status: int = 200,
    *,
    signed_in: SignedIn | None,
    **context: Any,
) -> HTMLResponse:
    person = signed_in.person if signed_in else None
    settings = request.app.state.runtime.settings
    text = TEMPLATES.get_template(template).render(
        person=person,
        csrf_token=signed_in.csrf_token if signed_in else "",
        ways=ways(person) if person else (),
        path=request.url.path,
        standing=getattr(request.state, "standing", None),
        known_people=_Names(getattr(request.state, "session", None)),
        demo=settings.demo,
        idle_minutes=settings.session_minutes,
        zone=request.app.state.zone,
        said=words.SAID.get(request.query_params.get("said", ""), ""),
        **context,
    )
    return HTMLResponse(text, status)


def ways(person: Person) -> tuple[tuple[str, str], ...]:
    """Where this person may go, as address and name."""
    return tuple((path, name) for can, path, name in WAYS if permissions.may(person, can))


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # a template does not change under a server: no file is looked at
    )
    made.globals |= {
        "words": words,
        "counted": words.counted,
        "may": permissions.may,
        "Ability": Ability,
    }
    made.filters |= {
        "when": _in_zone(times.instant),
        "ago": _in_zone(times.age),
        "fhir_day": _in_zone(times.fhir_day),
        "who": _who,
        "action": words.action,
        "resource": words.resource,
        "name": words.name,
        "about": words.about,
    }
    return made


def compile_all() -> None:
    """Every template, which is otherwise compiled when it is first shown."""
    for name in TEMPLATES.list_templates():
        TEMPLATES.get_template(name)


@dataclass(frozen=True)
class _Names:
    """The names of those who act, each looked up once a page: a list has one person fifty times."""

    session: Session | None
    known: dict[str | None, str] = field(default_factory=dict)

    def of(self, person_id: str | None) -> str:
        """Of somebody who signed in here, or one of our own."""
        if person_id not in self.known:
            row = self.session.get(KnownPerson, person_id) if self.session and person_id else None
            self.known[person_id] = row.name if row else words.who(person_id)
        return self.known[person_id]


@pass_context
def _who(context: Context, person_id: str | None) -> str:
    names: _Names = context["known_people"]
    return names.of(person_id)


def _in_zone(shown: Any) -> Any:
    """The filter that hands a page's time zone to `shown(value, zone)`."""

    @pass_context
    def in_zone(context: Context, value: Any) -> Any:
        zone: ZoneInfo = context["zone"]
        return shown(value, zone) if value else ""

    return in_zone


TEMPLATES = _environment()
