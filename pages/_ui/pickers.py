"""Pickers: which data set, which run, which motif; and what a page says while there is nothing to pick."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from pages._ui import data_doors, datasets, deleting, doors, state, storage, widgets, words
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.text import markdown, one_line, plural, told_apart
from seqdl_core.runs.folder import RunFolder

if TYPE_CHECKING:
    from seqdl_core.data.dataset import Dataset, DatasetInfo


@dataclass(frozen=True)
class Empty:
    """What a page says while there is nothing to show: its place and title, an icon, and what will be here."""

    place: str
    title: str
    icon: str
    sentence: str


def _end_empty(owner: str, empty: Empty, button: str, target: str) -> NoReturn:
    """One icon, one sentence, one button that leads there, one example; the page ends."""
    with widgets.head(empty.place, empty.title):
        pass
    deleting.undo(owner)
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.space("small")
        st.markdown(f"# :gray[:material/{empty.icon}:]", width="content", anchors=False)
        st.markdown(empty.sentence, width="content", text_alignment="center")
        with st.container(horizontal=True, horizontal_alignment="center"):
            if st.button(button, type="primary"):
                state.go(target)
            example = st.button(
                "Try an example", help="Simulates a data set from a JASPAR motif; nothing is downloaded"
            )
        st.space("small")
    if example:
        open_example(owner, storage.EXAMPLES[0])
    st.stop()


def open_example(owner: str, example: storage.Example) -> NoReturn:
    """Make the example's data set and go to the design of a network for it."""
    with doors.open_door(), st.spinner("Planting sites into random sequences"):
        made = storage.make_example(owner, example)
    state.go(state.DESIGN, data=made)


def dataset_or_empty(owner: str, empty: Empty) -> "Dataset":
    """The data set the page is about, or the newest; without any, the page says so and ends."""
    chosen = state.current("data")
    with doors.open_door():
        if not chosen:
            newest = storage.dataset_ids(owner)
            if not newest:
                _end_empty(owner, empty, "Bring sequences", state.IMPORT)
            chosen = newest[0]
            state.choose("data", chosen)
        return doors.dataset(owner, chosen)


def other_dataset(owner: str, now: "Dataset") -> None:
    """A select box of all data sets, where there are several."""
    there = {one.folder.name: one.info for one in storage.datasets(owner)}
    if len(there) < 2:
        return
    names = list(there)
    labels = _labels({key: one_line(there[key].name, 40) for key in names})
    picked = st.selectbox(
        "Data set", names, index=names.index(now.folder.name) if now.folder.name in names else 0, width=240,
        format_func=labels.__getitem__, label_visibility="collapsed",
        key=f"pick-data:{now.folder.name}",
    )  # fmt: skip
    if picked != now.folder.name:
        state.choose("data", picked)
        st.rerun()


def _labels(labels: dict[str, str]) -> dict[str, str]:
    """Labels by id, no two alike; alike ones are numbered as they were made, so that a further one renames none."""
    oldest_first = sorted(labels)
    return dict(zip(oldest_first, told_apart([labels[key] for key in oldest_first]), strict=True))


def run_or_empty(owner: str, empty: Empty, *, trained: bool = True) -> RunFolder:
    """The run the page is about, or the newest that suits; without any, the page says so and ends.

    Args:
        trained: whether the page needs a model file.
    """
    chosen = state.current("run")
    if chosen:
        with doors.open_door(stop=False):
            return storage.run(owner, chosen)
        if st.button("Show all runs", type="primary"):
            state.go(state.RUNS, run="")
        st.stop()
    with doors.open_door():
        suited = [run for run in storage.runs(owner) if doors.has_model(run) or not trained]
    if not suited:
        _end_empty(owner, empty, "Design a network", state.DESIGN)
    state.choose("run", suited[0].id)
    return suited[0]


def other_run(owner: str, now: RunFolder, *, trained: bool = True) -> None:
    """A select box of all runs that suit, where there are several."""
    there = {run.id: run for run in storage.runs(owner) if doors.has_model(run) or not trained}
    if len(there) < 2 and now.id in there:
        return
    names = list(dict.fromkeys([now.id, *there]))
    there.setdefault(now.id, now)
    labels = _labels({key: run_label(there[key]) for key in names})
    picked = st.selectbox(
        "Run", names, format_func=labels.__getitem__, label_visibility="collapsed", width=260,
        key=f"pick-run:{now.id}",
    )  # fmt: skip
    if picked != now.id:
        state.choose("run", picked)
        state.forget_bench()
        st.rerun()


def trainable_or_end(owner: str, data: "Dataset", empty: Empty) -> None:
    """The page goes on only with data that a network can be trained on; else it says what can be done with it."""
    why = datasets.not_to_be_trained(data.info, bool(doors.architectures(data.info.task, data.info.alphabet)))
    if not why:
        return
    with widgets.head(empty.place, empty.title, f"For {words.data_line(data.info)}."):
        other_dataset(owner, data)
    ways = {
        "quality": ("Look at the quality", "fact_check"),
        "split": ("Look at the split", "call_split"),
        "import": ("Bring sequences", "upload_file"),
    }
    pressed = widgets.said(empty.icon, why, ways)
    if pressed == "import":
        state.go(state.IMPORT)
    if pressed:
        state.go(state.QUALITY if pressed == "quality" else state.SPLIT, data=data.folder.name)
    st.stop()


def one_output_or_end(owner: str, run: RunFolder, empty: Empty) -> None:
    """The page goes on only where a network gives one score, which letters can be held against."""
    with doors.open_door():
        info = doors.dataset_of(owner, run).info
    if doors.one_score(info):
        return
    with widgets.head(empty.place, empty.title):
        other_run(owner, run)
    ways = {"verdict": ("Open the verdict", "balance"), "design": ("Design a network", "account_tree")}
    pressed = widgets.said("call_split", words.several_outputs(info, doors.outputs_of(info)), ways)
    if pressed == "verdict":
        state.go(state.VERDICT, run=run.id)
    if pressed == "design":
        state.go(state.DESIGN)
    st.stop()


def run_label(run: RunFolder) -> str:
    """A run in a select box, which reads no Markdown: its name and when it was made."""
    return f"{one_line(run.spec.name, 40)}, {words.ago(run.spec.created)}"


def jaspar_motif(owner: str, info: "DatasetInfo") -> str:
    """A JASPAR motif for the PWM baseline, or "" for none."""
    known = doors.jaspar_names()
    picked = st.selectbox(
        "Known motif for the baseline", list(known), index=None, format_func=lambda key: known[key],
        placeholder="None; one is found in training", key="design:jaspar", persist_state="session",
        help="The PWM baseline is the better of a motif found in your training sequences and this one from JASPAR.",
    )  # fmt: skip
    return picked or ""


def folds_to_test(owner: str, data: "Dataset") -> tuple[int, ...]:
    """The folds that are to test, one run each; 0 for the parts as they are. Asked only where there are folds."""
    with doors.open_door():
        there = data_doors.folds(owner, data.folder.name)
    if not there:
        return (0,)
    named = {
        0: "As the data set is split",
        **{fold: f"Fold {fold} of {len(there)}" for fold in there},
        -1: "All in turn",
    }
    picked = st.selectbox(
        "Fold that tests", list(named), format_func=named.__getitem__, key=f"design:fold:{data.folder.name}",
        help="The fold after it validates and the others train. All in turn makes a run for each fold.",
    )  # fmt: skip
    return there if picked == -1 else (picked,)


def trained_or_stop(run: RunFolder) -> None:
    """The page goes on only with a model file; else it says how far the run is."""
    if not doors.has_model(run):
        with doors.open_door():
            widgets.not_judged_yet(run.status())
        st.stop()
    with doors.open_door():
        status = run.status()
    if not status.trained:
        st.warning(words.half_trained(status), icon=":material/hourglass_bottom:")


def working_with() -> None:
    """What the person works with, for the sidebar; quiet where that cannot be told."""
    owner, run_id, data_id = state.owner(), state.recall("id:run", ""), state.recall("id:data", "")
    try:
        if run_id:
            found = storage.run(owner, run_id)
            lines = [found.spec.name, words.run_line(found, found.status())]
        elif data_id:
            info = doors.dataset(owner, data_id).info
            lines = [info.name, f"data set, {plural(sum(info.counts.values()), 'sequence')}"]
        else:
            lines = ["Local workspace", "this machine only"]
    except SeqDLError:
        lines = ["Local workspace", "this machine only"]
    st.caption("Working with")
    st.markdown(f"**{markdown(lines[0], 40)}**  \n:small[:gray[{markdown(lines[1])}]]")
