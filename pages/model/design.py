"""Design: choose an architecture for the data at hand, see its layers and how far it sees, train it."""

import streamlit as st

from pages._ui import datasets, doors, pickers, state, storage, widgets, words
from seqdl_core.figures.layers import Block, layer_diagram, receptive_field
from seqdl_core.figures.text import count, markdown
from seqdl_core.training.config import TrainingConfig

EMPTY = pickers.Empty("Model", "Design a network", "account_tree", "A network fitted to your sequences will be here.")
owner, palette = state.owner(), state.palette()
data = pickers.dataset_or_empty(owner, EMPTY)
info, alphabet = data.info, data.alphabet
pickers.trainable_or_end(owner, data, EMPTY)

with widgets.head("Model", "Design a network", f"For {words.data_line(info)}. Everything follows as you change it."):
    pickers.other_dataset(owner, data)
    train = st.button("Train", type="primary", icon=":material/play_arrow:")

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.caption(datasets.split_line(info), width="content")
    for label, icon, target in (("Quality", "fact_check", state.QUALITY), ("Split", "call_split", state.SPLIT)):
        if st.button(label, icon=f":material/{icon}:", type="tertiary", help=datasets.WAYS_ON[label]):
            state.go(target, data=data.folder.name)

choose, shape = st.columns([4, 8], gap="medium")
fitting = doors.architectures(info.task, info.alphabet)
with choose:
    chosen = st.radio(
        "**Architecture**",
        [one.name for one in fitting],
        format_func=lambda name: words.architecture_label(doors.architecture(name)),
        captions=[words.architecture_caption(one, doors.anatomy_of(one.name, info)) for one in fitting],
        key="design:architecture", persist_state="session",
    )  # fmt: skip
    architecture = doors.architecture(chosen)
    st.caption(f"Source: {markdown(architecture.source)}")
    jaspar = ""
    if alphabet.double_stranded and info.task == "binary":
        jaspar = pickers.jaspar_motif(owner, info)
    folds = pickers.folds_to_test(owner, data)

drawing = shape.container()
with shape:
    idle = doors.idle_settings(info)
    settings = widgets.config_form(
        architecture.config, f"design:{chosen}", advanced=False, captions=True, without=idle
    )  # fmt: skip
    with st.expander("Training settings and name", icon=":material/tune:"):
        name = st.text_input("Name of the run", placeholder=f"{info.name} · {chosen}", max_chars=80, key="design:name")
        training = widgets.config_form(TrainingConfig, "design:training", without=idle)
        settings |= widgets.config_form(architecture.config, f"design:{chosen}", advanced=True, without=idle)

with drawing, doors.open_door():
    anatomy = doors.anatomy_of(chosen, info, settings)
    widgets.metric_row(
        [
            ("Parameters", count(anatomy.parameters), words.file_size(anatomy.parameters)),
            ("Training sequences", count(info.counts.get("train", 0)), words.training_yardstick(info)),
            ("Held out for the test", count(info.counts.get("test", 0)), words.test_yardstick(info)),
        ]
    )
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute"):
            st.markdown("**Layers**", width="content")
            st.caption("height: positions · width: channels · shape: channels × positions", width="content")
        blocks = [Block(one.name, one.kind, one.detail, one.channels, one.positions) for one in anatomy.layers]
        widgets.figure(layer_diagram(blocks, palette), words.layers_sentence(anatomy), still=True)
    if anatomy.receptive_field:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute"):
                st.markdown("**Receptive field**", width="content")
                widgets.badges([words.field_badge(anatomy.receptive_field, info.length)], width="content")
            seen = receptive_field(anatomy.receptive_field, info.length, alphabet.unit, palette)
            widgets.figure(seen, words.field_sentence(anatomy.receptive_field, info.length, alphabet.unit), still=True)
            st.caption(words.field_sentence(anatomy.receptive_field, info.length, alphabet.unit))

if train:
    with doors.open_door():
        started = storage.start_runs(
            owner, data, folds, architecture=chosen, name=name, architecture_config=settings, training=training,
            jaspar=jaspar,
        )  # fmt: skip
    state.go(state.RUNS, run=started)
