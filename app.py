"""The frame of SeqDL: sign, theme and the table of contents. Start it with ``make app``."""

import streamlit as st

from pages._ui import doors, pickers, state
from seqdl_core.figures.brand import logo, mark
from seqdl_core.figures.palette import LIGHT

misread = state.address_was_misread()
st.set_page_config(page_title="SeqDL", page_icon=mark(LIGHT), layout="wide", initial_sidebar_state=240)
st.logo(logo(state.palette()), size="large", icon_image=mark(state.palette()))

page = st.navigation(
    {
        "": [st.Page(state.HOME, title="Home", icon=":material/home:", default=True)],
        "Data": [
            st.Page(state.IMPORT, title="Import", icon=":material/upload_file:", url_path="import"),
            st.Page(state.QUALITY, title="Quality", icon=":material/fact_check:"),
            st.Page(state.SPLIT, title="Split", icon=":material/call_split:"),
            st.Page(state.SIMULATE, title="Simulate", icon=":material/science:"),
        ],
        "Model": [
            st.Page(state.DESIGN, title="Design", icon=":material/account_tree:"),
            st.Page(state.RUNS, title="Runs", icon=":material/play_circle:"),
        ],
        "Judge": [st.Page(state.VERDICT, title="Verdict", icon=":material/balance:")],
        "Explain": [
            st.Page(state.SEQUENCES, title="Sequences", icon=":material/view_agenda:"),
            st.Page(state.FILTERS, title="Filters", icon=":material/filter_alt:"),
        ],
        "Variants": [st.Page(state.BENCH, title="Mutation bench", icon=":material/edit:")],
    },
    expanded=True,
)
if misread:
    st.html("<script>window.location.reload()</script>", unsafe_allow_javascript=True)
    st.stop()
try:
    page.run()
finally:  # a page may end early, or choose what to work with
    with st.sidebar:
        pickers.working_with()
doors.warm_up()
