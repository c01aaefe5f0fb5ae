"""Quality: what the data is like before anything is trained on it, and how far a model without motifs gets."""

import streamlit as st

from pages._ui import data_doors, datasets, doors, pickers, quality, state, waiting, widgets, words
from seqdl_core.figures.quality import balance_bars, composition_bars, histogram, position_lines
from seqdl_core.figures.text import markdown

EMPTY = pickers.Empty("Data", "Quality", "fact_check", "What your sequences are like, and what is odd about them.")
owner, palette = state.owner(), state.palette()
data = pickers.dataset_or_empty(owner, EMPTY)
info = data.info

with widgets.head("Data", "Quality", f"{markdown(info.name, 60)}: {words.data_line(info)}."):
    pickers.other_dataset(owner, data)
    if st.button("Look at the split", icon=":material/call_split:"):
        state.go(state.SPLIT, data=data.folder.name)

with doors.open_door():
    found = data_doors.quality_of(owner, data.folder.name)

shortcuts = waiting.computed(
    owner, ["quality", str(data.folder)], "Training models that see no motifs, to know what a score is worth"
)  # fmt: skip
if shortcuts and shortcuts["shortcuts"]:
    quality.shortcut_detector(shortcuts["shortcuts"])

widgets.metric_row(quality.metrics(found, info))
for sentence in found.sentences:
    st.warning(markdown(sentence), icon=":material/warning:")
quality.contradictions(found.quality)

measured = found.quality
names = [datasets.class_title(name) for name in measured.classes]
left, right = st.columns(2, gap="medium")
with left.container(border=True):
    st.markdown("**Length by class**")
    widgets.figure(
        histogram(
            measured.lengths.edges, measured.lengths.counts, names, palette, title=data.alphabet.unit,
            medians=measured.lengths.medians,
        ),
        f"Lengths of the sequences in {data.alphabet.unit} by class", key="lengths",
    )  # fmt: skip
with right.container(border=True):
    if measured.gc is not None:
        st.markdown("**GC by class**")
        widgets.figure(
            histogram(
                measured.gc.edges, measured.gc.counts, names, palette, title="share of G and C",
                medians=measured.gc.medians, percent=True,
            ),
            "Share of G and C by class, medians dashed", key="gc",
        )  # fmt: skip
    else:
        st.markdown("**Rows in each part**")
        widgets.figure(balance_bars(*quality.balance(measured), palette), "Rows of each part by class", key="parts")

left, right = st.columns(2, gap="medium")
with left.container(border=True):
    st.markdown("**Letters by class**")
    widgets.figure(
        composition_bars(measured.composition, measured.letters, names, palette),
        "How often each letter occurs, by class", key="letters",
    )  # fmt: skip
with right.container(border=True):
    if measured.targets is not None:
        st.markdown("**Measured values by part**")
        widgets.figure(
            histogram(
                measured.targets.edges, measured.targets.counts, ["training", "validation", "test"], palette,
                title=markdown(info.targets[0], 40), medians=measured.targets.medians,
            ),
            "Distribution of the measured values in each part", key="targets",
        )  # fmt: skip
    elif measured.gc is not None:
        st.markdown("**Rows in each part**")
        widgets.figure(balance_bars(*quality.balance(measured), palette), "Rows of each part by class", key="parts")
    else:
        quality.letters_table(measured)

with st.container(border=True):
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Letters by position**", width="content")
        shown = st.segmented_control(
            "Class", range(len(names)), default=len(names) - 1, required=True, format_func=names.__getitem__,
            label_visibility="collapsed", key="quality:class",
        )  # fmt: skip
    widgets.figure(
        position_lines(measured.positions[shown or 0], measured.letters[:-1], palette, name=names[shown or 0]),
        "How often each letter stands at each position, counted from the start", key="positions",
    )  # fmt: skip
    st.caption(
        "Sequences are aligned at their start. Flat lines are what one hopes for; a pattern here can be learned "
        "without any motif, as where all sequences of one class are centred on the same signal."
    )
