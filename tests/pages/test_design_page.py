"""The Design page: every architecture, its presets, what does not fit, two beside each other, one's own file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from made_by_hand import OWNER, make_dataset, make_task
from streamlit.testing.v1 import AppTest

from pages._ui import design_doors, doors, state
from seqdl_core.anatomy import anatomy_of
from seqdl_core.errors import ConfigError
from seqdl_core.own_networks import keep
from seqdl_core.runs.fitting import require_fit, size_for
from seqdl_core.runs.store import Store
from seqdl_core.sequences.alphabets import DNA

Open = Callable[..., AppTest]

NETWORK = """
from torch import nn

class MotifNet(nn.Module):
    def __init__(self, letters, length, targets):
        super().__init__()
        self.scan = nn.Conv1d(letters, 8, 5)
        self.score = nn.Linear(8, targets)

    def forward(self, one_hot):
        return self.score(self.scan(one_hot).amax(2))
"""
PARAMETERS = 8 * 4 * 5 + 8 + 8 + 1


@pytest.fixture
def page(app: Open) -> AppTest:
    return app(state.DESIGN, data=make_dataset(Store.default()).folder.name)


def choose(page: AppTest, kind: str, name: str) -> AppTest:
    page.segmented_control(key="design:kind").set_value(kind).run()
    return page.radio(key="design:architecture").set_value(name).run()


def metrics(page: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in page.metric}


def train(page: AppTest):  # type: ignore[no-untyped-def]
    return next(one for one in page.button if one.label == "Train")


def names(page: AppTest) -> list[str]:
    return [label.split("`")[1] for label in page.radio(key="design:architecture").options]


@pytest.mark.slow
def test_every_architecture_is_drawn_or_says_why_not(page: AppTest) -> None:
    info = Store.default().datasets(OWNER)[0].info
    seen = []
    for kind in ("General", "In the literature"):
        page.segmented_control(key="design:kind").set_value(kind).run()
        for name in [one for one in names(page) if one not in seen]:
            seen.append(name)
            page.radio(key="design:architecture").set_value(name).run()
            assert not page.exception, name
            why = design_doors.misfit(name, info, {})
            assert train(page).disabled == bool(why), name
            if why is None:
                figure = anatomy_of(name, {}, DNA, info.length).parameters
                assert metrics(page)["Parameters"] == f"{figure:,}", name
            else:
                assert why.what in page.error[0].value or why.fix.split(",")[0] in page.error[0].value
    assert set(seen) == {one.name for one in doors.architectures("binary", "dna")}


def test_a_network_that_does_not_fit_says_so_and_a_preset_that_fits_is_one_press_away(page: AppTest) -> None:
    choose(page, "In the literature", "basset")
    assert train(page).disabled
    label = next(one for one in page.radio(key="design:architecture").options if "`basset`" in one)
    way = [one for one in page.button if one.label == "Take the small preset"]
    assert ("small preset only" in label) == bool(way)
    if not way:
        assert "does not fit" in label
        return
    way[0].click().run()
    assert page.segmented_control(key="design:basset:preset").value == "Small"
    assert not page.error
    assert not train(page).disabled


def test_a_preset_fills_in_its_settings_and_the_figures_follow(page: AppTest) -> None:
    choose(page, "General", "transformer")
    whole = metrics(page)
    page.segmented_control(key="design:transformer:preset").set_value("Small").run()
    small = metrics(page)
    presets = doors.architecture("transformer").presets["small"].model_dump(mode="json")
    assert small["Parameters"] == f"{anatomy_of('transformer', presets, DNA, 30).parameters:,}"
    assert small["Parameters"] != whole["Parameters"]
    train(page).click().run()
    (ordered,) = Store.default().runs(OWNER)
    assert ordered.spec.architecture_config == presets


def test_two_architectures_stand_beside_each_other(page: AppTest) -> None:
    page.toggle(key="design:compare").set_value(True).run()
    page.selectbox(key="design:other").set_value("deepbind").run()
    table = page.table[0].value
    rows = dict(zip(table.iloc[:, 0], table.iloc[:, 1:].to_numpy().tolist(), strict=True))
    assert list(table.columns[1:]) == ["`cnn`", "`deepbind`"]
    expected = [f"{anatomy_of(name, {}, DNA, 30).parameters:,}" for name in ("cnn", "deepbind")]
    assert rows["Parameters"] == expected
    assert rows["Fits the data"] == ["Yes", "Yes"]


@pytest.mark.parametrize("name", ["basset", "deepstarr"])
def test_batches_of_one_sequence_are_refused_where_the_batch_is_normalised(name: str) -> None:
    info = make_dataset(Store.default()).info.model_copy(update={"length": 300})
    for ask in (size_for, require_fit):
        with pytest.raises(ConfigError, match="Batches of one sequence") as caught:
            ask(info, name, doors.architecture(name).presets["small"].model_dump(mode="json"), {"batch_size": 1})
        assert caught.value.where == "batch_size"
    assert size_for(info, "cnn", {}, {"batch_size": 1}).batch == 1


def test_the_cached_description_is_that_of_the_data() -> None:
    """What a network and its training depend on survives the key that results are kept under."""
    from seqdl_core.runs.fitting import rows_for, shape_for

    for data in (make_dataset(Store.default()), make_task(Store.default(), "multiclass")):
        directed = data.info.model_copy(update={"directed": True, "negatives": "shuffle"})
        for info in (data.info, directed):
            again = design_doors._info(info.model_dump_json(include=design_doors._SHAPING))
            assert (shape_for(again), rows_for(again)) == (shape_for(info), rows_for(info))


def test_off_the_page_offers_no_upload_and_lists_no_own_network(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = Path(str(Store.default().root)) / "marker"
    source = NETWORK + f"\nimport pathlib\npathlib.Path({str(marker)!r}).write_text('ran')\n"
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "on")
    own = keep(source.encode(), "motif.py")
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "")
    data = make_dataset(Store.default())
    page = app(state.DESIGN, data=data.folder.name)
    assert "Add a network of your own" not in [one.label for one in page.button]
    assert not any("own:" in name for name in names(page))
    with pytest.raises(ConfigError, match="not run here"):
        design_doors.add_own(data, source.encode(), "motif.py")
    with pytest.raises(ConfigError, match="not run here"):
        doors.architecture(own.architecture)
    assert not marker.exists()


def test_on_an_own_network_is_listed_drawn_and_ordered(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "on")
    own = keep(NETWORK.encode(), "motif.py")
    page = app(state.DESIGN, data=make_dataset(Store.default()).folder.name)
    assert "own: MotifNet" in names(page)
    assert "Add a network of your own" in [one.label for one in page.button]
    page.radio(key="design:architecture").set_value(own.architecture).run()
    assert not page.exception
    assert metrics(page)["Parameters"] == str(PARAMETERS)
    train(page).click().run()
    (ordered,) = Store.default().runs(OWNER)
    assert ordered.spec.architecture == own.architecture
    assert json.loads((ordered.path / "run.json").read_text())["name"].endswith("own: MotifNet")
    assert not page.exception
