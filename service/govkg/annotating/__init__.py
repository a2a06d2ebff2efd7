"""Mark the concepts of an ontology in English and Chinese texts, and draft a case of them.

``names`` says what concepts are called, ``patterns`` how a name may be written, ``gazetteer`` finds
them in a sentence and ``choosing`` decides in context; ``web`` and ``writing`` give them out, and
``drafting`` makes a case of them. What is assumed of the languages is in ``lexicon.toml``.
"""

from govkg.annotating.annotator import LEAST, Annotated, Annotation, Annotator
from govkg.annotating.drafting import draft_case
from govkg.annotating.writing import FORMATS, written

__all__ = ["FORMATS", "LEAST", "Annotated", "Annotation", "Annotator", "draft_case", "written"]
