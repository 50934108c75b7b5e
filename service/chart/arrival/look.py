"""What can be told of how news of charts come, without asking for any: for `doctor`."""

from service.chart.arrival.keep import Way, way_of
from service.chart.arrival.subscriptions import PATH
from service.errors import WrongSetting
from service.fhir.client import FhirClient


def said(client: FhirClient, *, public_url: str, has_secret: bool) -> str:
    """The way that is gone, and why not another. Raises WrongSetting."""
    arrival = client.profile.arrival
    if arrival.way == "told" and not public_url:
        raise WrongSetting(
            "arrival.way of the site profile is told, and the EHR cannot reach us without an "
            "address: set COUNTERSIGN_PUBLIC_URL. Until then it is asked."
        )
    known = client.abilities() if arrival.way == "told" else None
    way = way_of(arrival, known, public_url=public_url)
    parts = [_WORDS[way].format(every_s=round(arrival.every_s), topic=arrival.topic)]
    if arrival.way == "told" and way is Way.POLL:
        parts.append("it offers no create of Subscription")
    if has_secret:
        parts.append(f"signed messages are taken at {public_url or 'this address'}{PATH}")
    return "; ".join(parts)


_WORDS = {
    Way.NONE: "charts are read when a summary is asked for (arrival.way of the site profile)",
    Way.TOPIC: "the EHR tells of {topic}",
    Way.REST_HOOK: "the EHR tells of each type by a plain rest-hook",
    Way.POLL: "the EHR is asked every {every_s} s",
}
