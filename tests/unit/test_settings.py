"""Settings come from the environment, and a typing mistake in a name is no secret."""

from pathlib import Path

import pytest

from govkg.errors import SettingError
from govkg.settings import load_settings


def test_defaults_are_safe() -> None:
    """Without any setting the service listens on this machine only."""
    settings = load_settings({})

    assert settings.host == "127.0.0.1"
    assert settings.port == 8000
    assert settings.data_dir == Path("data")


def test_values_are_read_and_typed() -> None:
    """A value from the environment becomes what the setting is."""
    settings = load_settings({"GOVKG_PORT": "8123", "GOVKG_DATA_DIR": "x", "HOME": "ignored"})

    assert settings.port == 8123
    assert settings.data_dir == Path("x")


def test_an_unknown_name_suggests_the_right_one() -> None:
    """A name with our prefix that is no setting is an error with the nearest name."""
    with pytest.raises(SettingError, match="Did you mean GOVKG_PORT"):
        load_settings({"GOVKG_PROT": "1"})


def test_a_far_off_name_points_to_the_list() -> None:
    """Where nothing is near, the list of all settings is named."""
    with pytest.raises(SettingError, match=r"docs/settings\.md"):
        load_settings({"GOVKG_XQZWV": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOVKG_PORT", "eighty"),
        ("GOVKG_PORT", "70000"),
        ("GOVKG_BASE_IRI", "https://example.org"),
        ("GOVKG_PUBLIC_URL", "example.org"),
        ("GOVKG_LOG_LEVEL", "loud"),
        ("GOVKG_WORKERS", "0"),
    ],
)
def test_a_bad_value_names_setting_and_value(name: str, value: str) -> None:
    """An impossible value is refused at the start, with the name of the setting."""
    with pytest.raises(SettingError, match=f"{name}.*{value}"):
        load_settings({name: value})


def test_secrets_come_from_files(tmp_path: Path) -> None:
    """Each secret can be given as a file; not twice, and not as one that cannot be read."""
    file = tmp_path / "secret"
    file.write_text("hush\n")

    settings = load_settings({"GOVKG_STORE_TOKEN_FILE": str(file)})

    assert settings.store_token.get_secret_value() == "hush"
    with pytest.raises(SettingError, match="_FILE is set too"):
        load_settings({"GOVKG_STORE_TOKEN_FILE": str(file), "GOVKG_STORE_TOKEN": "x"})
    with pytest.raises(SettingError, match="cannot be read"):
        load_settings({"GOVKG_STORE_TOKEN_FILE": str(tmp_path / "none")})


@pytest.mark.parametrize(
    "given",
    [{"GOVKG_RATE_QUERIES": "often"}, {"GOVKG_OIDC_ISSUER": "http://example.org"}],
    ids=["rate", "issuer"],
)
def test_refuses_rates_and_issuers(given: dict[str, str]) -> None:
    """A rate that cannot be read and an issuer that could be spoofed are refused."""
    with pytest.raises(SettingError):
        load_settings(given)
