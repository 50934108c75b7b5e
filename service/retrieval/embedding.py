"""What turns text into vectors: MiniLM, or any embedding that langchain can make."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from service.errors import Unavailable, WrongSetting
from service.retrieval.minilm import MiniLM
from service.settings import Settings

__all__ = ["Embedder", "LangchainEmbedder", "MiniLM", "build_embedder", "former_embedders"]

MINILM = "minilm"
_AT = "#at-"  # between an embedding's name and the mark of its address
# Of each text, sent to an endpoint: many models take 512 tokens, and refuse a whole request for
# one text that is longer. Figures have two or three characters a token. Prose and most lists are
# shorter than this; of a table the beginning says what it is of, and words search all of it.
SENT_CHARS = 1000


class Embedder(Protocol):
    """`name` tells two embedders apart, and is enough to make this one again."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: list[str]) -> np.ndarray:
        """(n, dimensions) float32, each row of length 1."""
        ...


class LangchainEmbedder:
    """Any langchain `Embeddings`. `name` is what `init_embeddings` was asked for, with a mark of
    the address where one is set: another server may know another model by the same name.

    Raises Unavailable when its endpoint does not answer: the work stays owed.
    """

    def __init__(self, name: str, embeddings: Any) -> None:
        self.name = name
        self._embeddings = embeddings
        self._lock = threading.Lock()
        self._dimensions = 0

    @property
    def dimensions(self) -> int:
        """How long a row is; asked of the embedding once."""
        with self._lock:
            if not self._dimensions:
                self._dimensions = self.embed(["dimensions"]).shape[1]
            return self._dimensions

    def embed(self, texts: list[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        try:
            sent = [text[:SENT_CHARS] for text in texts]
            rows = np.asarray(self._embeddings.embed_documents(sent), np.float32)
        except Exception as error:
            # The words of a library's error may hold what we sent.
            raise Unavailable(
                f"The embedding {self.name} does not answer ({type(error).__name__}). It is tried "
                "again; if this goes on, check COUNTERSIGN_EMBEDDING and its address."
            ) from None
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        unit: np.ndarray = rows / np.where(lengths > 0, lengths, 1.0)
        return unit


def build_embedder(settings: Settings) -> Embedder:
    """MiniLM, or what COUNTERSIGN_EMBEDDING names. Raises WrongSetting; no endpoint is asked."""
    if settings.embedding == MINILM:
        return MiniLM(settings.data_dir / "models")
    return _langchain(settings.embedding, settings)


def former_embedders(settings: Settings) -> Callable[[str], Embedder | None]:
    """Makes the embedder of an earlier setting again, for charts that are not yet rebuilt.

    None where it cannot be made any more, or was asked at another address: words are searched
    until the rebuild has come.
    """

    def former(name: str) -> Embedder | None:
        if name == MiniLM.name:
            return MiniLM(settings.data_dir / "models")
        asked, _, mark = name.partition(_AT)
        if mark != _mark_of(settings):
            return None  # the address in force is not the one whose vectors these are
        try:
            return _langchain(asked, settings)
        except WrongSetting:
            return None

    return former


def space_of(embedder: Embedder) -> str:
    """The name of the space that its vectors lie in: other dimensions are another space."""
    return f"{embedder.name}/{embedder.dimensions}"


def name_of(space: str) -> str:
    """The embedder's name of a space."""
    return space.rpartition("/")[0]


def dimensions_of(space: str) -> int:
    return int(space.rpartition("/")[2])


def _langchain(name: str, settings: Settings) -> Embedder:
    from langchain.embeddings import init_embeddings

    try:
        embeddings = init_embeddings(name, **_options(settings))
    except (ImportError, ValueError, TypeError) as error:
        raise WrongSetting(
            f"COUNTERSIGN_EMBEDDING: {name} cannot be used ({type(error).__name__}). Give "
            f'"{MINILM}" or "PROVIDER:NAME", such as openai:my-embedding, and install its '
            "langchain package."
        ) from None
    mark = _mark_of(settings)
    return LangchainEmbedder(f"{name}{_AT}{mark}" if mark else name, embeddings)


def _mark_of(settings: Settings) -> str:
    """A hash of the endpoint's address, as the name goes where an address need not; "" without."""
    address = (settings.embedding_base_url or "").rstrip("/")
    return hashlib.sha256(address.encode()).hexdigest()[:8] if address else ""


def _options(settings: Settings) -> dict[str, Any]:
    """Address and key. Our own servers read text, not the token ids that OpenAI's client sends."""
    options: dict[str, Any] = {}
    if settings.embedding_base_url:
        options |= {"base_url": settings.embedding_base_url, "check_embedding_ctx_length": False}
        options["api_key"] = "not-needed"  # its client refuses to start without one
    if settings.embedding_api_key:
        options["api_key"] = settings.embedding_api_key.get_secret_value()
    return options
