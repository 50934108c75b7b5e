"""What a model must answer for one section, and how its answer is read."""

import json
import re
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

MOST_STATEMENTS = 100  # an answer longer than this is a runaway, not a section
# Half a pair of UTF-16, NUL and its like: JSON can say them, PostgreSQL cannot store them.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _storable(value: object) -> object:
    return _UNSTORABLE.sub("", value) if isinstance(value, str) else value


Said = Annotated[str, BeforeValidator(_storable)]


class CitationAnswer(BaseModel):
    """Which evidence bears a statement, with the words that do."""

    model_config = ConfigDict(extra="ignore")

    evidence_id: Said = Field(description="The id of the evidence, as in its square brackets")
    quote: Said = Field(default="", description="Words copied exactly from that evidence")


class StatementAnswer(BaseModel):
    """One checkable sentence."""

    model_config = ConfigDict(extra="ignore")

    text: Said = Field(min_length=1, description="One sentence that the evidence says")
    citations: list[CitationAnswer] = Field(default_factory=list)


class SectionAnswer(BaseModel):
    """One section of the draft. No statements when the evidence says nothing on it."""

    model_config = ConfigDict(extra="ignore")

    statements: list[StatementAnswer] = Field(max_length=MOST_STATEMENTS)


class BadAnswer(Exception):
    """A model's answer is not a section. The words say what is wrong, without quoting it."""


def read_answer(answer: Any) -> SectionAnswer:
    """The section in what a Runnable gave back: our schema, a dict, a message or plain text.

    Raises BadAnswer when there is none.
    """
    if isinstance(answer, SectionAnswer):
        return answer
    if isinstance(answer, BaseMessage):
        return read_answer(_called(answer) or words_of(answer))
    value = _json(answer) if isinstance(answer, str) else answer
    try:
        return SectionAnswer.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"])) or "answer"
        raise BadAnswer(f"{at}: {first['msg']}") from None


def words_of(message: BaseMessage) -> str:
    """The text of a message or a piece of one, and what it says to a tool."""
    content = message.content
    said = content if isinstance(content, str) else "".join(map(_block, content))
    return said + _arguments(message)


def _called(message: BaseMessage) -> Any:
    """What the model gave to the tool, if it used one. Of a stream it is read here: langchain
    closes what was cut off, and half an answer would look whole."""
    if isinstance(message, AIMessageChunk):
        return _arguments(message)
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return calls[0]["args"] if calls else {}


def _arguments(message: BaseMessage) -> str:
    """The words of a streamed tool call, so far as they came."""
    pieces = message.tool_call_chunks if isinstance(message, AIMessageChunk) else []
    return "".join(piece.get("args") or "" for piece in pieces)


def _block(block: Any) -> str:
    return str(block.get("text", "")) if isinstance(block, dict) else str(block)


def _json(text: str) -> Any:
    """The JSON object in a text that may have a code fence or words round it."""
    fenced = re.search(r"```(?:json)?\s*(\{.*?\})\s*```", text, re.DOTALL)
    at = text.find("{")
    candidate = fenced[1] if fenced else text[at:] if at >= 0 else ""
    try:
        return json.JSONDecoder().raw_decode(candidate)[0]
    except (ValueError, RecursionError):  # Python reads no number of more than 4,300 figures
        raise BadAnswer("there is no whole JSON object in the answer") from None
