"""The Design page: every architecture, its presets, what does not fit, two beside each other, one's own file."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from made_by_hand import OWNER, make_dataset, make_task
from streamlit.testing.v1 import AppTest
from told import errors, plain

from pages._ui import design_doors, doors, state
from pages._ui.design_words import few_sequences, preset_line
from pages._ui.words import run_metrics
from seqdl_core.anatomy import anatomy_of
from seqdl_core.errors import ConfigError
from seqdl_core.own_networks import keep
from seqdl_core.runs.fitting import require_fit, size_for
from seqdl_core.runs.records import RunStatus
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


def settings_in(page: AppTest, form: str) -> set[str]:
    """The settings that a form draws."""
    keys = {
        one.key for kind in ("number_input", "slider", "toggle", "selectbox", "text_input") for one in page.get(kind)
    }
    of_form = {str(key).removeprefix(f"{form}:") for key in keys if str(key).startswith(f"{form}:")}
    return {name for name in of_form if ":" not in name}


def test_settings_that_would_do_nothing_are_left_out_and_come_back_as_they_were(page: AppTest) -> None:
    choose(page, "General", "linear")
    form = "design:linear"
    assert settings_in(page, form) == {"features", "both_strands"}
    page.selectbox(key=f"{form}:features").set_value("words").run()
    assert settings_in(page, form) == {"features", "k", "both_strands"}
    page.slider(key=f"{form}:k").set_value(2).run()
    assert metrics(page)["Parameters"] == f"{4**2 + 1}"
    page.selectbox(key=f"{form}:features").set_value("letters").run()
    assert settings_in(page, form) == {"features", "both_strands"}
    assert metrics(page)["Parameters"] == f"{4 * 30 + 1}"
    page.selectbox(key=f"{form}:features").set_value("words").run()
    assert page.slider(key=f"{form}:k").value == 2
    page.selectbox(key=f"{form}:features").set_value("letters").run()
    train(page).click().run()
    (ordered,) = Store.default().runs(OWNER)
    assert ordered.spec.architecture_config == doors.architecture("linear").config().model_dump(mode="json")


def test_what_is_left_out_depends_on_the_data_and_the_other_settings(app: Open) -> None:
    of_sequences = app(state.DESIGN, data=make_dataset(Store.default()).folder.name)
    every = settings_in(of_sequences, "design:cnn")
    assert {"pool", "halve", "hidden", "both_strands", "strands"} <= every
    assert not {"weightings", "freeze_motifs"} & every
    of_sequences.toggle(key="design:cnn:both_strands").set_value(False).run()
    assert every - settings_in(of_sequences, "design:cnn") == {"strands"}
    of_sequences.slider(key="design:cnn:blocks").set_value(0).run()
    assert every - settings_in(of_sequences, "design:cnn") == {
        "strands", "channels", "residual", "dilation_growth", "halve",
    }  # fmt: skip
    of_positions = app(state.DESIGN, data=make_task(Store.default(), "residues").folder.name)
    of_positions.toggle(key="design:compare").set_value(True).run()
    of_positions.selectbox(key="design:other").set_value("lstm").run()
    assert every - settings_in(of_positions, "design:cnn") == {"pool", "halve"}
    lstm = set(doors.architecture("lstm").config.model_fields)
    assert lstm - settings_in(of_positions, "design:other:lstm") == {"pool"}


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


def test_every_number_can_be_typed_and_the_slider_follows(page: AppTest) -> None:
    page.number_input(key="design:cnn:filters").set_value(67).run()
    assert page.select_slider(key="design:cnn:filters:slide").value == 67
    expected = anatomy_of("cnn", {"filters": 67}, DNA, 30).parameters
    assert metrics(page)["Parameters"] == f"{expected:,}"
    page.select_slider(key="design:cnn:filters:slide").set_value(128).run()
    assert page.number_input(key="design:cnn:filters").value == 128
    train(page).click().run()
    (ordered,) = Store.default().runs(OWNER)
    assert ordered.spec.architecture_config["filters"] == 128


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        (
            "design:cnn:filters", 999999,
            ("'filters' cannot be 999999: input should be less than or equal to 1024.", "cnn, setting Filters",
             "Give a value from 4 to 1024; the default is 64."),
        ),
        (
            "design:training:epochs", 0,
            ("'epochs' cannot be 0: input should be greater than or equal to 1.", "Training, setting Epochs",
             "Give a value from 1 to 1000; the default is 30."),
        ),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_refused_in_three_parts(
    page: AppTest, key: str, value: int, told: tuple[str, str, str]
) -> None:
    page.number_input(key=key).set_value(value).run()
    assert errors(page) == [told]
    assert train(page).disabled
    assert any(told[2] in plain(line.value) and ":red[" in line.value for line in page.markdown), "under the setting"
    page.number_input(key=key).set_value(64).run()
    assert not page.error
    assert not train(page).disabled


def test_the_knobs_of_the_network_stand_with_it_and_say_what_they_do(page: AppTest) -> None:
    page.text_input(key="design:cnn:motifs").set_value("ELK1").run()
    expanders = {one.label: one for one in page.expander}
    network, training = expanders["More settings of this network"], expanders["Training settings and name"]
    assert [one.label for one in network.toggle][:2] == ["Keep motifs fixed", "No negative weights"]
    assert "Seed" in [one.label for one in training.number_input]
    told = [plain(one.value) for one in (*network.caption, *training.caption)]
    assert "Training leaves the filters that started from motifs as they are." in told
    assert "The same seed gives the same run on the same machine." in told


def test_the_page_says_what_memory_is_counted_and_that_few_sequences_are_few(page: AppTest) -> None:
    assert any("what training adds" in one.value for one in page.caption)
    (told,) = [one.value for one in page.warning]
    assert "training sequences: from under 100 a network learns them by heart" in told
    done = RunStatus(state="finished", memory_mb=722.4, training_mb=106.9)
    assert run_metrics(done, [])[-1] == ("Memory while training", "107 MB", "722 MB with SeqDL itself")
    assert run_metrics(done.model_copy(update={"training_mb": 0.0}), [])[-1][1:] == (
        "722 MB", "most at once, SeqDL itself counted",
    )  # fmt: skip


def test_sequences_without_labels_get_the_network_that_was_made_for_them_and_few_get_a_warning() -> None:
    names = [(one.name, one.recommended) for one in doors.architectures("masked", "protein")]
    assert names[0] == ("esm2", True)
    assert [name for name, recommended in names if recommended] == ["esm2"]
    assert doors.architectures("masked", "dna")[0].name == "cnn"
    assert doors.architectures("binary", "protein")[0].name == "cnn"
    info = make_dataset(Store.default()).info
    for number, warned in ((3, True), (99, True), (100, False)):
        counted = info.model_copy(update={"counts": {"train": number, "test": 10}})
        assert bool(few_sequences(counted)) == warned


def test_presets_say_what_they_are_for() -> None:
    deepsea = doors.architecture("deepsea")
    assert preset_line(deepsea, "") == "Published: the paper's sizes, made for 1,000 bp and 919 targets."
    assert "laptop" in preset_line(deepsea, "small")
    assert preset_line(doors.architecture("cnn"), "").startswith("No presets: these settings are the small ones")


def remove(page: AppTest):  # type: ignore[no-untyped-def]
    return next(one for one in page.button if one.label == "Remove `own: MotifNet`")


def test_an_own_network_is_removed_and_brought_back(app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_OWN_NETWORKS", "on")
    own = keep(NETWORK.replace("(nn.Module):", "(nn.Module):\n    '''Eight motifs.'''", 1).encode(), "motif.py")
    page = app(state.DESIGN, data=make_dataset(Store.default()).folder.name)
    assert any(one.startswith("Eight motifs") for one in page.radio(key="design:architecture").proto.captions)
    assert "Remove `own: MotifNet`" not in [one.label for one in page.button]
    page.radio(key="design:architecture").set_value(own.architecture).run()
    remove(page).click().run()
    assert any("no run or model" in one.value for one in page.markdown)
    remove(page).click()  # a browser runs the question alone; the test runner runs the whole page
    page.button(key=f"delete:{own.architecture}").click().run()
    assert not page.exception
    assert "own: MotifNet" not in names(page)
    assert page.radio(key="design:architecture").value == "cnn"
    page.button(key="undo-delete").click().run()
    assert "own: MotifNet" in names(page)
    assert not page.exception
