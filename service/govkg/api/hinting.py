"""Hints at the entries of registers that fit the places of a case, as they were at its date."""

from typing import Any

from govkg.api.reconciling import read_moment
from govkg.errors import Language
from govkg.registers import Candidate, Registry
from govkg.vocabulary import PLACE

_MOST = 3  # candidates for each place
_GOOD = 80.0  # what a candidate scores at least, so that misspellings stay out

_WORDS: dict[str, dict[Language, str]] = {
    "heading": {"en": "Hints: places in registers", "zh": "提示：名录中的辖区"},
    "may": {"en": "may be", "zh": "可能是"},
}


def hints(registry: Registry, places: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what places may be in the registers; places of registers themselves need no hint.

    Nothing is decided here: whoever submits the case may write one of the candidates.
    """
    resolver, found = registry.resolver, []
    for place in places if registry.registers() else ():
        if place["place"].removeprefix(PLACE) in resolver.units:
            continue
        moment = read_moment(place["date"])
        candidates: dict[str, Candidate] = {}
        for text in (*place["codes"], *place["names"]):
            for each in resolver.resolve(text, moment, country=place["country"], limit=_MOST):
                if each.score >= _GOOD:
                    candidates.setdefault(each.unit.key, each)
        if candidates:
            listed = [each.as_json() for each in list(candidates.values())[:_MOST]]
            found.append({"severity": "info", **place, "candidates": listed})
    return found


def hint_lines(found: list[dict[str, Any]], language: Language) -> str:
    """Return hints as lines of text; nothing if there are none."""
    if not found:
        return ""
    lines = ["", f"{_WORDS['heading'][language]}:"]
    for each in found:
        for candidate in each["candidates"]:
            name = candidate["names"][0]["text"]
            dates = f"{candidate['start'] or '…'}–{candidate['end'] or ''}"
            may = _WORDS["may"][language]
            lines.append(f"- {each['place']} {may} place:{candidate['id']}  {name}  {dates}")
    return "\n".join(lines) + "\n"
