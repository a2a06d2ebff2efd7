"""Every setting of the service: its default, its limits and its sentence.

Settings come from environment variables with the prefix ``GOVKG_``. A name with that prefix which
is no setting is an error, so that a typing mistake cannot pass unnoticed.
"""

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import limits
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from govkg.allowed import entries
from govkg.errors import SettingError

PREFIX = "GOVKG_"


class Settings(BaseSettings):
    """What can be set from outside: each field is ``GOVKG_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(
        8000, ge=0, le=65535, description="The port to listen on; 0 takes a free one."
    )
    data_dir: Path = Field(
        Path("data"), description="The folder in which the store keeps its files."
    )
    tokens_file: str = Field(
        "",
        description="The file in which the tokens of writers are kept, as hashes; empty: "
        "`tokens.json` in the data folder.",
    )
    bundle: bool = Field(
        True,
        description="Whether the ontology and the examples are loaded and reasoned with; "
        "`false` makes a plain RDF dataset.",
    )
    default_graph: Literal["merge", "unnamed"] = Field(
        "merge",
        description="What queries see by default: the merge of all graphs, or the unnamed graph "
        "alone.",
    )
    store: str = Field(
        "",
        description="The address of a dataset in a SPARQL 1.1 engine that keeps the data, with "
        "`/sparql`, `/update` and `/data` under it as in Fuseki; empty: `GOVKG_DATA_DIR` has it.",
    )
    store_query: str = Field("", description="Where the engine answers queries, if elsewhere.")
    store_update: str = Field("", description="Where the engine takes updates, if elsewhere.")
    store_data: str = Field(
        "", description="Where the engine speaks the graph store protocol, if elsewhere."
    )
    store_user: str = Field("", description="The user's name in the engine, for Basic or Digest.")
    store_password: SecretStr = Field(SecretStr(""), description="The user's password there.")
    store_token: SecretStr = Field(
        SecretStr(""), description="A bearer token for the engine, instead of a password."
    )
    store_seconds: float = Field(
        60.0, gt=0, le=3600, description="How long to wait for the engine, in seconds."
    )
    store_poll_seconds: float = Field(
        2.0,
        gt=0,
        le=3600,
        description="How often to look whether other nodes have written to the engine, in seconds.",
    )
    oidc_issuer: str = Field(
        "",
        description="The OpenID Connect issuer whose tokens are accepted too, by its address; "
        "needs `pip install govkg[oidc]`. See docs/operations/access.md.",
    )
    oidc_audience: str = Field(
        "govkg", min_length=1, description="For whom such a token must be: its `aud`."
    )
    oidc_scopes_claim: str = Field(
        "scope",
        description="The claim with the scopes: those that start with `govkg:`, as `govkg:submit`.",
    )
    rate_queries: str = Field(
        "",
        description="How many queries, searches and checks one client may send, as "
        "`600/minute`; empty: any number.",
    )
    rate_submissions: str = Field(
        "60/minute",
        description="How many requests to change something one client may send; empty: any number.",
    )
    forwarded_allow_ips: str = Field(
        "127.0.0.1",
        description="The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, as "
        "addresses with commas, or `*`; empty: none.",
    )
    base_iri: str = Field(
        "https://w3id.org/govkg/",
        description="IRIs under this base are looked up here; new graph names are made under it. "
        "It ends in a slash.",
    )
    public_url: str = Field(
        "",
        description="The address at which users reach the service; empty: that of the request.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least grave messages that are logged."
    )
    log_format: Literal["auto", "plain", "json"] = Field(
        "auto",
        description="The form of the log: `plain` lines, `json` with one object per line, or "
        "`auto`: plain on a terminal and JSON otherwise.",
    )
    log_queries: Literal["none", "hash", "full"] = Field(
        "hash",
        description="What the log says of a SPARQL text: nothing, the start of its SHA-256, or "
        "that and the text itself, which may be private.",
    )
    metrics: bool = Field(
        True, description="Whether `/metrics` tells Prometheus how the service does."
    )
    drain_seconds: float = Field(
        3.0,
        ge=0,
        le=600,
        description="How long requests are still taken after SIGTERM, while `/readyz` says 503, in "
        "seconds.",
    )
    shutdown_seconds: float = Field(
        10.0,
        ge=0,
        le=3600,
        description="How long queries that run may take after that, in seconds; then they get 503.",
    )
    workers: int = Field(2, ge=1, le=64, description="How many processes answer queries.")
    waiting: int = Field(
        32, ge=0, le=10_000, description="How many requests may wait for a worker before 429."
    )
    worker_memory_mb: int = Field(
        1024, ge=64, description="How much memory a worker may take beyond the loaded graph, in MB."
    )
    query_seconds: float = Field(
        10.0, gt=0, le=600, description="The longest time that a query may run, in seconds."
    )
    update_seconds: float = Field(
        30.0, gt=0, le=3600, description="The longest time that an update may run, in seconds."
    )
    submission_seconds: float = Field(
        30.0,
        gt=0,
        le=600,
        description="The longest time that checking a document may take, in seconds.",
    )
    dl_seconds: float = Field(
        60.0,
        gt=0,
        le=600,
        description="The longest time that a check by HermiT may take, in seconds.",
    )
    shacl_engine: Literal["fast", "reference"] = Field(
        "fast",
        description="What checks documents: the `fast` engine in Rust, or pyshacl, the "
        "`reference`, which is also used where the fast one cannot be installed.",
    )
    rml_engine: str = Field(
        "",
        description="The command that carries out mappings in RML for `govkg harvest`, as "
        "`/opt/rml/bin/python -m morph_kgc`; empty: what `make engine` installs.",
    )
    rml_seconds: float = Field(
        120.0, gt=0, le=3600, description="The longest time that it may take, in seconds."
    )
    rml_bytes: int = Field(
        500_000_000, ge=1024, description="The largest file that it may write, in bytes."
    )
    max_query_bytes: int = Field(
        65_536, ge=1024, description="The largest SPARQL query that is read, in bytes."
    )
    max_body_bytes: int = Field(
        5_000_000, ge=1024, description="The largest document that is read, in bytes."
    )
    max_change_bytes: int = Field(
        50_000_000, ge=1024, description="The most that one update may add, in bytes of N-Quads."
    )
    cache_bytes: int = Field(
        64_000_000,
        ge=0,
        description="How many bytes of answers (query results, checks) are kept; 0: none.",
    )
    max_result_bytes: int = Field(
        50_000_000, ge=1024, description="The largest query result that is sent, in bytes."
    )

    publisher_name: str = Field(
        "", description="Who publishes the catalogue; empty: the publisher of the bundled data."
    )
    publisher_url: str = Field(
        "", description="The home page, or better the IRI, of the publisher."
    )
    contact_name: str = Field("", description="Whom `/catalog` names to be asked about the data.")
    contact_email: str = Field("", description="The address to which questions may be sent.")
    contact_url: str = Field("", description="The page on which questions may be asked.")
    data_licence: str = Field(
        "",
        description="The IRI of the licence of graphs that state none; empty: it is unknown, and "
        "such graphs are left out of open dumps.",
    )
    dump_seconds: float = Field(
        120.0,
        gt=0,
        le=3600,
        description="The longest time that a dump may take, in seconds.",
    )
    releases_at_once: int = Field(
        1,
        ge=0,
        le=16,
        description="How many releases can be asked at once, by `?release=`; each takes a worker "
        "with its memory for queries, and as much in the service for pages; 0: none.",
    )
    service_hosts: str = Field(
        "",
        description="The endpoints that queries may call by SERVICE, separated by commas: a host "
        "(with https), or the whole address of an endpoint; empty: none. See "
        "docs/operations/federation.md.",
    )
    service_seconds: float = Field(
        10.0, gt=0, le=600, description="How long such a call may take, in seconds."
    )
    service_bytes: int = Field(
        5_000_000, ge=1024, description="The largest answer to such a call that is read, in bytes."
    )
    service_calls: int = Field(
        5, ge=1, le=100, description="How many such calls one query may make."
    )
    service_at_once: int = Field(
        8, ge=1, le=1000, description="How many such calls are under way at once."
    )

    @property
    def tokens_path(self) -> Path:
        """Return the file in which tokens are kept."""
        return Path(self.tokens_file) if self.tokens_file else self.data_dir / "tokens.json"

    @property
    def address(self) -> str:
        """Return the address of the service as far as it is known before any request."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def is_remote(self) -> bool:
        """Say whether the data is in an engine elsewhere."""
        return any((self.store, self.store_query, self.store_update, self.store_data))

    @field_validator("base_iri")
    @classmethod
    def _ends_in_slash(cls, value: str) -> str:
        """Refuse a base under which nothing could be resolved."""
        if not value.startswith(("http://", "https://")) or not value.endswith("/"):
            raise ValueError("must be an http or https IRI that ends in a slash")
        return value

    @field_validator("store", "store_query", "store_update", "store_data")
    @classmethod
    def _is_plain_url(cls, value: str) -> str:
        """Accept nothing, or an address that holds no password, which logs would repeat."""
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be empty or start with http:// or https://")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must have no user, password, ? or #; GOVKG_STORE_USER names the user")
        return value

    @field_validator("rate_queries", "rate_submissions")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        """Accept nothing, or a rate that can be read."""
        if value:
            limits.parse(value)
        return value

    @field_validator("oidc_issuer")
    @classmethod
    def _is_safe_issuer(cls, value: str) -> str:
        """Accept nothing, or an address that nobody on the way can change the answers of."""
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if value and not (parts.scheme == "https" or (parts.scheme == "http" and local)):
            raise ValueError("must be empty or start with https://")
        return value.rstrip("/")

    @field_validator("service_hosts")
    @classmethod
    def _is_list_of_endpoints(cls, value: str) -> str:
        """Accept a list that can be read."""
        entries(value)
        return value

    @field_validator("publisher_url", "contact_url", "data_licence")
    @classmethod
    def _is_iri(cls, value: str) -> str:
        """Accept nothing, or what can stand in RDF as an IRI."""
        if value and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", value):
            raise ValueError("must be empty or an http or https address without spaces")
        return value

    @field_validator("contact_email")
    @classmethod
    def _is_email(cls, value: str) -> str:
        """Accept nothing, or what looks like an address for mail."""
        if value and not re.fullmatch(r"[\w.!#$%&'*+/=?~-]+@[\w.-]+", value, re.ASCII):
            raise ValueError("must be empty or an address such as data@example.org")
        return value

    @field_validator("public_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        """Accept nothing, or an address without its last slash."""
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must be empty or start with http:// or https://")
        return value.rstrip("/")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises SettingError for a name that is no setting, and for a value that does not fit.
    """
    environment = os.environ if environment is None else environment
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    given = _with_secrets(given)
    for name in given:
        if name not in Settings.model_fields:
            raise _unknown(name)
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        reason = f"“{first.get('input')}” is no good value: {first['msg']}"
        raise SettingError(
            name=name, reason=reason, remedy="See docs/settings.md, or unset it for the default."
        ) from error


def _with_secrets(given: Mapping[str, str]) -> dict[str, str]:
    """Put the contents of files in the place of the names of files that hold secrets.

    Each setting that is a secret can be given as ``…_FILE``. Raises SettingError for a file that
    cannot be read, and for a secret that is given twice.
    """
    found = dict(given)
    for name in SECRETS:
        path = found.pop(f"{name}_file", None)
        if path is None:
            continue
        variable = f"{PREFIX}{name.upper()}"
        if name in found:
            remedy = "Unset one of the two."
            raise SettingError(name=variable, reason="its _FILE is set too", remedy=remedy)
        try:
            found[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = f"the file “{path}” cannot be read ({error})"
            remedy = "Name a file that this user can read."
            raise SettingError(name=f"{variable}_FILE", reason=reason, remedy=remedy) from error
    return found


SECRETS: Final = tuple(
    name for name, field in Settings.model_fields.items() if field.annotation is SecretStr
)
"""The settings that are secrets."""


def _unknown(name: str) -> SettingError:
    """Make the error for a variable that is no setting, with the nearest name that is one."""
    near = get_close_matches(name, Settings.model_fields, n=1, cutoff=0.5)
    remedy = (
        f"Did you mean {PREFIX}{near[0].upper()}?"
        if near
        else "See docs/settings.md for all names."
    )
    return SettingError(
        name=PREFIX + name.upper(), reason="there is no such setting", remedy=remedy
    )
