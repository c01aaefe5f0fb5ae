"""Simulate: motifs planted by rules into a background, so that the truth is known."""

import streamlit as st

from pages._ui import simulations, state, storage, waiting, widgets
from seqdl_core.data.simulation.rules import Simulation

owner = state.owner()
above, places = st.container(), {}

settings = widgets.config_form(Simulation, "simulate", advanced=False, captions=True, in_address=True, places=places)
given = simulations.background_of(owner, settings)
with st.expander("Composition and threshold", icon=":material/tune:"):
    settings |= widgets.config_form(
        Simulation, "simulate", advanced=True, captions=True, in_address=True, places=places
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
order = waiting.ordered(owner, "simulate")
made = waiting.computed(owner, order, "Planting sites") if order else None
if made is not None:
    st.divider()
    simulations.show(owner, made)
