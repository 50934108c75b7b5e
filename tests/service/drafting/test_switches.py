"""A model is switched off by type, patient, model or site, and the page can say why."""

import pytest

from service.drafting.switches import switch_off, switch_on, switched_off, switches
from service.errors import BadInput, Conflict, NotFound
from service.settings import Settings
from service.summary import progress
from service.summary.vocabulary import SummaryType

SETTINGS = Settings(model="openai:local", site="north")


@pytest.fixture
def a_summary(session):
    return progress.request_summary(session, "Patient/1", SummaryType.HANDOFF, actor="dr-a")


def test_without_a_switch_the_model_is_asked(session, a_summary):
    assert switched_off(session, a_summary, SETTINGS) is None


@pytest.mark.parametrize(
    "switch", ["type:handoff", "patient:Patient/1", "model:openai:local", "site:north"]
)
def test_each_kind_of_switch_holds_with_its_reason(session, a_summary, switch):
    switch_off(session, switch, reason="Under review.", by="it-1")
    assert switched_off(session, a_summary, SETTINGS).endswith(": Under review.")
    switch_on(session, switch, by="it-1")
    assert switched_off(session, a_summary, SETTINGS) is None


@pytest.mark.parametrize(
    "switch", ["type:discharge", "patient:Patient/11", "model:openai:other", "site:south"]
)
def test_a_switch_on_something_else_changes_nothing(session, a_summary, switch):
    switch_off(session, switch, reason="x", by="it-1")
    assert switched_off(session, a_summary, SETTINGS) is None


def test_a_switch_in_the_settings_holds_too(session, a_summary):
    settings = SETTINGS.model_copy(update={"model_off": ("type:handoff",)})
    assert "COUNTERSIGN_MODEL_OFF" in switched_off(session, a_summary, settings)


def test_the_reason_never_names_the_patient(session, a_summary):
    switch_off(session, "patient:Patient/1", reason="Asked for it.", by="it-1")
    assert "Patient/1" not in switched_off(session, a_summary, SETTINGS)


@pytest.mark.parametrize("switch", ["handoff", "type:nonsense", "patient:1", "site:", "x:y"])
def test_a_switch_of_no_known_form_is_refused(session, switch):
    with pytest.raises(BadInput, match="is no switch"):
        switch_off(session, switch, reason="x", by="it-1")


def test_switching_twice_or_back_what_was_never_off_is_told(session):
    switch_off(session, "site:north", reason="x", by="it-1")
    assert [each.switch for each in switches(session)] == ["site:north"]
    with pytest.raises(Conflict):
        switch_off(session, "site:north", reason="x", by="it-1")
    with pytest.raises(NotFound):
        switch_on(session, "site:south", by="it-1")
    with pytest.raises(BadInput, match="Say why"):
        switch_off(session, "site:south", reason=" ", by="it-1")
