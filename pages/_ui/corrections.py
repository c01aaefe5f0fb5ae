"""The boxes that correct an import: one for each line, and for what only matters to some files."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import doors
from seqdl_core.config import fields_of, parse
from seqdl_core.data.choices import ImportChoices
from seqdl_core.figures.text import markdown, one_line

if TYPE_CHECKING:
    from seqdl_core.data.findings import Finding

Choose = Callable[[str, str], None]
"""Takes a setting and its value."""


def correction(finding: "Finding", chosen: str, choose: Choose) -> None:
    """One box that corrects one line of an import: a choice, or text where the options are not known beforehand. A
    line with nothing to choose has none.

    Args:
        chosen: what the person chose before, "" for nothing. It stands in the box even where it was refused.
    """
    if not finding.choice:
        return
    if not finding.options:
        _typed(finding, chosen, choose)
        return
    texts = {value: one_line(text, 60) for value, text in finding.options}
    titles = {field.name: field.title for field in fields_of(ImportChoices)}
    shown = next((value for value in (chosen, finding.value) if value in texts), None)
    picked = st.selectbox(
        titles[finding.choice], list(texts), index=None if shown is None else list(texts).index(shown),
        format_func=texts.__getitem__, label_visibility="collapsed", key=f"found:{finding.choice}:{shown}",
    )  # fmt: skip
    if picked is not None and picked != shown:
        choose(finding.choice, picked)
        st.rerun()


def _typed(finding: "Finding", chosen: str, choose: Choose) -> None:
    """Text is checked before it is taken, so that a slip is told beside its box and not instead of the page."""
    [field] = [field for field in fields_of(ImportChoices) if field.name == finding.choice]
    shown = chosen or finding.value
    typed = st.text_input(
        field.title, shown, help=markdown(field.help), placeholder="Type it here",
        key=f"found:{finding.choice}:{shown}",
    ).strip()  # fmt: skip
    if typed != shown:
        with doors.open_door(stop=False):
            parse(ImportChoices, {finding.choice: typed or field.default}, where=field.title)
            choose(finding.choice, typed)
            st.rerun()


def remedy(setting: str, title: str, offered: Sequence[tuple[str, str]], now: Any, choose: Choose) -> None:
    """A choice that resolves a problem of an import, with what is in force marked."""
    texts = dict(offered)
    current = getattr(now, setting)
    current = current if current in texts else next(iter(texts))  # two words for the same thing, such as auto and pad
    picked = st.segmented_control(
        title, list(texts), default=current, required=True, format_func=texts.__getitem__,
        key=f"remedy:{setting}:{current}",
    )  # fmt: skip
    if picked != current:
        choose(setting, str(picked))
        st.rerun()


def take_back(unseen: Sequence[tuple[str, str, str]], choose: Choose) -> None:
    """Corrections that no line shows while something stands in the way: setting, title, value. Each keeps its box."""
    for setting, title, value in unseen:
        told, correct, back = st.columns([4, 2, 1], vertical_alignment="center", gap="medium")
        told.markdown(f"You chose **{markdown(value, 60)}** as *{markdown(title.lower())}*.")
        with correct:
            correction(_in_force(setting, title, value), value, choose)
        if back.button("Take it back", key=f"take-back:{setting}", type="tertiary", icon=":material/undo:"):
            choose(setting, "")
            st.rerun()


def _in_force(setting: str, title: str, value: str) -> "Finding":
    """A line for a choice that the files do not answer: what may be chosen, or text."""
    from seqdl_core.data.findings import Finding

    [field] = [field for field in fields_of(ImportChoices) if field.name == setting]
    options = tuple((choice, choice.capitalize()) for choice in field.choices)
    return Finding(setting, "undo", title, field.help, setting, value, options)
