"""govkg: a knowledge graph and ontology service on how local government changes."""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from govkg.client import Client
    from govkg.offline import KG

__all__ = ["KG", "Client", "__version__"]

__version__ = version("govkg")


def __getattr__(name: str) -> Any:
    """Import KG and Client when they are first asked for, so that importing govkg is quick."""
    if name == "KG":
        from govkg.offline import KG  # noqa: PLC0415

        return KG
    if name == "Client":
        from govkg.client import Client  # noqa: PLC0415

        return Client
    raise AttributeError(f"module 'govkg' has no attribute {name!r}")
