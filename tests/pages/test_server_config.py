"""The shipped server settings are the safe ones, under names that the installed Streamlit knows."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

SHIPPED = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
SAFE = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableStaticServing": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
}


@pytest.mark.parametrize("name", SAFE)
def test_the_safe_setting_is_shipped(name: str) -> None:
    section, option = name.split(".")
    assert SHIPPED[section][option] == SAFE[name]


def test_uploads_are_limited() -> None:
    assert 100 <= SHIPPED["server"]["maxUploadSize"] <= 5000


def test_streamlit_knows_every_setting() -> None:
    known = set(config.get_config_options())
    for section, options in SHIPPED.items():
        for option, value in options.items():
            if not isinstance(value, dict):
                assert f"{section}.{option}" in known
            else:
                nested = {name for name, inner in value.items() if not isinstance(inner, dict)}
                assert {f"{section}.{option}.{name}" for name in nested} <= known


def test_nothing_is_loaded_from_outside() -> None:
    text = (Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text()
    assert "http" not in text
