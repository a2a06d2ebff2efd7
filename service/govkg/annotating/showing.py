"""What a page shows of a text: its beginning with the marks in it, and each concept once."""

from typing import Any, Final

from govkg.annotating.annotator import Annotated

SHOWN: Final = 50_000
"""So many code points of a text are shown on a page; all other forms are whole."""


def summary(found: Annotated) -> dict[str, Any]:
    """Return what a page shows, as JSON values."""
    return {
        "length": len(found.text),
        "count": len(found.annotations),
        "annotations": [each.as_json() for each in found.annotations if each.end <= SHOWN],
        "concepts": _concepts(found),
    }


def _concepts(found: Annotated) -> list[dict[str, Any]]:
    """Return each concept with how often it is named, and its surest mark; the surest first."""
    best: dict[str, dict[str, Any]] = {}
    for each in found.annotations:
        known = best.get(each.concept.iri)
        count = known["count"] + 1 if known else 1
        if known is None or each.score > known["score"]:
            known = best[each.concept.iri] = each.as_json()
        known["count"] = count
    return sorted(best.values(), key=lambda each: (-each["score"], -each["count"]))
