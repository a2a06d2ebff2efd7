"""Every page: both languages, links that lead somewhere, nothing from other hosts."""

import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag

import pytest
from starlette.testclient import TestClient

PAGES = [
    "/",
    "/query",
    "/query?query=SELECT%20*%20%7B%3Fs%20a%20gov%3ACrisisType%7D",
    "/search",
    "/search?q=authority",
    "/concept/authority-crisis",
    "/scheme/crisis-type",
    "/ontology",
    "/ontology/crises",
    "/cases",
    "/case/buyun-direct-election",
    "/place/china",
    "/agent/govkg",
    "/validate",
    "/diagnose",
    "/annotate",
    "/shapes",
    "/rules",
    "/diffusion",
    "/cases/naga-city/similar",
    "/rules/C05",
    "/rules/prp-spo2",
    "/explain",
    "/explain?s=gc:authority-crisis&p=gov:hasCause&o=gc:legacy-dysfunction",
    "/explain?s=case:la-paz-anticorruption&p=gov:suggestsCondition&o=gc:management-crisis&alternatives=3",
    "/problems",
    "/problems/deadline",
    "/docs",
]
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_LOADED = re.compile(r'<(?:script|img|link|iframe|source)\b[^>]*?(?:src|href)="([^"]*)"')
_INLINE = re.compile(r"<script\b(?![^>]*\bsrc=)")
_HREF = re.compile(r'<a\b[^>]*?href="([^"]*)"')
_ID = re.compile(r'\bid="([^"]*)"')


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_there_in_both_languages(client: TestClient, path: str, lang: str) -> None:
    """Each page is found in English and Chinese, says so, and loads nothing from other hosts."""
    response = client.get(
        path,
        params={"lang": lang} if "?" not in path else None,
        headers=BROWSER | {"accept-language": lang},
    )

    assert response.status_code == 200
    assert f'<html lang="{"zh-Hans" if lang == "zh" else "en"}">' in response.text
    assert all(url.startswith("/static/") for url in _LOADED.findall(response.text))
    assert not _INLINE.search(response.text)
    assert " style=" not in response.text
    assert len(_ID.findall(response.text)) == len(set(_ID.findall(response.text)))


def test_every_internal_link_leads_somewhere(client: TestClient) -> None:
    """Every link on the main pages, and on the pages they lead to, resolves, with its anchor."""
    waiting, pages = deque(PAGES), dict[str, str]()
    broken = set()
    while waiting and len(pages) < 400:
        path = waiting.popleft()
        if path in pages:
            continue
        response = client.get(path, headers=BROWSER)
        pages[path] = response.text
        if response.status_code != 200:
            broken.add(path)
        if path in PAGES:
            waiting += [urldefrag(link).url for link in _links(response.text)]
    anchors = {path: set(_ID.findall(text)) for path, text in pages.items()}
    for path in PAGES:
        for link in _links(pages[path]):
            target, anchor = urldefrag(link)
            if anchor and target in anchors and anchor not in anchors[target]:
                broken.add(link)

    assert not broken


def _links(text: str) -> list[str]:
    found = (unescape(link) for link in _HREF.findall(text))
    return [link for link in found if link.startswith("/")]


def test_language_is_kept_in_links(client: TestClient) -> None:
    """Once a language is chosen in the address, links keep it."""
    text = client.get("/?lang=zh", headers=BROWSER).text

    assert 'href="/cases?lang=zh"' in text
    assert 'name="lang" value="zh"' in text


def test_every_class_has_its_anchor(client: TestClient) -> None:
    """The IRI of a class leads to its part of the ontology page."""
    assert 'id="CrisisType"' in client.get("/ontology", headers=BROWSER).text


def test_text_of_others_is_escaped(client: TestClient) -> None:
    """What a user types comes back as text, never as markup."""
    attack = "<script>alert(1)</script>\"'"

    for path in ("/search?q=", "/query?query=", "/explain?p=x&o=y&s="):
        assert "<script>" not in client.get(path + attack, headers=BROWSER).text
