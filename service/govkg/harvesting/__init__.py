"""Cases out of other people's tables: a recipe cleans the cells, a mapping in RML makes triples.

A recipe (TOML) says how each column is read and which rows become cases; what cannot be read is
reported by row and column, and every row that is left out is named with the reason. The mapping is
RML (https://w3id.org/rml/), carried out by an engine of the user's choice, morph-kgc by default; so
nothing here is specific to one source.
"""

from govkg.harvesting.cleaning import Cleaned, Remark, clean
from govkg.harvesting.mapping import Harvest, harvest
from govkg.harvesting.recipe import Recipe, read_recipe

__all__ = ["Cleaned", "Harvest", "Recipe", "Remark", "clean", "harvest", "read_recipe"]
