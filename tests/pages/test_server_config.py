"""The shipped server settings are the safe ones, under names that the installed Streamlit knows."""

import tomllib
from pathlib import Path

import pytest
from streamlit import config

from seqdl_core.sequences.readers._text import MOST_BYTES

SHIPPED = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())
SAFE = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "server.enableStaticServing": False,
    "server.showEmailPrompt": False,
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
}


@pytest.mark.parametrize("name", SAFE)
def test_the_safe_setting_is_shipped(name: str) -> None:
    section, option = name.split(".")
    assert SHIPPED[section][option] == SAFE[name]


def test_every_setting_but_the_look_and_the_upload_limit_is_checked() -> None:
    shipped = {f"{section}.{option}" for section in SHIPPED.keys() - {"theme"} for option in SHIPPED[section]}
    assert shipped - {"server.maxUploadSize"} == set(SAFE)


def test_an_upload_may_be_as_large_as_the_reader_takes() -> None:
    assert SHIPPED["server"]["maxUploadSize"] * 2**20 <= MOST_BYTES


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
