"""An export comes into the charts once, whatever stops it on the way."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from service.chart.bulk import reading
from service.chart.bulk.manifest import deleted_refs, read_manifest
from service.chart.bulk.models import Export, ExportFile, ExportState
from service.chart.bulk.run import last_export, run_export
from service.chart.models import Quarantined, SourceRecord
from service.database import transaction
from service.errors import Conflict, NotFound
from service.fhir.client import FhirClient
from service.fhir.errors import EhrBusy, EhrRefused
from service.summary.vocabulary import Standing
from tests.bulk_server import AS_OF, Exports, deletions, ndjson, serving
from tests.service.chart.builders import PATIENT, a_concept, a_patient, a_record, latest

AS_OF_AT = datetime.fromisoformat(AS_OF)
TOKEN = "token-of-the-export"


def goals(*numbers):
    return ndjson(a_record("Goal", f"g{n}", description=a_concept("walk")) for n in numbers)


@pytest.fixture
def exports():
    files = [("output", ndjson([a_patient()])), ("output", goals(1, 2, 3, 4, 5))]
    with serving(Exports(files)) as exports:
        yield exports


@pytest.fixture
def export(sessions, exports):
    def run(scope="Group/1", **given):
        token = given.pop("token", None)
        client = FhirClient(exports.url, token=token, sleep=lambda _: None)
        try:
            return run_export(
                lambda: transaction(sessions), client, scope, sleep=lambda _: None, **given
            )
        finally:
            client.close()

    return run


def held(sessions):
    with sessions() as session:
        query = select(SourceRecord.resource_ref).order_by(SourceRecord.resource_ref)
        return list(session.scalars(query))


ALL = [f"Goal/g{n}" for n in range(1, 6)] + [PATIENT]


def test_an_export_of_a_group_comes_into_the_charts(export, exports, sessions):
    done = export()
    assert (done.state, done.kept, done.as_of) == (ExportState.DONE, 6, AS_OF_AT)
    assert held(sessions) == ALL
    assert exports.asked[0] == "GET /fhir/Group/1/$export"
    assert exports.asked[-1] == "DELETE /status/1"
    with sessions() as session:
        assert session.scalars(select(SourceRecord.origin).distinct()).all() == ["ehr"]
        assert session.scalars(select(ExportFile)).all() == []


def test_the_next_one_goes_on_from_there(export, exports, sessions):
    with sessions() as session, pytest.raises(NotFound, match="leave --since out"):
        last_export(session, "Group/1")
    export()
    with sessions() as session:
        since = last_export(session, "Group/1")
        with pytest.raises(NotFound):
            last_export(session, "Patient")
    exports.files = [("output", goals(6)), ("deleted", deletions("Goal/g1", "Goal/none"))]
    done = export(since=since, types=["Goal", "Condition"])
    assert exports.started[1] == {
        "_since": ["2026-11-01T03:00:00.000+00:00"],
        "_type": ["Goal,Condition"],
    }
    assert (done.kept, done.deleted) == (1, 2)
    with sessions() as session:
        assert latest(session, "Goal/g1").standing is Standing.EXCLUDED
        assert latest(session, "Goal/g2").standing is Standing.EVIDENCE


class Stopped(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_after_the_process_ended_it_goes_on_where_it_was(
    export, exports, sessions, monkeypatch, parts
):
    monkeypatch.setattr(reading, "PART_ROWS", 2)
    reports = []

    def stop(export):
        reports.append(export.kept)
        if len(reports) == parts:
            raise Stopped

    with pytest.raises(Stopped):
        export(report=stop)
    before = len(exports.asked)
    done = export()
    assert (done.kept, done.unchanged) == (6, 0)  # nothing was brought twice
    assert held(sessions) == ALL
    assert "GET /fhir/Group/1/$export" not in exports.asked[before:]


def test_what_the_ehr_has_thrown_away_is_asked_for_anew(export, exports, sessions):
    exports.gone = {1}
    with_expired = export()
    assert with_expired.state is ExportState.DONE
    assert (with_expired.kept, with_expired.unchanged) == (5, 1)
    with sessions() as session:
        states = session.scalars(select(Export.state).order_by(Export.asked_at)).all()
    assert states == [ExportState.EXPIRED, ExportState.DONE]
    assert held(sessions) == ALL


def test_what_is_thrown_away_again_is_said(export, exports):
    exports.gone = {0}
    with pytest.raises(EhrRefused, match="Run it again"):
        real = exports.manifest

        def manifest():
            exports.gone = {0}
            return real()

        exports.manifest = manifest
        export()


def test_what_cannot_be_read_is_kept_and_counted(export, exports, sessions):
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "x"}]}
    exports.files = [("output", b'{"resourceType"\n\n' + goals(1)), ("error", ndjson([outcome]))]
    done = export()
    assert (done.kept, done.quarantined, done.errors) == (1, 1, 1)
    with sessions() as session:
        assert session.scalars(select(Quarantined)).one().origin == "ehr"


def test_the_token_goes_to_the_ehr_and_to_nobody_else(export, exports):
    exports.token, exports.elsewhere = TOKEN, "http://files.example"
    with pytest.raises(EhrRefused, match="another server"):
        export(token=TOKEN)
    exports.elsewhere = ""
    with pytest.raises(EhrRefused, match="another server"):
        export(token=TOKEN)  # the export that was begun names that server still


def test_a_file_that_needs_our_token_gets_it(export, exports, sessions):
    exports.token = TOKEN
    assert export(token=TOKEN).kept == 6


def test_a_file_elsewhere_that_needs_no_token_is_sent_none(export, exports, sessions):
    with serving(Exports(exports.files, token="")) as elsewhere:
        elsewhere.started.append({})
        exports.elsewhere = f"http://127.0.0.1:{elsewhere.port}"
        assert export(token=TOKEN).kept == 6


def test_two_at_once_are_refused(export, exports):
    def again(_):
        with pytest.raises(Conflict, match="just now"):
            export()

    assert export(report=again).kept == 6


def test_an_ehr_that_is_away_leaves_it_as_it_was(export, exports, sessions):
    exports.held_up = {1}
    exports.ended.set()
    port, exports.port = exports.port, 9
    with pytest.raises(EhrBusy):
        export()
    exports.port = port
    assert export().kept == 6


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"transactionTime": "yesterday", "output": []},
        {"transactionTime": "2026-11-01T03:00:00", "output": []},
        {"transactionTime": AS_OF, "output": [{"type": "Goal"}]},
        {"transactionTime": AS_OF, "output": [3]},
    ],
)
def test_a_manifest_that_leaves_out_what_is_needed_is_refused(said):
    with pytest.raises(EhrRefused):
        read_manifest(said)


def test_a_manifest_names_its_files_in_the_order_to_read_them():
    files = {kind: [{"url": f"{kind}.ndjson"}] for kind in ("error", "deleted", "output")}
    read = read_manifest({"transactionTime": AS_OF, **files})
    assert [kind for kind, _ in read.files] == ["output", "deleted", "error"]
    assert (read.as_of, read.needs_token) == (AS_OF_AT.astimezone(UTC), True)


def test_only_deletions_of_records_here_are_taken():
    entries = [
        {"request": {"method": "DELETE", "url": "Goal/1"}},
        {"request": {"method": "DELETE", "url": "http://ehr.test/fhir/Goal/2"}},
        {"request": {"method": "DELETE", "url": "http://other.test/Goal/3"}},
        {"request": {"method": "PUT", "url": "Goal/4"}},
        {"resource": {}},
        3,
    ]
    bundles = [None, 3, {"entry": 3}, {"entry": entries}]
    assert list(deleted_refs(bundles, bases=("http://ehr.test/fhir/",))) == ["Goal/1", "Goal/2"]
