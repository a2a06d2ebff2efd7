"""How to cite a case or a release: BibTeX, RIS, CSL-JSON, and the tags that Zotero reads."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from pyoxigraph import Literal, NamedNode

from govkg.cases.kg import KG, Case
from govkg.publishing.catalogue import TOLD
from govkg.publishing.holdings import WHOLE
from govkg.publishing.releases import Release
from govkg.vocabulary import DCAT, DCTERMS

EDITORS: Final = "govkg editors"
_SPECIAL: Final = re.compile(r"[#$%&_{}~^\\]")
_ESCAPED: Final = {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"}


@dataclass(frozen=True)
class Reference:
    """What a reference to some data says; what is not known is empty."""

    key: str
    title: str
    authors: tuple[str, ...]
    """Who made the data."""
    date: str
    """The day on which the data changed last, or was issued."""
    version: str
    url: str
    note: str
    """What the data is."""
    publisher: str = ""
    licence: str = ""

    @property
    def year(self) -> str:
        """Return the year of the date, if there is one."""
        return self.date[:4]

    @property
    def month(self) -> str:
        """Return the month of the date as a number, if there is one."""
        return self.date[5:7].removeprefix("0")


def of_case(kg: KG, case: Case, url: str) -> Reference:
    """Return how to cite the record of a case at an address; it names whoever recorded it."""

    def values(name: str) -> list[str]:
        found = (q.object for q in kg.quads.matching(case.iri, NamedNode(name), None, case.graph))
        ordered = sorted(found, key=str)
        return [each.value if isinstance(each, Literal) else kg.name(each) for each in ordered]

    def last(*names: str) -> str:
        return next((found[-1] for name in names if (found := values(name))), "")

    licences = kg.quads.matching(case.iri, NamedNode(DCTERMS + "license"), None, case.graph)
    return Reference(
        case.id,
        case.titles.get("en") or next(iter(case.titles.values()), case.id),
        tuple(values(DCTERMS + "creator")),
        last(DCTERMS + "modified", DCTERMS + "issued")[:10],
        last(DCAT + "version"),
        url,
        "Record of a case",
        last(DCTERMS + "publisher"),
        next((q.object.value for q in licences if isinstance(q.object, NamedNode)), ""),
    )


def of_release(release: Release, url: str, part: str = "") -> Reference:
    """Return how to cite a release, or a ``part`` of it, at an address."""
    title = f"{TOLD[WHOLE].title['en']}, release {release.version}"
    own = f"-{sha256(url.encode()).hexdigest()[:8]}" if part else ""  # of its own for each address
    return Reference(
        f"{release.version}{own}",
        f"{title}: {part}" if part else title,
        (EDITORS,),
        release.created,
        release.version,
        url,
        "Data set",
    )


def bibtex(found: Reference) -> str:
    """Return a BibTeX entry."""
    fields = {
        "author": " and ".join(f"{{{_plain(name)}}}" for name in found.authors),
        "title": f"{{{_plain(found.title)}}}",
        "year": found.year,
        "month": found.month,
        "version": _plain(found.version),
        "publisher": _plain(found.publisher),
        "url": found.url,
        "note": found.note,
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    key = re.sub(r"[^0-9a-z]", "-", found.key.lower())
    return f"@misc{{govkg-{key},\n{lines}\n}}\n"


def _plain(text: str) -> str:
    return _SPECIAL.sub(lambda each: _ESCAPED.get(each[0], "\\" + each[0]), _line(text))


def _line(text: str) -> str:
    """Return a text in one line, since a line is a field in these formats."""
    return " ".join(text.split())


def ris(found: Reference) -> str:
    """Return a RIS record."""
    tags = [
        ("TY", "DATA"), *(("AU", name) for name in found.authors), ("TI", found.title),
        ("PY", found.year), ("DA", found.date.replace("-", "/")), ("PB", found.publisher),
        ("ET", found.version), ("UR", found.url),
    ]  # fmt: skip
    lines = (f"{tag}  - {_line(value)}\r\n" for tag, value in tags if value)
    return "".join(lines) + "ER  - \r\n"


def csl(found: Reference) -> str:
    """Return CSL-JSON."""
    parts = [int(part) for part in found.date.split("-") if part.isdigit()]
    item = {
        "id": f"govkg-{found.key}",
        "type": "dataset",
        "title": found.title,
        "author": [{"literal": name} for name in found.authors],
        "issued": {"date-parts": [parts]} if parts else {},
        "publisher": found.publisher,
        "version": found.version,
        "URL": found.url,
    }
    kept = {name: value for name, value in item.items() if value}
    return json.dumps([kept], ensure_ascii=False, indent=2) + "\n"


def tags(found: Reference) -> Iterator[tuple[str, str]]:
    """Yield names and contents of the meta tags by which Zotero and search engines cite a page."""
    pairs = [
        ("citation_title", found.title), *(("citation_author", name) for name in found.authors),
        ("citation_publication_date", found.date.replace("-", "/")),
        ("citation_publisher", found.publisher), ("citation_public_url", found.url),
        ("DC.type", "Dataset"), ("DC.title", found.title),
        *(("DC.creator", name) for name in found.authors), ("DC.date", found.date),
        ("DC.publisher", found.publisher), ("DC.identifier", found.url),
        ("DC.rights", found.licence),
    ]  # fmt: skip
    return ((name, content) for name, content in pairs if content)


STYLES: Final[Mapping[str, tuple[str, str, Callable[[Reference], str]]]] = {
    "bibtex": ("BibTeX", "application/x-bibtex", bibtex),
    "ris": ("RIS", "application/x-research-info-systems", ris),
    "csl": ("CSL-JSON", "application/vnd.citationstyles.csl+json", csl),
}
"""Each form of a reference: what people call it, its media type, and what writes it."""
