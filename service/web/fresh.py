"""Has the EHR asked what is new before a person reads or signs."""

from sqlalchemy.orm import Session

from service.review import freshness
from service.web.runtime import Runtime

OPENED_AGAIN_S = 30.0  # somebody who goes back and forth does not ask the EHR at each step
CLICKED_AGAIN_S = 2.0  # nor does a double click


def ask(runtime: Runtime, session: Session, summary_id: str, *, unless_asked_s: float) -> None:
    """Keep what the EHR has that is newer; where no EHR is set there is nobody to ask."""
    if runtime.settings.fhir_url:
        freshness.ask_again(
            session,
            summary_id,
            client=runtime.client,
            within_s=runtime.settings.fhir_ask_within_s,
            unless_asked_s=unless_asked_s,
        )


def ask_apart(runtime: Runtime, summary_id: str) -> None:
    """The same in a transaction of its own: what came stays though the act is refused."""
    if runtime.settings.fhir_url:
        with runtime.transaction() as own:
            ask(runtime, own, summary_id, unless_asked_s=0)
