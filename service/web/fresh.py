"""Has the EHR asked what is new before a person reads or signs."""

from service.review import freshness
from service.web.runtime import Runtime

OPENED_AGAIN_S = 30.0  # somebody who goes back and forth does not ask the EHR at each step
CLICKED_AGAIN_S = 2.0  # nor does a double click


def ask(runtime: Runtime, summary_id: str, *, unless_asked_s: float = 0.0) -> None:
    """Keep what the EHR has that is newer; where no EHR is set there is nobody to ask. Before the
    request's own transaction has a connection: the EHR may take its time."""
    if runtime.settings.fhir_url:
        freshness.ask_again(
            runtime.transaction,
            summary_id,
            client=runtime.client,
            within_s=runtime.settings.fhir_ask_within_s,
            unless_asked_s=unless_asked_s,
        )
