"""A chat completion as it is asked for; only what the scripted model looks at."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class ChatRequest(BaseModel):
    """POST /v1/chat/completions."""

    model_config = ConfigDict(extra="ignore")

    model: str
    messages: list[dict[str, Any]]
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    tools: list[dict[str, Any]] | None = None
    response_format: dict[str, Any] | None = None

    @property
    def words(self) -> str:
        """Everything that the user's messages say."""
        return "\n".join(_text(m) for m in self.messages if m.get("role") == "user")

    @property
    def tool(self) -> str:
        """The name of the function that is to be called; empty when none is offered."""
        return str(self.tools[0]["function"]["name"]) if self.tools else ""

    @property
    def schema_of_answer(self) -> dict[str, Any]:
        """The JSON schema that the answer must have, of the tool or the response format."""
        if self.tools:
            return dict(self.tools[0]["function"].get("parameters", {}))
        return dict((self.response_format or {}).get("json_schema", {}).get("schema", {}))

    @property
    def wants_structure(self) -> bool:
        return bool(self.tools or (self.response_format or {}).get("type", "text") != "text")


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content)
