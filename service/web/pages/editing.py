"""How the desk carries out what a person asks for: verified ahead, in one transaction, or refused
with what was written kept."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Response
from fastapi.responses import RedirectResponse

from service.errors import BadInput, Blocked, Conflict
from service.review import edits
from service.summary.models import SummaryVersion
from service.web.errors import SignInAgain
from service.web.pages import selection
from service.web.pages.desk import Refused, opened_desk, show_desk
from service.web.pages.frame import Page
from service.web.pages.since import moved_to, placed, since


@dataclass(frozen=True)
class Edit:
    """A plan for the text of this digest, in a request."""

    page: Page
    summary_id: str
    plan: edits.Plan
    digest: str

    def carry_out(self) -> SummaryVersion:
        """In the request's transaction. Raises what the plan raises, and Conflict."""
        return edits.carry_out(
            self.page.session,
            self.summary_id,
            self.plan,
            by=self.page.person,
            digest=self.digest,
            prompts=self.page.runtime.prompts,
        )

    def attempt(
        self,
        act: Callable[[], Response],
        keeps: Refused,
        *,
        statement: int | None = None,
        finding: int | None = None,
    ) -> Response:
        """As attempt, below; verified before the request's transaction asks for a connection."""
        runtime = self.page.runtime
        edits.verify_ahead(
            runtime.transaction,
            self.summary_id,
            self.plan,
            by=self.page.person,
            digest=self.digest,
            prompts=runtime.prompts,
        )
        return attempt(
            self.page,
            self.summary_id,
            act,
            keeps,
            statement=statement,
            finding=finding,
            digest=self.digest,
        )


def attempt(
    page: Page,
    summary_id: str,
    act: Callable[[], Response],
    keeps: Refused,
    *,
    statement: int | None = None,
    finding: int | None = None,
    digest: str = "",
) -> Response:
    """Carry it out, or show the desk as it stands with the reason and what was written.

    In a savepoint: whatever a refused act had begun is gone before the desk is read. `digest` is
    of the text that the person had before them; `statement` and `finding` are numbers in it.
    """
    try:
        with page.session.begin_nested():
            return act()
    except (BadInput, Conflict, Blocked, SignInAgain) as refusal:
        refused = Refused(
            refusal.sentence, refusal.status_code, keeps.form, keeps.kept, keeps.choice
        )
    desk = opened_desk(page, summary_id)
    changed = since(page, desk, digest)
    if changed:
        refused = placed(page, desk, refused, digest)
        finding = None
        statement = None if statement is None else moved_to(page, desk, statement, digest)
    chosen = selection.select(desk, statement=statement, finding=finding)
    return show_desk(page, desk, chosen, refused, since=changed)


def to(summary_id: str, anchor: str, **asked: object) -> Response:
    return RedirectResponse(f"/summaries/{summary_id}?{urlencode(asked)}#{anchor}", 303)
