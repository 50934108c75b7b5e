"""Every test of filing and retracting once more, at the end of a wire to Medplum."""

import pytest

from service.database import transaction
from tests.peers import running
from tests.service.writeback.builders import a_record, a_signed_summary
from tests.service.writeback.test_filing import *  # noqa: F403
from tests.service.writeback.test_filing import file_summary, stored
from tests.service.writeback.test_filing_labels import *  # noqa: F403
from tests.service.writeback.test_filing_signatures import *  # noqa: F403
from tests.service.writeback.test_filing_unsure import *  # noqa: F403
from tests.service.writeback.test_retracting import *  # noqa: F403


@pytest.fixture(scope="module")
def server():
    with running("medplum") as server:
        yield server


def test_a_record_that_the_ehr_does_not_hold_is_named_instead_of_linked(run, sessions, client):
    """Medplum's router takes a link to anything, so here it is linked."""
    with transaction(sessions) as session:
        summary_id = a_signed_summary(session, records=[a_record(session)]).id
    assert run(file_summary, summary_id).status_reason == ""
    (provenance,) = stored(client, "Provenance")
    named = [each["what"] for each in provenance["entity"] if each["role"] == "source"]
    assert named[0]["reference"] == "Observation/o1/_history/1"
