"""The stories hold what they promise: packed notes, valid FHIR, whole references, true quotes."""

import base64
import binascii
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from fhir.resources.R4B import get_fhir_model_class
from pypdf import PdfReader
from striprtf.striprtf import rtf_to_text

from fhir_fixtures.pack import as_text, pack_bundle
from fhir_fixtures.stories import Story, StoryNotFound, names, story

# One Practitioner, Organization or Location may serve several patients; nothing else may.
SHARED = {"Practitioner", "PractitionerRole", "Organization", "Location", "Questionnaire"}
RESTRICTED = {"42CFRPart2", "PSYTHPN"}
KINDS_OF_GAP = ("withheld", "not_evidence", "unreadable", "dangling")


@pytest.fixture(params=names())
def any_story(request: pytest.FixtureRequest) -> Story:
    return story(request.param)


def test_there_is_no_story_of_an_unknown_name() -> None:
    with pytest.raises(StoryNotFound, match="there are:"):
        story("no_such_story")


def test_packing_changes_nothing(any_story: Story) -> None:
    notes = {path.name: path.read_bytes() for path in (any_story.path / "notes").glob("*")}
    written = (any_story.path / "bundle.json").read_text(encoding="utf-8")
    assert as_text(pack_bundle(any_story.bundle, notes)) == written


def test_an_attachment_without_a_note_file_is_left_alone() -> None:
    unread = {"contentType": "application/pdf", "title": "lost.pdf", "data": "AAAA"}
    document = {"resourceType": "DocumentReference", "content": [{"attachment": unread}]}
    bundle = {"entry": [{"resource": document}]}
    assert pack_bundle(bundle, {"found.txt": b"text"}) == bundle


def test_every_note_file_is_in_the_bundle(any_story: Story) -> None:
    files = {path.name for path in (any_story.path / "notes").glob("*")}
    assert files <= {attachment.get("title") for attachment in attachments(any_story)}


def test_every_bundle_is_valid_r4(any_story: Story) -> None:
    get_fhir_model_class("Bundle").model_validate(any_story.bundle)
    for resource in any_story.resources:
        get_fhir_model_class(resource["resourceType"]).model_validate(resource)


def test_every_entry_is_put_under_its_own_id(any_story: Story) -> None:
    for entry in any_story.bundle["entry"]:
        ref = f"{entry['resource']['resourceType']}/{entry['resource']['id']}"
        assert entry["request"] == {"method": "PUT", "url": ref}
        assert entry["fullUrl"].endswith(f"/{ref}")


def test_references_resolve_except_the_declared_ones(any_story: Story) -> None:
    held = {f"{r['resourceType']}/{r['id']}" for r in any_story.resources}
    missing = {ref for ref in references(any_story.bundle) if ref not in held}
    assert missing == set(any_story.expected.get("dangling", []))


def test_everything_is_about_the_one_patient(any_story: Story) -> None:
    pairs = [(r, key) for r in any_story.resources for key in ("subject", "patient") if key in r]
    assert {r[key].get("reference") for r, key in pairs} == {any_story.patient_ref}


def test_declared_gaps_name_what_is_in_the_bundle(any_story: Story) -> None:
    for kind in KINDS_OF_GAP[:3]:
        for ref in any_story.expected.get(kind, []):
            assert any_story.resource(ref), f"{kind} names {ref}"


def test_what_is_labelled_restricted_is_declared_withheld(any_story: Story) -> None:
    labelled = {
        f"{r['resourceType']}/{r['id']}"
        for r in any_story.resources
        if RESTRICTED & {label["code"] for label in r.get("meta", {}).get("security", [])}
    }
    assert labelled <= set(any_story.expected.get("withheld", []))


def test_expected_facts_quote_the_chart(any_story: Story) -> None:
    expected = any_story.expected
    assert expected["carries"] and expected["must_not_state"] and expected["summary_types"]
    quoted = [*expected["carries"], *(f for f in expected["must_not_state"] if "quote" in f)]
    for fact in quoted:
        assert_quoted(any_story, fact["source"], fact["quote"])


def test_what_must_be_carried_comes_from_what_may_be_used(any_story: Story) -> None:
    assert not barred(any_story) & {fact["source"] for fact in any_story.expected["carries"]}


def test_a_good_draft_cites_only_what_may_be_used(any_story: Story) -> None:
    for name, draft in any_story.drafts.items():
        if name.startswith("good"):
            cited = {c["source"] for s in statements_of(draft) for c in s["citations"]}
            assert cited and not barred(any_story) & cited
            assert all(statement["citations"] for statement in statements_of(draft))


def test_drafts_cite_the_chart(any_story: Story) -> None:
    for name, draft in any_story.drafts.items():
        assert statements_of(draft), f"{name} says nothing"
        for citation in (c for s in statements_of(draft) for c in s["citations"]):
            assert_quoted(any_story, citation["source"], citation["quote"])


def test_ids_do_not_collide_over_stories() -> None:
    seen: dict[str, tuple[str, dict[str, Any]]] = {}
    for name in names():
        for resource in story(name).resources:
            ref = f"{resource['resourceType']}/{resource['id']}"
            first, same = seen.setdefault(ref, (name, resource))
            if first != name:
                assert resource["resourceType"] in SHARED, f"{ref} is in {first} and in {name}"
                assert resource == same, f"{ref} differs between {first} and {name}"


def barred(chart: Story) -> set[str]:
    """What may not be cited: restricted, not evidence, or unreadable."""
    return {ref for kind in KINDS_OF_GAP[:3] for ref in chart.expected.get(kind, [])}


def statements_of(draft: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for section in draft["sections"] for s in section["statements"]]


def assert_quoted(chart: Story, source: str, quote: str) -> None:
    text = squeezed(" | ".join(texts(chart, chart.resource(source))))
    assert squeezed(quote) in text, f"{chart.name}: {source} does not say {quote!r}"


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def attachments(chart: Story) -> Iterator[dict[str, Any]]:
    for document in chart.of_type("DocumentReference"):
        yield from (content["attachment"] for content in document["content"])


def references(node: Any) -> Iterator[str]:
    """Every literal reference below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        if str(node.get("url", "")).startswith("Binary/") and "contentType" in node:
            yield node["url"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from references(child)


def texts(chart: Story, resource: dict[str, Any]) -> Iterator[str]:
    """What a resource says: its strings and numbers, and the text of its attachments."""
    yield from leaves(resource)
    for content in resource.get("content", []):
        yield attachment_text(chart, content["attachment"])


def leaves(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        node = [value for key, value in node.items() if key != "data"]
    if isinstance(node, list):
        for child in node:
            yield from leaves(child)
    elif node is not None:
        yield str(node)


def attachment_text(chart: Story, attachment: dict[str, Any]) -> str:
    data = attachment.get("data")
    if data is None and "url" in attachment:
        data = chart.resource(attachment["url"])["data"]
    try:
        return READERS[attachment["contentType"].split(";")[0]](base64.b64decode(data or ""))
    except (binascii.Error, KeyError, ValueError):
        return ""


def html_text(raw: bytes) -> str:
    pieces: list[str] = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = pieces.append  # type: ignore[method-assign]
    parser.feed(raw.decode("utf-8"))
    return " ".join(pieces)


def pdf_text(raw: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(raw)).pages)


READERS = {
    "text/plain": lambda raw: raw.decode("utf-8"),
    "text/html": html_text,
    "text/rtf": lambda raw: rtf_to_text(raw.decode("ascii")),
    "application/rtf": lambda raw: rtf_to_text(raw.decode("ascii")),
    "application/pdf": pdf_text,
    "application/hl7-v3+xml": lambda raw: " ".join(ElementTree.fromstring(raw).itertext()),
    "application/xml": lambda raw: " ".join(ElementTree.fromstring(raw).itertext()),
    "text/xml": lambda raw: " ".join(ElementTree.fromstring(raw).itertext()),
}
