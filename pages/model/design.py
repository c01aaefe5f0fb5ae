"""Design: choose an architecture for the data at hand, see its layers and how far it sees, train it."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import datasets, design_words, designs, doors, own_networks, pickers, state, storage, widgets, words
from seqdl_core.config import fields_of
from seqdl_core.figures.text import markdown
from seqdl_core.own_networks import title
from seqdl_core.runs.ordering import learned_as
from seqdl_core.training.config import TrainingConfig

EMPTY = pickers.Empty("Model", "Design a network", "account_tree", "A network fitted to your sequences will be here.")
owner, palette = state.owner(), state.palette()
data = learned_as(pickers.dataset_or_empty(owner, EMPTY))
info, alphabet = data.info, data.alphabet
pickers.trainable_or_end(owner, data, EMPTY)

with widgets.head("Model", "Design a network", f"For {words.data_line(info)}. Everything follows as you change it."):
    pickers.other_dataset(owner, data)
    compare = st.toggle("Compare two", key="design:compare", persist_state="session")
    start_here = st.container(width="content")

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.caption(datasets.split_line(info), width="content")
    for label, icon, target in (("Quality", "fact_check", state.QUALITY), ("Split", "call_split", state.SPLIT)):
        if st.button(label, icon=f":material/{icon}:", type="tertiary", help=datasets.WAYS_ON[label]):
            state.go(target, data=data.folder.name)

if few := design_words.few_sequences(info):
    st.warning(few, icon=":material/warning:")
comparison = st.container()
choose, shape = st.columns([4, 8], gap="medium")
fitting = doors.architectures(info.task, info.alphabet)
with choose:
    own_networks.choose_added()
    chosen = designs.chosen_architecture(fitting, info)
    architecture = doors.architecture(chosen)
    st.caption(f"Source: {markdown(architecture.source)}")
    preset, start = designs.preset(architecture, designs.preset_key(chosen))
    if meant := design_words.preset_line(architecture, preset):
        st.caption(meant)
    jaspar = ""
    if alphabet.double_stranded and info.task == "binary":
        jaspar = pickers.jaspar_motif(owner, info)
    folds = pickers.folds_to_test(owner, data)
    own_networks.offer(owner, data, chosen)

drawing = shape.container()
places: dict[str, DeltaGenerator] = {}
with shape:
    form = f"design:{chosen}:{preset}" if preset else f"design:{chosen}"
    idle = doors.idle_settings(architecture.config, widgets.held(architecture.config, form, start), info)
    settings = widgets.config_form(
        architecture.config, form, advanced=False, captions=True, without=idle, start=start, places=places
    )  # fmt: skip
    if any(field.advanced and field.name not in idle for field in fields_of(architecture.config)):
        with st.expander("More settings of this network", icon=":material/account_tree:"):
            settings |= widgets.config_form(
                architecture.config, form, advanced=True, captions=True, without=idle, start=start, places=places
            )  # fmt: skip
    with st.expander("Training settings and name", icon=":material/tune:"):
        name = st.text_input(
            "Name of the run", placeholder=f"{info.name} · {title(chosen)}", max_chars=80, key="design:name"
        )
        training = widgets.config_form(
            TrainingConfig, "design:training", captions=True, without=doors.idle_settings(TrainingConfig, {}, info),
            places=places,
        )  # fmt: skip

draft = designs.Draft(chosen, settings, training)
with comparison:
    if compare:
        designs.beside(owner, info, draft, fitting, palette)
with drawing:
    refusal = designs.looked_at(owner, info, draft, palette, drawn=not compare)

if refusal:
    widgets.mark(places, (*fields_of(architecture.config), *fields_of(TrainingConfig)), refusal)
why_not = markdown(refusal.what) if refusal else None
storage.get_ready()
if start_here.button("Train", type="primary", icon=":material/play_arrow:", disabled=bool(refusal), help=why_not):
    with doors.open_door():
        started = storage.start_runs(
            owner, data, folds, architecture=chosen, name=name, architecture_config=settings, training=training,
            jaspar=jaspar,
        )  # fmt: skip
    state.go(state.RUNS, run=started)
designs.watch_machine(owner)
