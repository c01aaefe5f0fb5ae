"""Simulate: motifs planted by rules into a background, so that the truth is known."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._ui import simulations, state, storage, waiting, widgets
from seqdl_core.data.simulation.rules import Simulation

owner = state.owner()
above, result = st.container(), st.container()  # the result stands where its button is, and not below all settings
order = waiting.ordered(owner, "simulate")
places: dict[str, DeltaGenerator] = {}

with st.container():  # of one place with and without an order, so that no setting moves
    if order:
        widgets.section("Rules", "For another data set, change them and make it above")
settings = widgets.config_form(
    Simulation, "simulate", advanced=False, captions=True, in_address=True, places=places, typed=True
)  # fmt: skip
given = simulations.background_of(owner, settings)
with st.expander("Composition and threshold", icon=":material/tune:"):
    settings |= widgets.config_form(
        Simulation, "simulate", advanced=True, captions=True, in_address=True, places=places, typed=True
    )  # fmt: skip
problems = simulations.problems(settings, given, places)

with above, widgets.head(
    "Data", "Simulate", "Plant motifs by rules and know the truth: what a network should find, and whether it did."
):  # fmt: skip
    make = st.button(
        "Make this data set", type="primary", icon=":material/science:", disabled=bool(problems),
        help=simulations.in_the_way(problems) or None,
    )  # fmt: skip
if make and not problems:
    waiting.order("simulate", simulations.command(settings, given, storage.store().new_dataset_folder(owner)))
    st.rerun()
with result:
    made = waiting.computed(owner, order, "Planting sites") if order else None
    if made is not None:
        simulations.show(owner, made)
