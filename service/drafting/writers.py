"""The writer that the settings name."""

from typing import Any
from urllib.parse import urlsplit

from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from service.database import Transactions
from service.drafting.extractive import NAME as EXTRACTIVE
from service.drafting.extractive import ExtractiveWriter
from service.drafting.model.endpoint import ANSWER_TOKENS, Endpoint, ways_of
from service.drafting.model.ledger import DatabaseLedger, NoLedger
from service.drafting.model.life import Life
from service.drafting.model.limits import Limits
from service.drafting.model.writer import ModelWriter
from service.drafting.request import Writer
from service.drafting.switches import check_switch
from service.errors import BadInput, WrongSetting
from service.settings import Settings

__all__ = ["Writer", "build_writer"]

# A local endpoint (vLLM, Ollama, llama.cpp) wants no key, but OpenAI's client refuses to start
# without one.
NO_KEY = "not-needed"
# Temperature 0: two drafts of one chart should differ by the chart alone.
PARAMETERS: dict[str, Any] = {"temperature": 0, "max_tokens": ANSWER_TOKENS}


def build_writer(settings: Settings, apart: Transactions | None = None) -> Writer:
    """The extractive writer, or a chat model as langchain's init_chat_model names it.

    `apart` opens a short transaction of its own, in which answers and failures are kept; without
    it nothing is kept. Raises WrongSetting when the model cannot be made; its endpoint is not
    asked here.
    """
    _check_switches(settings)
    if settings.model == EXTRACTIVE:
        return ExtractiveWriter()
    ledger = (
        NoLedger()
        if apart is None
        else DatabaseLedger(apart, settings.model_breaker_failures, settings.model_breaker_pause_s)
    )
    endpoint = Endpoint(
        settings.model,
        ways_of(_chat(settings)),
        _address(settings),
        dict(PARAMETERS),
        Life(settings.model_timeout_s),
    )
    masks = settings.model_phi == "mask"
    return ModelWriter(endpoint, Limits.of(settings), ledger, masks, settings.model_timeout_s)


def _chat(settings: Settings) -> BaseChatModel:
    try:
        made: BaseChatModel = init_chat_model(settings.model, **_options(settings))
    except Exception as error:  # each provider's client has exceptions of its own
        raise WrongSetting(
            f"COUNTERSIGN_MODEL: {settings.model} cannot be used ({type(error).__name__}). "
            'Give "extractive" or "PROVIDER:NAME", such as openai:my-model; install its '
            "langchain package, and set COUNTERSIGN_MODEL_API_KEY where it wants a key."
        ) from None
    return made


def _check_switches(settings: Settings) -> None:
    for switch in settings.model_off:
        try:
            check_switch(switch)
        except BadInput as error:
            raise WrongSetting(f"COUNTERSIGN_MODEL_OFF: {error.sentence}") from None


def _options(settings: Settings) -> dict[str, Any]:
    """No retries of the client's own: waiting, and giving up, are decided in one place here. Its
    own time is only for what we lose sight of."""
    options: dict[str, Any] = {
        **PARAMETERS,
        "timeout": max(settings.model_timeout_s, settings.model_draft_timeout_s),
        "max_retries": 0,
    }
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if settings.model_api_key:
        options["api_key"] = settings.model_api_key.get_secret_value()
    elif settings.model_base_url:
        options["api_key"] = NO_KEY
    return options


def _address(settings: Settings) -> str | None:
    """Where the endpoint is, without what a key may stand in. Raises WrongSetting."""
    if settings.model_base_url is None:
        return None
    try:
        parts = urlsplit(settings.model_base_url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise WrongSetting(
            "COUNTERSIGN_MODEL_BASE_URL is no address. Give one such as http://127.0.0.1:8001/v1."
        ) from None
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
