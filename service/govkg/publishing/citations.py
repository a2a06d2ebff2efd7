"""How to cite a release: BibTeX, RIS and CSL-JSON."""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from govkg.publishing.catalogue import TOLD
from govkg.publishing.holdings import WHOLE
from govkg.publishing.releases import Release

_AUTHOR: Final = "govkg editors"
_SPECIAL: Final = re.compile(r"([#$%&_{}~^\\])")


def _title(release: Release, part: str) -> str:
    title = f"{TOLD[WHOLE].title['en']}, release {release.version}"
    return f"{title}: {part}" if part else title


def _key(release: Release, url: str, part: str) -> str:
    """Return a name for a list of literature, of its own for each address."""
    own = f"-{sha256(url.encode()).hexdigest()[:8]}" if part else ""
    return f"govkg-{release.version}{own}"


def bibtex(release: Release, url: str, part: str = "") -> str:
    """Return a release, or a part of it with its address, as a BibTeX entry."""
    year, month, _ = release.created.split("-")
    key = re.sub(r"[^0-9a-z]", "-", _key(release, url, part).lower())
    fields = {
        "author": f"{{{{{_AUTHOR}}}}}",
        "title": f"{{{{{_SPECIAL.sub(_escaped, _title(release, part))}}}}}",
        "year": f"{{{year}}}",
        "month": str(int(month)),
        "version": f"{{{release.version}}}",
        "url": f"{{{url}}}",
        "note": "{Data set}",
    }
    lines = ",\n".join(f"  {name} = {value}" for name, value in fields.items())
    return f"@misc{{{key},\n{lines}\n}}\n"


def _escaped(found: re.Match[str]) -> str:
    return {"\\": r"\textbackslash{}", "~": r"\~{}", "^": r"\^{}"}.get(found[1], "\\" + found[1])


def ris(release: Release, url: str, part: str = "") -> str:
    """Return a release, or a part of it, as a RIS record."""
    tags = [
        ("TY", "DATA"), ("AU", _AUTHOR), ("TI", _title(release, part)), ("PY", release.created[:4]),
        ("DA", release.created.replace("-", "/")), ("ET", release.version), ("UR", url), ("ER", ""),
    ]  # fmt: skip
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)


def csl(release: Release, url: str, part: str = "") -> str:
    """Return a release, or a part of it, as CSL-JSON."""
    item = {
        "id": _key(release, url, part),
        "type": "dataset",
        "title": _title(release, part),
        "author": [{"literal": _AUTHOR}],
        "issued": {"date-parts": [[int(part) for part in release.created.split("-")]]},
        "version": release.version,
        "URL": url,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


STYLES: Final[Mapping[str, tuple[str, Callable[[Release, str, str], str]]]] = {
    "bibtex": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
    "csl": ("application/vnd.citationstyles.csl+json", csl),
}
"""Each form of a citation with its media type."""
