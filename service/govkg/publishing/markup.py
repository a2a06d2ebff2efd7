"""The datasets for search engines, in schema.org (https://schema.org/Dataset) as JSON-LD."""

from typing import Any, Final

from govkg.publishing.catalogue import TOLD, Where
from govkg.publishing.dumping import Dump, File
from govkg.publishing.holdings import SHAPES, WHOLE
from govkg.settings import Settings

_CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"


def dataset_markup(dump: Dump, where: Where, settings: Settings) -> dict[str, Any]:
    """Return the whole dataset with its parts and files."""
    parts = [name for name in dump.datasets() if name != WHOLE]
    whole = _dataset(WHOLE, dump, where)
    publisher: dict[str, str] = {"@type": "Organization", "name": "govkg editors"}
    if settings.publisher_name:
        publisher["name"] = settings.publisher_name
    if settings.publisher_name and settings.publisher_url:
        publisher["url"] = settings.publisher_url
    return {"@context": "https://schema.org/"} | whole | {
        "publisher": publisher,
        "includedInDataCatalog": {"@type": "DataCatalog", "url": where.home},
        "hasPart": [_dataset(name, dump, where) for name in parts],
    }  # fmt: skip


def _dataset(name: str, dump: Dump, where: Where) -> dict[str, Any]:
    told = TOLD.get(name)
    titles = next((each.titles for each in dump.included(name) if each.titles), {})
    title = told.title["en"] if told else titles.get("en") or next(iter(titles.values()), name)
    licences = [_CC_BY] if name == SHAPES else dump.licences(name)
    found = {
        "@type": "Dataset",
        "@id": f"{where.home}#{name}",
        "name": title,
        "description": told.description["en"] if told else title,
        "url": where.home,
        "license": licences[0] if len(licences) == 1 else licences,
        "isAccessibleForFree": True,
        "version": where.release or (dump.ontology if told else ""),
        "dateModified": dump.modified,
        "keywords": list(told.keywords["en"]) if told else [],
        "distribution": [_file(each, where) for each in dump.files if each.dataset == name],
    }
    return {key: value for key, value in found.items() if value}


def _file(file: File, where: Where) -> dict[str, Any]:
    return {
        "@type": "DataDownload",
        "name": file.name,
        "contentUrl": f"{where.files}/{file.name}",
        "encodingFormat": "application/gzip" if file.is_packed else file.media_type,
        "contentSize": f"{file.bytes} B",
        "sha256": file.sha256,
    }
