"""Every page opens with nothing there, and with data and a finished run; what it says then."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from made_by_hand import OWNER, finish, make_dataset, make_run
from streamlit.testing.v1 import AppTest
from told import errors, plain

from pages._ui import state, words
from seqdl_core.runs.store import Store
from seqdl_core.training.config import TrainingConfig

PAGES = [
    state.HOME, state.IMPORT, state.QUALITY, state.SPLIT, state.SIMULATE, state.DESIGN, state.RUNS, state.VERDICT,
    state.SEQUENCES, state.FILTERS, state.BENCH,
]  # fmt: skip
Open = Callable[..., AppTest]


def said(page: AppTest) -> str:
    """Everything a page says, as one text."""
    kinds = (page.title, page.header, page.subheader, page.markdown, page.caption, page.warning, page.error, page.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def texts(page: AppTest) -> list[str]:
    return [str(one.value) for one in page.markdown]


def button(page: AppTest, label: str) -> object:
    return next(one for one in page.button if one.label == label)


@pytest.mark.parametrize("place", PAGES)
def test_every_page_opens_with_nothing_there(app: Open, place: str) -> None:
    page = app(place)
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1


@pytest.mark.parametrize("place", PAGES)
def test_every_page_opens_with_data_and_a_finished_run(app: Open, workspace: SimpleNamespace, place: str) -> None:
    page = app(place, run=workspace.run.id, data=workspace.data.folder.name)
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1
    assert len([one for one in page.button if getattr(one.proto, "type", "") == "primary"]) <= 1


@pytest.mark.parametrize("place", [state.DESIGN, state.VERDICT, state.FILTERS])
def test_a_page_without_ids_in_its_address_takes_the_newest(app: Open, workspace: SimpleNamespace, place: str) -> None:
    page = app(place)
    assert not page.exception
    assert not page.error


@pytest.mark.parametrize("place", [state.RUNS, state.VERDICT, state.SEQUENCES, state.FILTERS, state.BENCH])
def test_an_id_that_is_not_there_is_an_error_in_three_parts(app: Open, place: str) -> None:
    page = app(place, run="20200101-000000-deadbeef")
    assert not page.exception
    assert errors(page) == [
        ("There is no run of this id.", "'20200101-000000-deadbeef'", "Choose one from the list."),
    ]


@pytest.mark.parametrize("identifier", ["../../etc/passwd", "<script>", "a" * 500, ""])
def test_an_address_never_becomes_a_path(app: Open, identifier: str) -> None:
    page = app(state.VERDICT, run=identifier)
    assert not page.exception


def test_an_empty_page_offers_one_way_and_one_example(app: Open) -> None:
    page = app(state.VERDICT)
    assert [one.label for one in page.button] == ["Design a network", "Try an example"]
    button(page, "Design a network").click().run()  # type: ignore[attr-defined]
    assert page.title[0].value == "Design a network"
    assert [one.label for one in page.button] == ["Bring sequences", "Try an example"]


def test_home_offers_the_example_and_lists_runs(app: Open, workspace: SimpleNamespace) -> None:
    page = app()
    assert page.title[0].value == "What do your sequences say?"
    table = page.dataframe[0].value
    assert table["State"][0] == ["finished"]
    assert "[" in table["Test AUROC"][0]


@pytest.mark.slow
def test_home_lists_data_sets_with_ways_on(app: Open, workspace: SimpleNamespace) -> None:
    page = app()
    table = page.dataframe[1].value
    info = workspace.data.info
    assert table["Data set"].tolist() == [info.name]
    assert table["Training"][0] == info.counts["train"]
    assert table["Made"][0] == "now"
    for way, place in (("Quality", "Quality"), ("Split", "Split"), ("Design", "Design a network")):
        page = app()
        page.session_state["home:datasets:menu"] = {"row": 0, "label": f":material/icon: {way}"}
        page.run()
        assert page.title[0].value == place
        assert page.query_params["data"] == workspace.data.folder.name


def test_the_example_leads_to_the_design_page_in_one_click(app: Open) -> None:
    page = app()
    page.button(key="example:elk1").click().run()
    assert not page.exception
    assert page.title[0].value == "Design a network"
    assert len(Store.default().datasets(OWNER)) == 1


def test_design_shows_the_network_and_trains_it(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.DESIGN, data=workspace.data.folder.name)
    assert page.metric[0].label == "Parameters"
    button(page, "Train").click().run()  # type: ignore[attr-defined]
    assert not page.exception
    newest = next(run for run in workspace.store.runs(OWNER) if run.id != workspace.run.id)
    assert newest.status().state == "queued"
    assert newest.spec.training == TrainingConfig().model_dump(mode="json")
    assert page.query_params["run"] == newest.id


def test_a_setting_out_of_the_form_reaches_the_run(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.DESIGN, data=workspace.data.folder.name)
    page.number_input(key="design:training:seed").set_value(7)
    page.slider(key="design:cnn:dropout").set_value(0.5)
    page.run()
    button(page, "Train").click().run()  # type: ignore[attr-defined]
    spec = next(run for run in workspace.store.runs(OWNER) if run.id != workspace.run.id).spec
    assert spec.architecture_config["dropout"] == 0.5
    assert spec.training["seed"] == 7


@pytest.mark.parametrize(
    ("status", "label"),
    [("running", "Stop and keep"), ("queued", "Cancel"), ("stopped", "Resume"), ("interrupted", "Resume")],
)
def test_a_run_offers_what_its_state_allows(
    app: Open, monkeypatch: pytest.MonkeyPatch, status: str, label: str
) -> None:
    import os
    import platform

    import psutil

    store = Store.default()
    run = make_run(store, make_dataset(store))
    own = psutil.Process(os.getpid()).create_time()
    run.change(state=status, epoch=3, epochs=20, done=0.15, pid=os.getpid(), process_created=own, host=platform.node())
    page = app(state.RUNS, run=run.id)
    assert not page.exception
    assert label in [one.label for one in page.button]
    assert f":{words.STATES[status][0]}-badge[:material/{words.STATES[status][1]}: {status}]" in texts(page)


def test_before_the_first_epoch_there_is_no_empty_axis(app: Open) -> None:
    store = Store.default()
    run = store.create_run(OWNER, make_dataset(store), architecture="cnn")
    page = app(state.RUNS, run=run.id)
    assert "The curves begin with the first epoch." in said(page)


def test_a_run_whose_process_is_gone_is_interrupted_never_running(app: Open) -> None:
    import platform

    store = Store.default()
    run = make_run(store, make_dataset(store))
    run.change(state="running", epoch=3, epochs=20, pid=2**22 - 1, process_created=1.0, host=platform.node())
    page = app(state.RUNS, run=run.id)
    assert "Resume" in [one.label for one in page.button]
    assert "Stop and keep" not in [one.label for one in page.button]


def test_a_failed_run_says_why_in_three_parts(app: Open) -> None:
    store = Store.default()
    run = make_run(store, make_dataset(store))
    run.change(state="failed", error={"what": "The disk is full.", "where": "/data", "fix": "Free some space."})
    page = app(state.RUNS, run=run.id)
    assert errors(page) == [("The disk is full.", "/data", "Free some space.")]


def test_the_verdict_says_its_sentence_before_any_figure(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.VERDICT, run=workspace.run.id)
    assert plain(page.header[0].value) == (
        "Cannot tell: the test set holds 5 positives and 5 negatives; a verdict needs at least 10 of each."
    )
    assert [metric.label for metric in page.metric] == ["AUROC", "AUPRC", "MCC", "Accuracy"]


def test_before_the_judgement_the_verdict_says_how_far_the_run_is(app: Open) -> None:
    store = Store.default()
    run = make_run(store, make_dataset(store))
    page = app(state.VERDICT, run=run.id)
    assert "Look at the run" in [one.label for one in page.button]


def test_filters_show_their_match_and_say_when_there_is_none(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.FILTERS, run=workspace.run.id)
    assert "ELK1" in said(page)
    assert "nothing in JASPAR" in said(page)
    assert "1 of 3 filters match a motif in JASPAR with q < 0.01. 1 filter found no site." in said(page)


def test_the_bench_reads_its_edits_from_the_address(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.BENCH, run=workspace.run.id, row="1", edits="11T.12A", done="1")
    assert not page.exception
    labels = [one.label for one in page.button]
    assert any("11A" in label.replace("\\", "") for label in labels)
    assert "Not a clinical classification." in said(page)
    page.button(key="redo").click().run()
    assert "done" not in page.query_params
    page.button(key="undo").click().run()
    page.button(key="undo").click().run()
    assert page.query_params["done"] == "0"


def test_an_edit_in_the_address_that_does_not_fit_is_refused_aloud(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.BENCH, run=workspace.run.id, row="1", edits="99T")
    assert not page.exception
    assert errors(page) == [
        (
            "'99T' is not an edit of this sequence of 30 bp.",
            "page address",
            "Write edits as position and new letter, such as 47A.51T, or undo to the reference.",
        )
    ]


def test_a_sequence_of_ones_own_goes_on_the_bench(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.BENCH, run=workspace.run.id, seq="ACGTACGTACGTACGT")
    assert not page.exception
    assert not page.error
    refused = app(state.BENCH, run=workspace.run.id, seq="ACGTJ")
    assert errors(refused) == [("'J' is not a DNA letter.", "position 5", "Use A, C, G, T or N.")]


def test_two_runs_can_be_laid_over_each_other(app: Open, workspace: SimpleNamespace) -> None:
    second = finish(make_run(workspace.store, workspace.data, "second"), workspace.data)
    page = app(state.RUNS, run=second.id)
    assert not page.exception
    assert len(page.dataframe[0].value) == 2


def test_numbers_without_end_in_the_address_are_no_numbers(app: Open, workspace: SimpleNamespace) -> None:
    page = app(state.BENCH, run=workspace.run.id, row="9" * 5000, edits="11T", done="9" * 5000)
    assert not page.exception
    assert not page.error


def test_a_damaged_judgement_is_an_error_on_its_page_and_none_in_tables(app: Open, workspace: SimpleNamespace) -> None:
    for damage in (b"{", b"\xff\xfe", b'{"verdict": 1}'):
        workspace.run.evaluation_path.write_bytes(damage)
        for place in (state.HOME, state.RUNS):
            page = app(place, run=workspace.run.id)
            assert not page.exception
            assert not page.error
            assert page.dataframe[0].value["Test AUROC"][0] == "–"
        page = app(state.VERDICT, run=workspace.run.id)
        assert not page.exception
        assert [error[0] for error in errors(page)] == ["The evaluation cannot be read."]


@pytest.mark.parametrize("place", [state.FILTERS, state.SEQUENCES, state.BENCH])
def test_damaged_motifs_are_an_error_and_the_rest_of_the_page_stays(
    app: Open, workspace: SimpleNamespace, place: str
) -> None:
    workspace.run.motifs_path.write_text("{")
    page = app(place, run=workspace.run.id)
    assert not page.exception
    assert [error[0] for error in errors(page)] == ["The motifs cannot be read."]
    if place != state.FILTERS:
        assert page.get("bidi_component"), "the track is drawn"


@pytest.mark.parametrize("place", [state.FILTERS, state.SEQUENCES, state.BENCH])
def test_no_dna_motif_is_looked_for_in_rna(app: Open, place: str) -> None:
    store = Store.default()
    data = make_dataset(store, alphabet="rna")
    run = finish(make_run(store, data), data)
    page = app(place, run=run.id)
    assert not page.exception
    assert not page.error
    if place != state.SEQUENCES:
        assert "JASPAR holds DNA motifs; none are looked for in RNA." in said(page)
    assert "ELK1" not in said(page)


def test_a_half_trained_model_is_called_so(app: Open, workspace: SimpleNamespace) -> None:
    workspace.run.change(state="stopped", trained=False, epoch=1, epochs=2)
    page = app(state.BENCH, run=workspace.run.id)
    (told,) = [warning.value for warning in page.warning]
    assert told == "Half-trained: 1 of 2 epochs done, not judged. Resume the run to finish it."


def test_advice_on_a_page_names_no_flags() -> None:
    advice = 'Fix it, or choose "read ambiguous letters as N" (`--ambiguous unknown`).'
    assert words.without_flags(advice) == 'Fix it, or choose "read ambiguous letters as N".'
