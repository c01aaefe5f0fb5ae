"""Quality: what the data is like before anything is trained on it, and how far a model without motifs gets."""

import streamlit as st

from pages._ui import data_doors, datasets, pickers, quality, state, waiting, widgets
from seqdl_core.figures.quality import balance_bars, composition_bars, histogram, letters_by_position
from seqdl_core.figures.text import markdown, one_line

EMPTY = pickers.Empty("Data", "Quality", "fact_check", "What your sequences are like, and what is odd about them.")
owner, palette = state.owner(), state.palette()
data = pickers.dataset_or_empty(owner, EMPTY)
info = data.info

with widgets.head("Data", "Quality", f"{markdown(info.name, 60)}: {datasets.rows_line(info)}."):
    pickers.other_dataset(owner, data)
    if st.button("Look at the split", icon=":material/call_split:"):
        state.go(state.SPLIT, data=data.folder.name)

first = st.container()  # its answer takes longest and stands on top
ask, cost = data_doors.asked_first(info, "Measure quality")
record = waiting.computed(
    owner, ["quality", str(data.folder), "--no-shortcuts"], "Counting letters, lengths and copies", ask=ask, cost=cost
)  # fmt: skip
if record is None:
    st.stop()
found = data_doors.quality_view(record)

widgets.metric_row(quality.metrics(found, info))
for sentence in found.sentences:
    st.warning(markdown(sentence), icon=":material/warning:")
quality.contradictions(found.quality)

measured = found.quality
names = [datasets.class_title(name) for name in measured.classes]
figures = []
if quality.one_length(measured) is None:
    figures.append(
        (
            "Length by class", f"Lengths of the sequences in {data.alphabet.unit} by class", "lengths",
            histogram(
                measured.lengths.edges, measured.lengths.counts, names, palette, title=data.alphabet.unit,
                medians=measured.lengths.medians,
            ),
        )
    )  # fmt: skip
if measured.gc is not None:
    figures.append(
        (
            "GC by class", "Share of G and C by class, medians dashed", "gc",
            histogram(
                measured.gc.edges, measured.gc.counts, names, palette, title="share of G and C",
                medians=measured.gc.medians, percent=True,
            ),
        )
    )  # fmt: skip
figures.append(
    (
        "Letters by class", "How often each letter occurs, by class", "letters",
        composition_bars(measured.composition, measured.letters, names, palette),
    )
)  # fmt: skip
if measured.targets is not None:
    figures.append(
        (
            "Measured values by part", "Distribution of the measured values in each part", "targets",
            histogram(
                measured.targets.edges, measured.targets.counts, ["training", "validation", "test"], palette,
                title=one_line(info.targets[0], 40), medians=measured.targets.medians,
            ),
        )
    )  # fmt: skip
figures.append(
    ("Rows in each part", "Rows of each part by class", "parts", balance_bars(*quality.balance(measured), palette))
)
quality.in_pairs(figures)

with st.container(border=True):
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Letters by position**", width="content")
        shown = st.segmented_control(
            "Class", range(len(names)), default=quality.first_class(measured), required=True,
            format_func=names.__getitem__, label_visibility="collapsed", key="quality:class",
        )  # fmt: skip
    widgets.figure(
        letters_by_position(measured.positions[shown or 0], measured.letters[:-1], palette, name=names[shown or 0]),
        "How often each letter stands at each position, counted from the start", key="positions",
    )  # fmt: skip
    st.caption(quality.position_note(measured, info))

with first:
    ask, cost = data_doors.asked_first(info, "Look for shortcuts")
    shortcuts = waiting.computed(
        owner, ["quality", str(data.folder)], "Training models that see no motifs, to know what a score is worth",
        ask=ask, cost=cost,
    )  # fmt: skip
    if shortcuts and shortcuts["shortcuts"]:
        quality.shortcut_detector(shortcuts["shortcuts"], info)
