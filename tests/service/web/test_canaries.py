"""Ten restricted records of each class, labelled and not, told by nothing that anybody can read.

One chart, read, drafted from, reviewed, sampled and erased; every place is then looked at for the
words of every record, and every page, list, count and cursor as every role.
"""

import base64
import json
import re
from datetime import UTC
from itertools import cycle

import pytest
import redis
from prometheus_client import generate_latest
from sqlalchemy import select, text

from service import audit
from service.chart.ingest import ingest
from service.chart.models import SourceRecord
from service.database import transaction
from service.reading.keep import read_chart
from service.retrieval.erase import erase_patient
from service.retrieval.gather import open_chart
from service.retrieval.index import PassageIndex
from service.retrieval.leftovers import erase_messages, vacuum_store
from service.retrieval.place import place_of
from service.review.auditevents import audit_event
from service.summary.vocabulary import Role
from tests.service.drafting.endpoint_fixtures import Drafts, endpoint, scripted, texts
from tests.service.retrieval.files import bytes_under
from tests.service.web.test_door import paths
from tests.service.web.test_roles import as_role
from tests.small_chart import note, ordinary, patient

__all__ = ["as_role", "endpoint", "scripted"]

REF, TEN = "Patient/quetzal", range(10)
CODES = ("PSYTHPN", "42CFRPart2", "HIV", "SUD", "ETH", "SDV", "TBOO", "SEX", "MH", "V")
PROTECTED = "42 CFR Part 2 prohibits unauthorized redisclosure of this record."
KINDS = ("DocumentReference", "Condition", "Observation", "MedicationRequest", "Procedure")


def canary(kind: str, n: int) -> str:
    return f"xq{kind.casefold()}{n:02d}zy"


def a_labelled(code: str, n: int) -> dict:
    """In ten forms: notes, problems, results, medicines, procedures."""
    word, id_ = canary(code, n), f"hid-{code.casefold()}-{n}"
    kind, label = KINDS[n % len(KINDS)], {"meta": {"security": [{"code": code}]}}
    if kind == "DocumentReference":
        made = note(REF, id_, "Progress note", f"2026-08-{10 + n}", f"PLAN\nAsked about {word}.")
        return made | label | {"id": id_}
    named = {"text": f"Matter of {word}"}
    rest = {
        "Condition": {"code": named, "recordedDate": "2026-08-01"},
        "Observation": {"status": "final", "code": named, "valueString": word},
        "MedicationRequest": {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"text": f"{word} 50 mg oral tablet"},
        },
        "Procedure": {"status": "completed", "code": named, "performedDateTime": "2026-08-01"},
    }[kind]
    return {"resourceType": kind, "id": id_, "subject": {"reference": REF}, **label, **rest}


def an_unlabelled(kind: str, n: int) -> dict:
    word, id_ = canary(kind, n), f"hid-{kind}-{n}"
    title = "Psychotherapy note" if kind == "therapy" and n % 2 else "Progress note"
    said = {
        "therapy": f"PSYCHOTHERAPY PROCESS NOTE\nWe spoke of {word}. Countertransference noted.",
        "programme": f"PLAN\nStep work about {word} goes on.\n\n{PROTECTED}",
    }[kind]
    return note(REF, id_, title, f"2026-07-{10 + n}", said) | {"id": id_}


UNLABELLED = ("therapy", "programme")
RESTRICTED = [a_labelled(code, n) for code in CODES for n in TEN] + [
    an_unlabelled(kind, n) for kind in UNLABELLED for n in TEN
]
CANARIES = [canary(kind, n) for kind in (*CODES, *UNLABELLED) for n in TEN]
PLAIN_CHART = [patient(REF, "Ada", "Quill", "1980-01-01", "4711"), *ordinary(REF)]


def told_in(said: str | bytes) -> set[str]:
    """Which canaries stand in this, also where it is one in base64."""
    plain = said if isinstance(said, bytes) else said.encode()
    plain += b"".join(map(unpacked, re.findall(rb"[A-Za-z0-9_-]{24,}={0,2}", plain)))
    return {word for word in CANARIES if word.encode() in plain}


def unpacked(packed: bytes) -> bytes:
    bare = packed.rstrip(b"=")
    whole = bare[: len(bare) // 4 * 4]
    return base64.urlsafe_b64decode(whole)


@pytest.fixture
def index(settings, minilm, runtime):
    index = runtime.index = PassageIndex(place_of(settings), minilm)
    yield index
    index.close()


def everything_read(client, app, ids: dict[str, str]) -> dict[str, str]:
    """Path -> what this caller reads there, of every route that only reads; every next page too."""
    read = {}
    for path, route in paths(app):
        if "GET" not in getattr(route, "methods", ()) or path.endswith(("/events", "/sign-in")):
            continue
        at = re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], "1"), path)
        while at:
            answer = client.get(at)
            assert answer.status_code < 500 or at == "/readyz", (at, answer.status_code)
            read[at] = answer.text + repr(answer.headers)
            at = next_page(at, answer)
    return read


def next_page(at: str, answer) -> str:
    if "json" not in answer.headers.get("content-type", "") or answer.is_error:
        return ""
    said = answer.json()
    cursor = said.get("next") if isinstance(said, dict) else None
    return f"{at.partition('?')[0]}?limit=5&cursor={cursor}" if cursor else ""


def without_ids(said: str) -> str:
    """What is another in each answer: request ids, tokens, times, the sizes of what holds them."""
    return re.sub(r"[0-9a-f]{16,}|[\w-]{30,}|\d\d:\d\d(:[\d.]+)?|'content-length': '\d+'", "", said)


# Who treats the patient is told how many were left out, and the security officer which.
@pytest.mark.parametrize("role", [Role.QA, Role.IT, Role.SERVICE])
def test_lists_counts_and_cursors_are_those_of_a_chart_without_them(
    app, sessions, index, as_role, role
):
    with transaction(sessions) as session:
        ingest(session, "test", PLAIN_CHART)
        read_chart(session, REF, zone=UTC)
    client = as_role(role)
    lists = ("/api/v1/patients/{}/records", "/patients/{}", "/patients/{}/facts")
    before = [listed(client, at.format("quetzal")) for at in lists]
    with transaction(sessions) as session:
        ingest(session, "test", RESTRICTED)
        read_chart(session, REF, zone=UTC)
    assert [listed(client, at.format("quetzal")) for at in lists] == before
    with sessions() as session:
        restricted = session.scalars(
            select(SourceRecord.id).where(SourceRecord.resource_ref.contains("/hid-"))
        ).all()
    assert len(restricted) == len(RESTRICTED)
    for at in ("/patients/quetzal/records/{}", "/patients/quetzal/records/{}/reading"):
        absent = client.get(at.format("0" * 32))
        for each in restricted[::10]:
            answer = client.get(at.format(each))
            assert (answer.status_code, without_ids(answer.text)) == (
                absent.status_code,
                without_ids(absent.text),
            )


def listed(client, at: str) -> list[str]:
    said = []
    at += "?limit=5"
    while at:
        answer = client.get(at)
        said.append(f"{answer.status_code} {without_ids(answer.text)}")
        at = next_page(at, answer)
    return said


def test_no_canary_is_told_in_any_place(
    app, sessions, settings, engine, index, endpoint, scripted, as_role, capfd
):
    with transaction(sessions) as session:
        ingest(session, "test", [*PLAIN_CHART, *RESTRICTED])
        read_chart(session, REF, zone=UTC)
    with sessions() as session:
        held = list(session.scalars(select(SourceRecord)))
        ids = {each.resource_ref.partition("/")[2]: each.id for each in held}
        chart = open_chart(session, REF, index=index)
        assert {each.record_id for each in chart.withheld} >= {ids[r["id"]] for r in RESTRICTED}
        found = [*chart.ask(" ".join(CANARIES[::7])).evidence, *chart.always().values()]
    places = {"retrieval": repr(found)}

    drafts = Drafts(sessions, settings, index, endpoint, scripted)
    desk = drafts.draft("scripted", patient_ref=REF)
    assert any("ertraline" in repr(question) for question in scripted.asked)
    places |= {
        "prompt": repr(scripted.asked),
        "desk": repr([texts(desk), desk.findings, desk.coverage, desk.sources]),
    }
    with sessions() as session:
        places["draft"] = repr(
            session.execute(text("SELECT * FROM summaries, summary_versions")).all()
        )
        places["audit"] = repr(session.execute(text("SELECT * FROM audit_events")).all())
        places["export"] = json.dumps(list(map(audit_event, audit.chain(session))))
    summary_id = str(desk.summary.id)
    hidden = ("hid-psythpn-0", "hid-hiv-1", "hid-therapy-1", "hid-v-2", "hid-programme-2")
    for role, one in zip(Role, cycle(hidden), strict=False):
        filled = {"patient_id": "quetzal", "summary_id": summary_id, "record_id": ids[one]}
        read = everything_read(as_role(role), app, filled)
        places |= {f"{role} {at}": said for at, said in read.items()}
    queue = redis.Redis.from_url(settings.redis_url.get_secret_value())
    kinds = {
        b"list": lambda k: queue.lrange(k, 0, -1),
        b"hash": queue.hgetall,
        b"string": queue.get,
    }
    places["queue"] = repr(
        [kinds[queue.type(k)](k) for k in queue.scan_iter() if queue.type(k) in kinds]
    )
    queue.close()
    places |= {"log": "".join(capfd.readouterr()), "metric": generate_latest().decode()}
    assert {at: words for at, said in places.items() if (words := told_in(said))} == {}
    assert told_in(f"cursor={base64.urlsafe_b64encode(CANARIES[3].encode() * 3).decode()}")
    assert len(places) > 250

    with transaction(sessions) as session:
        erased = erase_patient(session, REF, index=index)
    erase_messages(settings.redis_url.get_secret_value(), erased.summary_ids)
    vacuum_store(settings.data_dir / "chroma")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        connection.execute(text("CHECKPOINT"))
    files = bytes_under(settings.data_dir)
    assert {"postgres", "chroma"} <= {p.relative_to(settings.data_dir).parts[0] for p in files}
    plain = {
        p.name: w for p, held in files.items() if (w := {c for c in CANARIES if c.encode() in held})
    }
    assert plain == {}
