"""A draft of a case from what was found in a text: only what the text names, each with its words.

Which concepts a case can say, and in which field, is asked of the form. Nothing that the text does
not say is made up: no title, no place, no date. Somebody has to read it, and to fill in the rest.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from govkg.annotating.annotator import Annotated, Annotation, Concept
from govkg.forms.model import Form

MOST: Final = 100
"""So many passages are taken into a draft at most; a longer text is more than one case."""
EVIDENCE: Final = "basedOnEvidence"
"""The field in which a part names its passages."""
_REPORT: Final = "report"
_SINGLE: Final = {"crisis": "ofType", "measure": "ofType"}
"""Parts of which there is one for each concept, and the field that says it."""
_BOUNDARY: Final = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n\s*")
_AROUND: Final = 250  # code points on each side, where a sentence is very long

Part = dict[str, Any]
"""A part of a case, in plain JSON."""


@dataclass
class _Draft:
    """The parts of the case: those of which there is one for each passage, or each concept."""

    passages: dict[str, str] = field(default_factory=dict)
    """The key of the evidence for each passage."""
    reports: dict[str, Part] = field(default_factory=dict)
    """Each under the key of its evidence."""
    singles: dict[tuple[str, str], Part] = field(default_factory=dict)
    """Each under its kind and its concept."""

    def evidence(self, passage: str) -> str:
        """Return the key of the evidence that holds a passage; nothing if there are too many."""
        if passage not in self.passages and len(self.passages) >= MOST:
            return ""
        return self.passages.setdefault(passage, f"passage-{len(self.passages) + 1}")


def draft_case(found: Annotated, form: Form) -> dict[str, Any]:
    """Return a case in plain JSON that says what a text names, each with the sentence around it.

    Symptoms, causes, obstacles and drivers stand in a report for each sentence; each kind of crisis
    and of measure stands once. What else a case needs is for whoever reviews it to add.
    """
    draft = _Draft()
    sentences = _Sentences(found.text)
    places = sayable_concepts(form)
    for each in found.annotations:
        for entity, key in places.get(each.concept.iri, ()):
            if evidence := draft.evidence(sentences.around(each)):
                _add(draft, entity, key, each.concept, evidence)
    return _document(draft, found, form)


def sayable_concepts(form: Form) -> dict[str, list[tuple[str, str]]]:
    """Return the concepts that a draft can say, each with the parts and fields that may do so."""
    found: dict[str, list[tuple[str, str]]] = {}
    for key in (_REPORT, *_SINGLE):
        for asked in form.by_key[key].fields:
            if key == _REPORT or asked.key == _SINGLE[key]:
                for option in asked.options:
                    found.setdefault(option.iri, []).append((key, asked.key))
    return found


def _add(draft: _Draft, entity: str, key: str, concept: Concept, evidence: str) -> None:
    """Say a concept in its field, with its evidence."""
    if entity == _REPORT:
        number = evidence.rpartition("-")[2]
        labels = {"en": f"Situation in passage {number}", "zh": f"段落 {number} 所述情况"}
        new = {"key": f"report-{number}", "label": labels, EVIDENCE: [evidence]}
        part = draft.reports.setdefault(evidence, new)
        if concept.slug not in part.setdefault(key, []):
            part[key].append(concept.slug)
        return
    number = str(sum(kind == entity for kind, _ in draft.singles) + 1)
    new = {"key": f"{entity}-{number}", "label": _labels(concept), key: [concept.slug]}
    part = draft.singles.setdefault((entity, concept.iri), new)
    if evidence not in part.setdefault(EVIDENCE, []):
        part[EVIDENCE].append(evidence)


def _labels(concept: Concept) -> dict[str, str]:
    return {tag: text for tag, text in concept.labels.items() if tag in ("en", "zh")}


def _document(draft: _Draft, found: Annotated, form: Form) -> dict[str, Any]:
    """Return the parts as one case, which says itself that it is a draft."""
    digest = sha256(found.text.encode()).hexdigest()[:12]
    case: Part = {"key": f"draft-{digest}", "hasRecordStatus": "draft"}
    parts = {_REPORT: list(draft.reports.values())}
    for (entity, _), part in draft.singles.items():
        parts.setdefault(entity, []).append(part)
    parts["evidence"] = list(_evidence(draft, found))
    for entity, members in parts.items():
        if members:
            case[form.parents[entity].field.key] = members
    return {form.root.key: [case]}


def _evidence(draft: _Draft, found: Annotated) -> Iterator[Part]:
    """Yield the passages as evidence; the address of the text is said if it is known."""
    for number, (passage, key) in enumerate(draft.passages.items(), 1):
        labels = {"en": f"Passage {number} of the text", "zh": f"文本段落 {number}"}
        part: Part = {"key": key, "label": labels, "passage": passage}
        if found.source.startswith(("http://", "https://")):
            part["source"] = found.source
        yield part


class _Sentences:
    """The sentences of a text."""

    def __init__(self, text: str) -> None:
        """Find where they begin."""
        self._text = text
        self._starts = [0, *(found.end() for found in _BOUNDARY.finditer(text))]

    def around(self, each: Annotation) -> str:
        """Return the sentence in which a place stands; of a very long one the words around it."""
        first = bisect_right(self._starts, each.start) - 1
        last = bisect_right(self._starts, each.end - 1)
        start = self._starts[first]
        end = self._starts[last] if last < len(self._starts) else len(self._text)
        start, end = max(start, each.start - _AROUND), min(end, each.end + _AROUND)
        return " ".join(self._text[start:end].split())
