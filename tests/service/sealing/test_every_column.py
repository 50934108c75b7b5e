"""Every column that can hold words is sealed, or stands here as one that holds no chart text.

Who adds a column decides: `Sealed()` in the model and a bytea with its check in the migration (as
0019 has it), or a word here.
"""

from sqlalchemy import JSON, Enum, LargeBinary, String

from service.migrations.tables import METADATA
from service.sealing.columns import Sealed

# Ids, references, names of people who work here, words and sentences of our own, digests.
PLAIN = {
    "arrivals": "patient_ref ref",
    "api_tokens": "hash id jwks made_by name scopes",
    "audit_events": "action actor detail hash patient_ref previous_hash subject_id",
    "broken_glass": "id patient_ref person_id reason seal",
    "charts": "patient_ref",
    "export_files": "export_id kind url",
    "exports": "id scope status_url types",
    "filing_sends": "digest patient_ref summary_id",
    "hook_cursors": "name",
    "hook_messages": "event glass_id id name said summary_id",
    "kept_answers": "basis id key location patient_ref person_id request request_hash",
    "known_people": "id name practitioner_ref",
    "listed_patients": "patient_ref person_id",
    "model_answers": "key patient_ref summary_id",
    "model_endpoints": "name said way",
    "model_switches": "id made_by patient_ref switch",
    "participations": "actor_ref record_id",
    "patient_keys": "id patient_ref secret",
    "polls": "resource_type",
    "qa_samples": "closed_by criteria frame_hash id made_by rubric_version seed",
    "quarantined": "content_hash id origin",
    "recall_items": "recall_id said summary_id",
    "recalls": "asked_by criteria id",
    "remarks": "id person_id settled_by summary_id version_id",
    "sign_in_attempts": "browser_hash code_verifier id next_path nonce provider_key",
    "source_records": "content_hash effective encounter_ref gaps id labels marking "
    "origin patient_ref refers_to resource_ref resource_type standing_reason text_mark version",
    "subscriptions": "ehr_ref id resource_type token_hash topic",
    "summaries": "id patient_ref requested_by encounter_ref",
    "typed_reasons": "id patient_ref",
    "uploads": "id name reason sent_by sha256",
    "used_assertions": "id",
    "whole_listings": "person_id",
    "web_sessions": "csrf_token encounter_ref former_hash id patient_ref "
    "person_id person_name practitioner_ref provider_key ticket_hash",
    "attestations": "digest id meaning person_id person_name practitioner_ref seal snapshot "
    "summary_id",
    "begun_tasks": "summary_id task",
    "filings": "device_ref digest document_ref id provenance_ref request_hash summary_id",
    "indexed_records": "labels patient_ref reason record_id text_mark",
    "jobs": "summary_id trace_id",
    "passages": "copy_of id model patient_ref record_id vector_id",
    "record_readings": "patient_ref record_id text_mark",
    "snapshot_records": "record_id summary_id",
    "summary_versions": "digest id made_by summary_id writer",
    "unsaved_words": "digest form person_id summary_id",
    "findings": "check id resolved_by version_id",
    "qa_items": "digest id sample_id summary_id version_id",
    "qa_ratings": "answers id item_id person_id",
}


def wordy(table):
    """Columns of text, JSON or bytes that are not sealed, nor words of a closed list."""
    kinds = (String, JSON, LargeBinary)
    columns = (c for c in table.columns if isinstance(c.type, kinds))
    return {c.name for c in columns if not isinstance(c.type, Sealed | Enum)}


def test_what_is_not_sealed_is_known_to_hold_no_chart_text():
    told = {table.name: set(PLAIN.get(table.name, "").split()) for table in METADATA.sorted_tables}
    assert {table.name: wordy(table) for table in METADATA.sorted_tables} == told
