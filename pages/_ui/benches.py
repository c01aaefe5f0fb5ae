"""The parts of the mutation bench: which sequence is on it, its edits in the page address, and its three cards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._ui import doors, motif_doors, state, widgets, words
from pages._ui.readings import Reading
from seqdl_core.errors import SeqDLError
from seqdl_core.figures.text import markdown, one_line, told_apart
from seqdl_core.runs.folder import RunFolder
from seqdl_core.sequences.alphabets import Alphabet
from seqdl_core.variants.edits import Edit, History

if TYPE_CHECKING:
    from seqdl_core.figures.palette import Palette
    from seqdl_core.sequences.motifs import Motif
    from seqdl_core.variants.bench import SequenceView
    from seqdl_core.variants.sites import Site

_MOST_SHOWN = 7


@dataclass(frozen=True)
class Bench:
    """What is on the bench: a held-out row, or a sequence of the person's own (``row`` is None)."""

    name: str
    row: int | None
    sequence: str
    alphabet: Alphabet
    reading: Reading
    history: History

    @property
    def edited(self) -> str:
        return self.history.apply(self.sequence)


def opened(owner: str, run: RunFolder) -> Bench:
    """The bench as the page address tells it; an address that does not fit the sequence is refused aloud."""
    rows, alphabet = doors.held_out(owner, run), doors.dataset_of(owner, run).alphabet
    own = state.address("seq")
    if own:
        name, row, sequence = "your sequence", None, doors.read_sequence(own, alphabet)
    else:
        row = words.row_number(state.address("row"), len(rows))
        row = doors.row_to_edit(owner, run) if row is None else row
        name, sequence = str(rows["id"].iloc[row]), str(rows["sequence"].iloc[row])
    history = History()
    with doors.open_door(stop=False):
        history = _in_address(sequence, alphabet)
    return Bench(name, row, sequence, alphabet, doors.reading(owner, run), history)


def _in_address(sequence: str, alphabet: Alphabet) -> History:
    return History.read(state.address("edits"), state.address("done"), sequence, alphabet)


def save(history: History) -> None:
    """Write every edit, also those undone, into the page address."""
    state.set_address("edits", history.text)
    state.set_address("done", str(history.done) if history.can_redo else "")


def changed(bench: Bench) -> Callable[[dict[str, Any]], None]:
    """What the track calls when the person did something on it.

    Between two quick clicks the page may not have run to its end, so the history is not that of ``bench``: it is read
    anew from the page address, to which each click writes at once.
    """

    def take(event: dict[str, Any]) -> None:
        try:
            history = _in_address(bench.sequence, bench.alphabet)
        except SeqDLError:
            history = History()  # refused aloud when the page opened
        edited, kind = history.apply(bench.sequence), event.get("kind")
        if kind == "mutate":
            history = history.then(Edit(int(event["position"]), str(event["letter"])))
        elif kind == "reset":
            places = event.get("positions") or [event["position"]]
            back = [Edit(int(place), bench.sequence[int(place)]) for place in places]
            history = history.then(*(edit for edit in back if edited[edit.position] != edit.letter))
        elif kind == "undo":
            history = history.undo()
        elif kind == "redo":
            history = history.redo()
        save(history)

    return take


def pick_sequence(owner: str, run: RunFolder, bench: Bench) -> None:
    """A held-out sequence by its name; a new one has no edits yet."""
    names = told_apart([one_line(name, 40) for name in doors.held_out(owner, run)["id"]])
    picked = st.selectbox(
        "Sequence", range(len(names)), index=bench.row, placeholder="your sequence",
        format_func=lambda row: f"{names[row]} · held-out", label_visibility="collapsed", width=280,
        key=f"bench-row:{run.id}:{bench.row}",
    )  # fmt: skip
    if picked is not None and picked != bench.row:
        _put_on(row=str(picked))
        st.rerun()


def bring_sequence(bench: Bench) -> None:
    """A sequence of the person's own."""
    with st.popover("Bring your own", icon=":material/content_paste:"):
        typed = st.text_area(
            f"A {bench.alphabet.title} sequence", height=110, max_chars=5000, key=state.fresh_key("bench-own"),
            placeholder=bench.alphabet.letters * 3,
        )  # fmt: skip
        if st.button("Put it on the bench", icon=":material/check:") and typed.strip():
            with doors.open_door(stop=False):
                _put_on(seq=doors.read_sequence(typed, bench.alphabet))
                state.renew_key("bench-own")
                st.rerun()


def _put_on(**address: str) -> None:
    for name in ("row", "seq", "edits", "done"):
        state.set_address(name, address.get(name, ""))


def prediction_card(bench: Bench, reference: "SequenceView", edited: "SequenceView", palette: "Palette") -> None:
    """What the model gives before and after."""
    reading = bench.reading
    before, after = reading.told(reference.probability), reading.told(edited.probability)
    st.markdown(f"**{markdown(reading.title)}**")
    ref, alt, delta = st.columns(3)
    ref.metric("REF", f":gray[{before}]")
    alt.metric("ALT", f":violet[{after}]")
    delta.metric(f"Δ {markdown(reading.unit)}", reading.effect(edited.score - reference.score))
    drawn = reading.scale(reference.probability, edited.probability, palette)
    widgets.figure(drawn, f"{reading.spoken.capitalize()} {before}, after the edits {after}.", still=True)
    st.subheader(markdown(reading.sentence(reference, edited)), anchor=False)
    st.caption("Not a clinical classification.")


def edit_card(owner: str, run: RunFolder, bench: Bench) -> None:
    """Every state of the sequence with its prediction; undo and redo."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown("**Edits**", width="content")
        with st.container(horizontal=True, width="content", gap="small"):
            for name, possible, target in (
                ("Undo", bench.history.can_undo, bench.history.undo()),
                ("Redo", bench.history.can_redo, bench.history.redo()),
            ):
                icon = f":material/{name.lower()}:"
                if st.button("", icon=icon, help=name, type="tertiary", disabled=not possible, key=name.lower()):
                    _move(target)
    steps = bench.history.steps(bench.sequence, bench.alphabet)
    shown = steps[:1] + steps[1:][-_MOST_SHOWN:]
    first = len(steps) - len(shown)
    answers = doors.step_answers(owner, run, [step.sequence for step in shown])
    with st.container(gap=None):
        for place, (step, answer) in enumerate(zip(shown, answers, strict=True)):
            at = place + first if place else 0
            current = at == bench.history.done
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                label = f"**{markdown(step.name)}**" if current else markdown(step.name)
                icon = ":material/radio_button_checked:" if current else ":material/radio_button_unchecked:"
                if st.button(label, icon=icon, type="tertiary", key=f"step:{at}", help="Go to this state"):
                    _move(bench.history.to(at))
                told = bench.reading.told(answer)
                st.markdown(f":violet[**{told}**]" if current else f":gray[{told}]", width="content")
    st.caption("Names follow HGVS on this sequence. The page address holds every edit.")


def _move(history: History) -> None:
    save(history)
    st.rerun()


def motif_card(
    bench: Bench, motifs: "Sequence[Motif]", sites: "Sequence[Site]", palette: "Palette", *, matched: bool
) -> None:
    """Sites of the motifs that the filters matched: kept, lost and gained by the edits."""
    st.markdown("**Motifs**")
    if not motifs:
        no_match = (
            "No filter of this model matches a JASPAR motif, so there is nothing to look for."
            if matched
            else "The filters are not matched to JASPAR yet; that comes when the run is finished."
        )
        st.caption(words.not_in_jaspar(bench.alphabet) or no_match)
        return
    for site in sites[:_MOST_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(motif_doors.logo(site.motif, palette.mode), width=110, alt=f"Logo of {site.motif.name}")
            st.markdown(words.site_line(site, bench.edited != bench.sequence))
    if not sites:
        st.markdown("No site of these motifs, before or after.")
    names = ", ".join(markdown(motif.name) for motif in motifs)
    st.caption(f"Looked for on both strands, p < 10⁻⁴ a place: {names}.")
