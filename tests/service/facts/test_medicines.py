"""Medicine courses: what is taken now, since when, what ended it, and what it only seemed to be."""

from dataclasses import replace

import pytest

from service.facts import ConflictKind, FactKind, Standing
from tests.service.facts.charts import a_note, an_order, facts, resources, said, the_fact


def medicine(found, key):
    return the_fact(found, FactKind.MEDICINE, key)


def conflict_kinds(found):
    return {conflict.kind for conflict in found.conflicts}


def test_one_row_for_all_names_of_a_medicine_with_its_present_dose():
    found = facts(
        a_note("Started Zoloft 50 mg daily.", on="2026-01-10"),
        a_note("Increased sertraline to 100 mg daily.", on="2026-02-10"),
    )
    (fact,) = found.of(FactKind.MEDICINE)
    assert (fact.key, fact.standing, fact.since) == ("sertraline", Standing.CURRENT, "2026-01-10")
    assert said(fact, "dose") == ["100 mg"]
    assert [change.what for change in fact.history] == ["started", "increased"]
    assert [source.on for source in fact.sources] == ["2026-02-10", "2026-01-10"]


def test_a_stopped_medicine_is_past_with_the_reason_and_who():
    found = facts(
        a_note("Started lithium 300 mg twice daily.", on="2026-01-10"),
        a_note("Stopped lithium because of tremor.", on="2026-02-10", author="Dr. B"),
    )
    fact = medicine(found, "lithium")
    assert (fact.standing, fact.until) == (Standing.PAST, "2026-02-10")
    assert "tremor" in fact.why and "Dr. B" in fact.why
    assert not found.conflicts


def test_what_is_begun_anew_after_a_stop_is_current():
    found = facts(
        a_note("Stopped lithium because of tremor.", on="2026-01-10"),
        a_note("Started lithium 300 mg daily again.", on="2026-02-10"),
    )
    assert medicine(found, "lithium").standing is Standing.CURRENT
    assert ConflictKind.STOPPED not in conflict_kinds(found)


def test_a_stop_that_was_told_later_than_the_list_counts():
    found = facts(
        a_note("Medications: quetiapine 50 mg nightly", on="2026-02-10"),
        a_note("Stopped quetiapine on 2026-02-01.", on="2026-02-20"),
    )
    assert medicine(found, "quetiapine").standing is Standing.PAST


def test_two_active_orders_of_two_doses_are_two_rows_and_a_conflict():
    found = facts(resources(an_order("Warfarin", 5), an_order("Warfarin", 2.5, on="2026-01-06")))
    rows = found.of(FactKind.MEDICINE)
    assert [said(row, "dose") for row in rows] == [["5 mg"], ["2.5 mg"]]
    assert {row.standing for row in rows} == {Standing.DISPUTED}
    assert [c.kind for c in found.conflicts] == [ConflictKind.DOSE]


def test_a_morning_and_a_night_order_are_two_rows_and_no_conflict():
    found = facts(
        resources(
            an_order("Lithium", 300, dosage={"timing": {"repeat": {"when": ["MORN"]}}}),
            an_order("Lithium", 600, dosage={"timing": {"repeat": {"when": ["NIGHT"]}}}),
        )
    )
    assert len(found.of(FactKind.MEDICINE)) == 2
    assert not found.conflicts


def test_two_orders_of_one_dose_are_one_row():
    found = facts(resources(an_order("Sertraline", 50), an_order("Sertraline 50 mg tablet", 50)))
    (fact,) = found.of(FactKind.MEDICINE)
    assert len(fact.sources) == 2 and not found.conflicts


def test_the_dose_of_the_list_and_another_in_a_note_of_the_time_conflict():
    found = facts(
        resources(an_order("Sertraline", 50, on="2026-02-20")),
        a_note("Medications: sertraline 150 mg daily", on="2026-03-01"),
    )
    assert conflict_kinds(found) == {ConflictKind.DOSE}


def test_a_later_change_of_dose_corrects_the_order_without_conflict():
    found = facts(
        resources(an_order("Sertraline", 50, on="2026-02-20")),
        a_note("Increased sertraline to 100 mg daily.", on="2026-03-01"),
    )
    assert said(medicine(found, "sertraline"), "dose") == ["100 mg"]
    assert not found.conflicts


@pytest.mark.parametrize(
    ("more", "standing", "status"),
    [
        ({"intent": "proposal"}, Standing.PLANNED, "planned"),
        ({"intent": "plan"}, Standing.PLANNED, "planned"),
        ({"status": "on-hold"}, Standing.ON_HOLD, "on hold"),
        ({"status": "stopped"}, Standing.PAST, "stopped"),
        ({"status": "completed"}, Standing.PAST, ""),
        ({"status": "cancelled"}, None, ""),
        ({"status": "entered-in-error"}, None, ""),
        ({"doNotPerform": True}, Standing.REFUTED, "not to be given"),
        ({"dosage": {"asNeededBoolean": True}}, Standing.CURRENT, "as needed"),
        ({}, Standing.CURRENT, ""),
    ],
)
def test_an_order_stands_as_its_status_and_intent_say(more, standing, status):
    found = facts(resources(an_order("Haloperidol", 5, **more)))
    fact = found.find(FactKind.MEDICINE, "haloperidol")
    assert (fact and (fact.standing, fact.status)) == (standing and (standing, status))


def test_an_order_bounded_to_an_earlier_day_is_past():
    bounds = {"repeat": {"boundsPeriod": {"start": "2009-03-01", "end": "2009-03-08"}}}
    found = facts(
        resources(an_order("Amoxicillin", 500, on="2009-03-01", dosage={"timing": bounds}))
    )
    assert medicine(found, "amoxicillin").standing is Standing.PAST


def test_a_refused_depot_disputes_the_order_that_stands():
    refused = {
        "resourceType": "MedicationAdministration",
        "status": "not-done",
        "statusReason": [{"text": "patient declined"}],
        "medicationCodeableConcept": {"text": "Paliperidone"},
        "effectiveDateTime": "2026-03-01",
    }
    found = facts(resources(an_order("Paliperidone", 156), refused))
    fact = medicine(found, "paliperidone")
    assert (fact.standing, fact.status) == (Standing.DISPUTED, "refused")
    assert "2026-03-01" in fact.why
    assert conflict_kinds(found) == {ConflictKind.NOT_TAKEN}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Zolpidem", "Sleeping without zolpidem for two weeks."),
        ("Gabapentin", "No gabapentin x 10 days, pain is no worse."),
        ("Trazodone", "Has been without trazodone since 02/10."),
    ],
)
def test_how_long_one_is_without_an_ordered_medicine_is_a_conflict(name, told):
    found = facts(resources(an_order(name, 50)), a_note(told))
    assert conflict_kinds(found) == {ConflictKind.NOT_TAKEN}
    assert not conflict_kinds(facts(resources(an_order(name, 50)), a_note(f"No {name} level.")))


def test_do_not_give_beside_an_order_is_a_conflict_and_two_rows():
    found = facts(
        resources(an_order("Bupropion", 150), an_order("Bupropion", on="", doNotPerform=True))
    )
    assert {f.status for f in found.of(FactKind.MEDICINE)} == {"", "not to be given"}
    assert ConflictKind.FORBIDDEN in conflict_kinds(found)


def test_stopped_in_a_note_and_still_ordered_is_a_conflict():
    found = facts(
        resources(an_order("Clozapine", 200)), a_note("Stopped clozapine because of neutropenia.")
    )
    assert medicine(found, "clozapine").standing is Standing.DISPUTED
    assert conflict_kinds(found) == {ConflictKind.STOPPED}


def test_not_taking_it_disputes_the_order():
    found = facts(
        resources(an_order("Lamotrigine", 100)), a_note("She is not taking her lamotrigine.")
    )
    fact = medicine(found, "lamotrigine")
    assert (fact.standing, fact.status) == (Standing.DISPUTED, "not taken")


def test_a_class_that_is_denied_while_one_of_it_is_ordered_is_a_conflict(monkeypatch):
    monkeypatch.setattr("service.facts.conflicts.wider", {"ibuprofen": {"nsaid"}}.get)
    monkeypatch.setattr("service.facts.medicines.wider", lambda _: frozenset())
    found = facts(
        resources(an_order("Ibuprofen", 400, on="2026-02-25")), a_note("Denies use of NSAIDs.")
    )
    assert ConflictKind.DENIED in conflict_kinds(found)


@pytest.mark.parametrize(
    ("sentence", "standing"),
    [
        ("Previously took venlafaxine in 2019.", Standing.PAST),
        ("Consider starting venlafaxine.", Standing.PLANNED),
        ("She has never taken venlafaxine.", Standing.REFUTED),
        ("Venlafaxine is held.", Standing.ON_HOLD),
    ],
)
def test_what_is_not_taken_now_is_not_current(sentence, standing):
    assert medicine(facts(a_note(sentence)), "venlafaxine").standing is standing


def test_what_would_be_given_is_no_fact():
    found = facts(a_note("If agitated, give lorazepam 1 mg."))
    assert all(f.standing is not Standing.CURRENT for f in found.of(FactKind.MEDICINE))


def test_an_order_that_is_stopped_today_ended_what_earlier_notes_tell():
    stopped = an_order("Sertraline", 50, on="2026-01-05", status="stopped")
    found = facts(
        resources(stopped),
        a_note("Taking sertraline 50 mg daily.", on="2026-02-01"),
        a_note("Mood is stable.", on="2026-03-01"),
    )
    fact = medicine(found, "sertraline")
    assert (fact.standing, fact.until) == (Standing.PAST, "")
    assert not found.conflicts


def test_an_order_that_is_stopped_beside_the_newest_note_is_disputed():
    stopped = an_order("Sertraline", 50, on="2026-01-05", status="stopped")
    found = facts(resources(stopped), a_note("Taking sertraline 50 mg daily.", on="2026-02-01"))
    assert medicine(found, "sertraline").standing is Standing.DISPUTED


def test_since_is_told_where_it_goes_on_since():
    found = facts(
        a_note("Has been on lithium since 2009.", on="2026-02-01"),
        a_note("Was on valproate from 2009 to 2012.", on="2026-02-01"),
    )
    assert medicine(found, "lithium").standing is Standing.CURRENT
    assert medicine(found, "lithium").since == "2009"
    assert medicine(found, "valproate").standing is not Standing.CURRENT


def test_a_mere_mention_is_no_course():
    assert not facts(a_note("We talked about clozapine.")).of(FactKind.MEDICINE)


def test_an_order_that_is_stopped_for_one_of_another_dose_is_no_conflict():
    old = an_order("Lithium", 900, on="2025-08-01", status="stopped")
    found = facts(
        resources(old, an_order("Lithium", 600, on="2026-02-26")),
        a_note("Reduce lithium from 900 mg to 600 mg at bedtime.", on="2026-02-26"),
    )
    assert not found.conflicts
    assert medicine(found, "lithium").standing is Standing.CURRENT


def test_a_class_that_was_offered_and_declined_once_is_not_denied():
    order = an_order("Ibuprofen", 400, on="2026-01-05")
    found = facts(resources(order), a_note("Declined any NSAID in the ED.", on="2026-02-01"))
    assert ConflictKind.DENIED not in conflict_kinds(found)
    found = facts(resources(order), a_note("Takes no NSAIDs.", on="2026-02-01"))
    assert ConflictKind.DENIED in conflict_kinds(found)


def test_what_somebody_brought_is_no_course_of_a_medicine():
    printout = replace(
        a_note("You could also restart lithium at 600 mg daily."), title="Printout, chatbot"
    )
    assert facts(printout).of(FactKind.MEDICINE) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Sertraline taper finished 02/16, last 50 mg tablet that day.",
        "Finished her sertraline taper on Friday.",
        "Sertraline 25 mg, taper completed last week.",
    ],
)
def test_a_taper_that_is_finished_is_no_more_taken(text):
    found = facts(a_note("Stop sertraline.", on="2026-02-01"), a_note(text, on="2026-03-01"))
    assert the_fact(found, FactKind.MEDICINE, "sertraline").standing is Standing.PAST
    assert not found.conflicts


@pytest.mark.parametrize(
    "text",
    [
        "Propranolol 10 mg BID x 2 weeks, then stop",
        "Prednisone 10 mg daily for 5 days, then off.",
        "Trazodone 50 mg nightly for one week, then discontinue.",
    ],
)
def test_when_to_stop_is_no_stop(text):
    name = text.split()[0]
    found = facts(a_note(f"{name} is taken daily.", on="2026-03-01"), a_note(text, on="2026-03-01"))
    assert ConflictKind.STOPPED not in conflict_kinds(found)


def a_statement(**more):
    """A medicine of 2019 that was taken until 2026."""
    period = {"effectivePeriod": {"start": "2019-01-01", "end": "2026-01-01"}}
    named = {"medicationCodeableConcept": {"text": "Lithium"}}
    return {"resourceType": "MedicationStatement", "status": "stopped", **named, **period, **more}


def test_what_was_taken_in_a_period_ended_with_it():
    fact = medicine(facts(resources(a_statement())), "lithium")
    assert (fact.since, fact.until) == ("2019-01-01", "2026-01-01")
    assert fact.why == "stopped on 2026-01-01"


def test_how_long_an_order_could_be_filled_is_not_when_it_was_stopped():
    valid = {"dispenseRequest": {"validityPeriod": {"end": "2026-12-31"}}}
    order = an_order("Lithium 300 mg", 300, status="stopped", **valid)
    assert medicine(facts(resources(order)), "lithium").until == ""


def a_dose(name, day, status="completed", why=""):
    reason = {"statusReason": [{"text": why}]} if why else {}
    return {
        **{"resourceType": "MedicationAdministration", "status": status, **reason},
        **{"medicationCodeableConcept": {"text": name}, "effectiveDateTime": day},
    }


@pytest.mark.parametrize(
    ("status", "why", "standing"),
    [
        ("stopped", "", Standing.CURRENT),
        ("not-done", "NPO", Standing.CURRENT),
        ("not-done", "Held - HR 48", Standing.CURRENT),
        ("not-done", "Patient refused", Standing.DISPUTED),
    ],
)
def test_one_dose_stops_and_holds_no_order(status, why, standing):
    given = a_dose("Lithium 300 mg", "2026-02-01", status, why)
    found = facts(resources(an_order("Lithium 300 mg", 300), given))
    assert medicine(found, "lithium").standing is standing


def test_a_dose_that_was_given_since_settles_the_one_that_was_refused():
    refused = a_dose("Lithium 300 mg", "2026-02-01", "not-done", "Patient refused")
    order, given = an_order("Lithium 300 mg", 300), a_dose("Lithium 300 mg", "2026-02-02")
    found = facts(resources(order, refused, given))
    assert medicine(found, "lithium").standing is Standing.CURRENT
    assert not found.conflicts


def test_a_dose_that_was_held_is_a_step_of_its_own():
    held = a_dose("Lithium 300 mg", "2026-02-01", "not-done", "NPO")
    fact = medicine(facts(resources(an_order("Lithium 300 mg", 300), held)), "lithium")
    assert [c.what for c in fact.history][-1] == "dose held"


@pytest.mark.parametrize(
    ("note", "standing"),
    [
        ("Hold tonight's lithium, then 300 mg BID.", Standing.CURRENT),
        ("Hold the morning dose of lithium before ECT.", Standing.CURRENT),
        ("Hold lithium for one dose, then at 300 mg.", Standing.CURRENT),
        ("Hold lithium until the level is back.", Standing.ON_HOLD),
        ("Lithium held for AKI.", Standing.ON_HOLD),
    ],
)
def test_where_one_dose_is_held_the_order_goes_on(note, standing):
    ordered = resources(an_order("Lithium carbonate", 300, on="2026-01-05"))
    found = facts(ordered, a_note(note))
    assert the_fact(found, FactKind.MEDICINE, "lithium").standing is standing
