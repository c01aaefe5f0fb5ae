"""Every page with measured values, several classes, several labels, and data that nothing can be trained on."""

from collections.abc import Callable

import pytest
from made_by_hand import OWNER, finish, finish_task, make_dataset, make_run, make_task
from streamlit.testing.v1 import AppTest
from test_data_pages import once_computed
from test_pages_open import said
from told import errors, plain

from pages._ui import state
from seqdl_core.anatomy import anatomy_of
from seqdl_core.data.dataset import Dataset, TaskName
from seqdl_core.runs.store import Store
from seqdl_core.sequences.alphabets import DNA
from seqdl_core.training.config import TrainingConfig

Open = Callable[..., AppTest]
EXPLAINING = [state.SEQUENCES, state.FILTERS, state.BENCH]
OF_RUNS = [state.HOME, state.DESIGN, state.RUNS, state.VERDICT, *EXPLAINING]


def labels(page: AppTest) -> list[str]:
    return [one.label for one in page.button]


def metrics(page: AppTest) -> dict[str, str]:
    return {one.label: plain(one.value) for one in page.metric}


@pytest.mark.parametrize(
    ("task", "targets", "place"),
    [
        *(("regression", ("strength",), place) for place in OF_RUNS),
        *(("multiclass", ("kind",), place) for place in OF_RUNS),
        *(("residues", ("structure",), place) for place in (state.HOME, state.DESIGN, state.RUNS, state.VERDICT)),
        ("regression", ("leaf", "root"), state.DESIGN),
        ("regression", ("leaf", "root"), state.VERDICT),
        ("regression", ("leaf", "root"), state.BENCH),
        ("multilabel", ("a", "b", "c"), state.DESIGN),
    ],
)
def test_every_page_opens_with_a_finished_run(app: Open, task: TaskName, targets: tuple[str, ...], place: str) -> None:
    store = Store.default()
    data = make_task(store, task, targets)
    run = finish_task(store, data)
    page = app(place, run=run.id, data=data.folder.name)
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", [state.QUALITY, state.SPLIT])
@pytest.mark.parametrize("task", ["regression", "multiclass", "multilabel", "unlabelled", "residues"])
def test_quality_and_split_open_with_every_task(app: Open, task: TaskName, place: str) -> None:
    page = once_computed(app(place, data=make_task(Store.default(), task).folder.name))
    assert not page.exception
    assert not page.error


def test_design_says_what_can_be_done_with_data_that_it_cannot_train_on(app: Open) -> None:
    store = Store.default()
    whole = make_task(store, "residues")
    table = whole.table[whole.table["split"] == "train"]
    info = whole.info.model_copy(update={"counts": {"train": len(table)}})
    page = app(state.DESIGN, data=Dataset.create(store.new_dataset_folder(OWNER), table, info).folder.name)
    assert "toy residues has no test part, so no result could be told from luck." in plain(said(page))
    assert labels(page) == ["Look at the quality", "Look at the split", "Bring sequences"]
    page.button(key="said:quality").click().run()
    assert page.title[0].value == "Quality"


@pytest.mark.parametrize("which", [0, 1])
def test_data_sets_of_one_name_are_told_apart(app: Open, which: int) -> None:
    store = Store.default()
    names = sorted(make_task(store, "regression").folder.name for _ in range(2))
    page = app(state.DESIGN, data=names[which])
    box = next(one for one in page.selectbox if one.label == "Data set")
    assert sorted(box.options) == ["toy regression (1)", "toy regression (2)"]
    next(one for one in page.button if one.label == "Quality").click().run()
    assert page.title[0].value == "Quality"
    assert page.query_params["data"] == names[which]


@pytest.mark.parametrize("which", [0, 1])
def test_runs_of_one_name_are_told_apart(app: Open, which: int) -> None:
    store = Store.default()
    data = make_task(store, "regression")
    runs = sorted(finish_task(store, data).id for _ in range(2))
    page = app(state.VERDICT, run=runs[which])
    assert page.run().query_params["run"] == runs[which]
    box = next(one for one in page.selectbox if one.label == "Run")
    assert box.set_value(runs[1 - which]).run().query_params["run"] == runs[1 - which]


def test_design_counts_the_parameters_of_every_output(app: Open) -> None:
    store = Store.default()
    one = metrics(app(state.DESIGN, data=make_task(store, "regression").folder.name))
    three = metrics(app(state.DESIGN, data=make_task(store, "multiclass").folder.name))
    assert one["Parameters"] == f"{anatomy_of('cnn', {}, DNA, 30).parameters:,}"
    assert three["Parameters"] == f"{anatomy_of('cnn', {}, DNA, 30, 3).parameters:,}"
    assert one["Parameters"] != three["Parameters"]


@pytest.mark.parametrize(
    ("task", "line"),
    [
        ("regression", "For regression of strength on 30 bp DNA, 40 sequences."),
        ("multiclass", "For 3 classes on 30 bp DNA, 40 sequences."),
    ],
)
def test_design_says_what_is_asked_of_the_network_and_trains_it(app: Open, task: TaskName, line: str) -> None:
    store = Store.default()
    page = app(state.DESIGN, data=make_task(store, task).folder.name)
    assert line in plain(said(page))
    page = next(one for one in page.button if one.label == "Train").click().run()
    assert not page.exception
    assert not page.error
    (ordered,) = store.runs(OWNER)
    assert ordered.spec.training == TrainingConfig().model_dump(mode="json")


def asked(page: AppTest) -> set[str]:
    widgets = (page.selectbox, page.slider, page.number_input, page.toggle, page.select_slider)
    return {one.label for kind in widgets for one in kind}


def test_design_asks_for_nothing_that_would_do_nothing(app: Open) -> None:
    store = Store.default()
    values = asked(app(state.DESIGN, data=make_task(store, "regression").folder.name))
    classes = asked(app(state.DESIGN, data=make_task(store, "multiclass").folder.name))
    rna = asked(app(state.DESIGN, data=make_dataset(store, alphabet="rna").folder.name))
    assert values - classes == {"Normalisation"}
    assert "Substitution" not in values | classes | rna
    assert "Random strand" in values & classes
    assert "Random strand" not in rna


@pytest.mark.parametrize(
    ("task", "metric"), [("regression", "Spearman"), ("multiclass", "macro AUROC"), ("multilabel", "macro AUROC")]
)
def test_a_run_is_told_in_the_metric_of_its_task(app: Open, task: TaskName, metric: str) -> None:
    store = Store.default()
    run = finish_task(store, make_task(store, task))
    page = app(state.RUNS, run=run.id)
    assert metrics(page)[f"Validation {metric}"] == "0.900"
    table = page.dataframe[0].value
    assert "[" in table[f"Test {metric[:1].upper()}{metric[1:]}"][0]


def test_runs_of_several_tasks_in_one_table_name_their_metric(app: Open) -> None:
    store = Store.default()
    binary = make_dataset(store)
    finish(make_run(store, binary), binary)
    finish_task(store, make_task(store, "regression"))
    for page in (app(), app(state.RUNS)):
        scores = sorted(cell.split(" ")[0] for cell in page.dataframe[0].value["Test score"])
        assert scores == ["AUROC", "Spearman"]


def test_a_verdict_on_values_shows_errors_in_their_unit_and_no_curves(app: Open) -> None:
    store = Store.default()
    page = app(state.VERDICT, run=finish_task(store, make_task(store, "regression")).id)
    assert list(metrics(page)) == ["Spearman", "Pearson", "R²", "Mean absolute error"]
    assert plain(page.metric[3].delta).endswith("in strength")
    told = said(page)
    assert "Measured and predicted" in told
    assert "ROC" not in told
    assert "Confusion" not in told


def test_a_verdict_on_classes_shows_what_each_is_called(app: Open) -> None:
    store = Store.default()
    page = app(state.VERDICT, run=finish_task(store, make_task(store, "multiclass")).id)
    assert list(metrics(page)) == ["Macro AUROC", "Accuracy", "Macro F1"]
    table = page.dataframe[0].value
    assert list(table["Class"]) == ["donor", "acceptor", "neither"]
    assert list(table.columns) == ["Class", "AUROC", "F1"]
    assert "What each class is called" in said(page)
    assert "Explain it" not in labels(page)


def test_a_verdict_on_residues_tells_of_positions_and_whole_sequences(app: Open) -> None:
    store = Store.default()
    page = app(state.VERDICT, run=finish_task(store, make_task(store, "residues")).id)
    assert list(metrics(page)) == ["Q3", "Macro F1", "Macro recall"]
    table = page.dataframe[0].value
    assert list(table["Class"]) == ["C", "E", "H"]
    assert list(table.columns) == ["Class", "F1", "Recall"]
    told = plain(said(page))
    assert "on 20 held-out sequences, 600 positions" in told
    assert "Bootstrap of whole sequences" in told
    assert "Beats the 15-letter window baseline by 0." in plain(page.header[0].value)
    assert "Explain it" not in labels(page)


@pytest.mark.parametrize("place", EXPLAINING)
def test_a_class_at_each_position_is_not_explained_and_says_so(app: Open, place: str) -> None:
    store = Store.default()
    page = app(place, run=finish_task(store, make_task(store, "residues")).id)
    assert "This network learned a class for each position" in plain(said(page))


def test_filters_of_a_network_without_any_say_so(app: Open) -> None:
    store = Store.default()
    run = finish_task(store, make_task(store, "regression"))
    run.motifs_path.unlink()
    page = app(state.FILTERS, run=run.id)
    assert "has no filters that scan the letters" in plain(said(page))


@pytest.mark.parametrize(
    ("task", "learned", "line"),
    [
        ("residues", "residues", "For a class for each position on 30 bp DNA, 40 sequences."),
        ("unlabelled", "masked", "For hidden letters on 30 bp DNA, 40 sequences."),
    ],
)
def test_a_network_for_positions_is_designed_and_ordered(app: Open, task: TaskName, learned: str, line: str) -> None:
    store = Store.default()
    page = app(state.DESIGN, data=make_task(store, task).folder.name)
    assert line in plain(said(page))
    page = next(one for one in page.button if one.label == "Train").click().run()
    assert not page.exception
    assert not page.error
    (ordered,) = store.runs(OWNER)
    assert ordered.spec.task == learned
    page = app(state.RUNS, run=ordered.id)
    assert not page.exception
    assert not page.error


def test_a_verdict_on_labels_goes_target_by_target(app: Open) -> None:
    store = Store.default()
    page = app(state.VERDICT, run=finish_task(store, make_task(store, "multilabel", ("a", "b"))).id)
    assert list(page.dataframe[0].value["Target"]) == ["a", "b"]
    assert "What each class is called" not in said(page)


def test_sequences_are_chosen_and_told_by_their_values(app: Open) -> None:
    store = Store.default()
    page = app(state.SEQUENCES, run=finish_task(store, make_task(store, "regression")).id)
    (picker,) = [one for one in page.button_group if one.label == "Which sequences"]
    assert list(picker.options) == ["Highest", "Lowest", "Furthest off", "Random"]
    (box,) = [one for one in page.selectbox if one.label == "Sequence to change base by base"]
    assert all(" · measured " in option and " · predicted " in option for option in box.options)
    predicted = [float(option.rsplit(" ", 1)[1].replace("−", "-")) for option in box.options]
    assert predicted == sorted(predicted, reverse=True)


def test_the_bench_speaks_of_the_value_that_was_measured(app: Open) -> None:
    store = Store.default()
    run = finish_task(store, make_task(store, "regression"))
    page = app(state.BENCH, run=run.id, row="1")
    assert "Predicted strength" in plain(said(page))
    shown = metrics(page)
    assert "Δ strength" in shown
    value = shown["REF"].removeprefix(":gray[").removesuffix("]")
    assert page.subheader[0].value.replace("\\", "") == f"The model predicts {value} for this sequence."
    assert "probability" not in said(page).lower()


@pytest.mark.parametrize("place", EXPLAINING)
def test_several_outputs_are_one_sentence_and_two_ways_on(app: Open, place: str) -> None:
    store = Store.default()
    run = finish_task(store, make_task(store, "multiclass"))
    page = app(place, run=run.id)
    assert "This network tells 3 classes apart and gives a score for each" in plain(said(page))
    assert labels(page) == ["Open the verdict", "Design a network"]
    page.button(key="said:verdict").click().run()
    assert page.title[0].value == "Verdict"


def test_filters_of_values_are_held_against_halves(app: Open) -> None:
    store = Store.default()
    page = app(state.FILTERS, run=finish_task(store, make_task(store, "regression")).id)
    assert "fires in 80 % of the upper half, 10 % of the lower half" in plain(said(page))
    assert "median of the measured strength" in plain(said(page))


def test_the_normalisation_of_values_reaches_the_run(app: Open) -> None:
    store = Store.default()
    page = app(state.DESIGN, data=make_task(store, "regression").folder.name)
    next(one for one in page.selectbox if one.label == "Normalisation").set_value("log").run()
    page = next(one for one in page.button if one.label == "Train").click().run()
    assert not errors(page)
    (ordered,) = store.runs(OWNER)
    assert ordered.spec.training["normalisation"] == "log"
