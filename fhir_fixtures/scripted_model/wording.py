"""How an answer is worded and wrapped: as text, as a tool call, as what is no answer at all."""

from dataclasses import dataclass
from typing import Any

from fhir_fixtures.scripted_model.model import as_json

REFUSAL = "I'm sorry, but I can't help with medical records."
THOUGHT = 'Do the passages {E1, E2} say anything? If not: {"statements": []}. Let me look.'
ENDLESS_CHARACTERS = 400_000  # about 100,000 tokens


@dataclass(frozen=True)
class Answer:
    """What stands in one choice. `tool` is the function that it calls, with `content` as its
    arguments; `broken` is the first half of one whose connection is then cut."""

    content: str
    tool: str = ""
    refusal: str = ""
    finish: str = "stop"
    broken: bool = False


def worded(kind: str, section: dict[str, Any], tool: str) -> Answer:
    """The section as a model of this kind words it."""
    content = as_json(section)
    plain = {
        "malformed": content[: len(content) * 2 // 3] + '", "citations": [}',
        "empty": "",
        "silent": as_json({"statements": []}),
        "fenced": f"```json\n{content}\n```",
        "prose": f"Here is the section you asked for:\n\n{content}\n\nLet me know what to change.",
        "thinking": f"<think>{THOUGHT}</think>\n\n{content}",
        "only-thinking": f"<think>{THOUGHT}",
        "endless": _endless(),
    }.get(kind, content)
    if kind == "refusal":
        return Answer("", refusal=REFUSAL)
    if kind == "cut-off":
        return Answer(content[: len(content) // 2], tool, finish="length")
    if kind in ("fenced", "prose", "thinking", "only-thinking", "tools-ignored"):
        return Answer(plain)
    if kind == "truncated":
        return Answer(content[: len(content) // 2], tool, broken=True)
    return Answer(plain, tool)


def filled(schema: dict[str, Any], root: dict[str, Any] | None = None) -> Any:
    """The least value that a JSON schema takes: for questions that are not about a section."""
    root = root or schema
    if "$ref" in schema:
        return filled(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if schema.get("type") == "object" or "properties" in schema:
        return {k: filled(each, root) for k, each in schema.get("properties", {}).items()}
    least = {"string": "yes", "integer": 1, "number": 1, "boolean": True, "array": []}
    return least.get(str(schema.get("type")), "yes")


def _endless() -> str:
    """A statement that never comes to its end."""
    words = "and the patient was seen again "
    return '{"statements": [{"text": "' + words * (ENDLESS_CHARACTERS // len(words))
