"""The contract of every registry: found by looking, sorted, and an unknown name is answered with the nearest."""

import pytest

from seqdl_core.errors import UnknownName
from seqdl_core.models import ARCHITECTURES
from seqdl_core.tasks import TASKS


def test_members_are_found_and_sorted() -> None:
    assert ARCHITECTURES.names() == sorted(ARCHITECTURES.names())
    assert {"cnn", "deepbind"} <= set(ARCHITECTURES.names())
    assert "binary" in TASKS.names()
    assert len(ARCHITECTURES) == len(list(ARCHITECTURES))


def test_exactly_one_architecture_is_recommended() -> None:
    assert [architecture.name for architecture in ARCHITECTURES if architecture.recommended] == ["cnn"]


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'deepbind'") as caught:
        ARCHITECTURES.get("deepbnd")
    assert caught.value.parts()["what"] == "There is no architecture called 'deepbnd'."
