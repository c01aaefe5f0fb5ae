"""What a click on the track writes into the page address."""

from streamlit.testing.v1 import AppTest


def two_clicks_on_one_page() -> None:
    import streamlit as st

    from pages._ui import benches
    from pages._ui.readings import Probability
    from seqdl_core.sequences.alphabets import DNA
    from seqdl_core.variants.edits import History

    opened = benches.Bench("toy", 0, "ACGT", DNA, Probability(("0", "1")), History())
    take = benches.changed(opened)
    take({"kind": "mutate", "position": 0, "letter": "T"})
    take({"kind": "mutate", "position": 1, "letter": "A"})
    st.text(st.query_params["edits"])
    take({"kind": "undo"})
    take({"kind": "reset", "position": 0, "positions": [0, 1]})
    st.text(st.query_params["edits"])


def test_a_second_click_before_the_page_has_run_again_keeps_the_first() -> None:
    page = AppTest.from_function(two_clicks_on_one_page).run()
    assert not page.exception
    assert [one.value for one in page.text] == ["1T.2A", "1T.1A"]
