"""What a model must answer for one section, and how its answer is read."""

import re
from typing import Annotated, Any

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from service.drafting.model.objects import BadAnswer, json_objects

__all__ = ["BadAnswer", "SectionAnswer", "read_answer", "words_of"]

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


def read_answer(answer: Any) -> SectionAnswer:
    """The section in what a Runnable gave back: our schema, a dict, a message or plain text.

    Raises BadAnswer when there is none, or only a part of one.
    """
    if isinstance(answer, SectionAnswer):
        return answer
    if isinstance(answer, BaseMessage):
        return _of_message(answer)
    return _last(json_objects(answer)) if isinstance(answer, str) else _section(answer)


def _of_message(message: BaseMessage) -> SectionAnswer:
    """What it gave to the tool, in all its calls; else what it said."""
    streamed = [_last(json_objects(words)) for words in _streamed(message)]
    if sections := streamed or [_section(each) for each in _called(message)]:
        told = [statement for section in sections for statement in section.statements]
        return _section({"statements": told})
    return read_answer(words_of(message))


def _last(values: list[dict[str, Any]]) -> SectionAnswer:
    """The last section that says something: what stands before it was a form, or a first try."""
    sections, problem = [], BadAnswer("statements: Field required")
    for value in values:
        try:
            sections.append(_section(value))
        except BadAnswer as bad:
            problem = bad
    if not sections:
        raise problem
    return next((each for each in reversed(sections) if each.statements), sections[-1])


def _section(value: Any) -> SectionAnswer:
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
    return said + "".join(_streamed(message))


def _called(message: BaseMessage) -> list[Any]:
    """What the model gave to the tool in each of its calls. Of a stream nothing: langchain closes
    what was cut off, and half an answer would look whole."""
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    return [] if isinstance(message, AIMessageChunk) else [c["args"] for c in calls if c["args"]]


def _streamed(message: BaseMessage) -> list[str]:
    """The words of each streamed tool call, so far as they came."""
    pieces = message.tool_call_chunks if isinstance(message, AIMessageChunk) else []
    return [args for piece in pieces if (args := piece.get("args"))]


def _block(block: Any) -> str:
    return str(block.get("text", "")) if isinstance(block, dict) else str(block)
