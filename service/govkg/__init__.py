"""govkg: a knowledge graph and ontology service on how local government changes."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("govkg")
