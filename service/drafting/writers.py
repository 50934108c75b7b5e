"""The writer that the settings name."""

from typing import Any

from langchain.chat_models import init_chat_model

from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.extractive import ExtractiveWriter
from service.drafting.model import ModelWriter
from service.drafting.request import Writer
from service.drafting.schema import SectionAnswer
from service.errors import WrongSetting
from service.settings import Settings

__all__ = ["Writer", "build_writer"]

# A local endpoint (vLLM, Ollama, llama.cpp) wants no key, but OpenAI's client refuses to start
# without one.
NO_KEY = "not-needed"


def build_writer(settings: Settings) -> Writer:
    """The extractive writer, or a chat model as langchain's init_chat_model names it.

    Raises WrongSetting when the model cannot be made; its endpoint is not asked here.
    """
    if settings.model == EXTRACTIVE:
        return ExtractiveWriter()
    try:
        chat = init_chat_model(settings.model, **_options(settings))
    except (ImportError, ValueError) as error:
        raise WrongSetting(
            f"COUNTERSIGN_MODEL: {settings.model} cannot be used ({type(error).__name__}). "
            'Give "extractive" or "PROVIDER:NAME", such as openai:my-model, and install its '
            "langchain package."
        ) from None
    structured = chat.with_structured_output(SectionAnswer, include_raw=True)
    return ModelWriter(settings.model, structured, chat, {"endpoint": settings.model_base_url})


def _options(settings: Settings) -> dict[str, Any]:
    """Temperature 0: two drafts of one chart should differ by the chart alone."""
    options: dict[str, Any] = {
        "temperature": 0, "timeout": settings.model_timeout_s, "max_retries": 1,
    }  # fmt: skip
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if settings.model_api_key:
        options["api_key"] = settings.model_api_key.get_secret_value()
    elif settings.model_base_url:
        options["api_key"] = NO_KEY
    return options
