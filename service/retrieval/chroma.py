"""What we use of Chroma's client. Imported by `store.chroma()` alone: see there."""

from chromadb.api import ServerAPI as ServerAPI
from chromadb.api.models.Collection import Collection as Collection
from chromadb.config import Settings as Settings
from chromadb.config import System as System
from chromadb.errors import ChromaError as ChromaError
from chromadb.errors import InternalError as InternalError
from chromadb.errors import NotFoundError as NotFoundError
