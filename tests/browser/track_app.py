"""A page with one track and a toy predictor: what the browser test of the track drives.

The address chooses the case: ``?mode=bench|stack``, ``length``, ``alphabet``. Every event the page gets is echoed.
"""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[2]))
from pages._ui.components.track import sequence_track

# motif, start, name, weight, and how much each letter of it counts
MOTIFS = {
    "dna": (
        ("ACTTCCGG", 43, "ELK1 (−)", 1.0, (5, 6, 7, 8, 9, 10, 9, 8)),
        ("GGGGCGGGGG", 56, "SP1 (+)", 0.25, (6, 7, 7, 6, 5, 8, 8, 5, 4, 7)),
    ),
    "protein": (("WDDATKTF", 10, "core", 1.0, (8, 5, 6, 9, 4, 7, 5, 9)),),
}
LETTERS = {"dna": "ACGT", "protein": "ACDEFGHIKLMNPQRSTVWY"}


def reference(alphabet: str, length: int, seed: int = 7) -> str:
    letters = [*np.random.default_rng(seed).choice(list(LETTERS[alphabet]), length)]
    for motif, start, *_ in MOTIFS[alphabet]:
        letters[start : start + len(motif)] = motif
    return "".join(letters[:length])


def logit(sequence: str, alphabet: str) -> float:
    """The share of each motif that is there, to the fourth power; a T after ELK1 helps, the rest hardly matters."""
    total = -2.5 + 0.9 * (sequence[51:52] == "T")
    for motif, start, _, weight, counts in MOTIFS[alphabet]:
        found = sequence[start : start + len(motif)]
        there = sum(c for a, b, c in zip(found, motif, counts, strict=False) if a == b) / sum(counts)
        total += 6.5 * weight * there**4
    return total + 0.012 * sum((ord(letter) * (i + 3)) % 7 - 3 for i, letter in enumerate(sequence[:120]))


def effects(sequence: str, alphabet: str) -> np.ndarray:
    """Change in logit of every substitution, (A, L)."""
    now = logit(sequence, alphabet)
    out = np.zeros((len(LETTERS[alphabet]), len(sequence)))
    for row, letter in enumerate(LETTERS[alphabet]):
        for i in range(len(sequence)):
            if sequence[i] != letter:
                out[row, i] = logit(sequence[:i] + letter + sequence[i + 1 :], alphabet) - now
    return out


def probability(value: float | np.ndarray) -> float | np.ndarray:
    return 1 / (1 + np.exp(-value))


def line(label: str, sequence: str, alphabet: str, tone: str = "") -> dict:
    values = -effects(sequence, alphabet).mean(axis=0)
    note = f"{probability(logit(sequence, alphabet)):.3f}"
    return {"label": label, "note": note, "sequence": sequence, "values": values, "tone": tone}


def bench(alphabet: str, length: int) -> dict:
    original = reference(alphabet, length)
    edited = st.session_state.get("edited", original)
    delta = effects(edited, alphabet)
    chances = probability(logit(edited, alphabet) + delta)
    rows = [line("REF", original, alphabet, "reference"), line("ALT", edited, alphabet, "accent")]
    hits = [
        {"start": start, "end": start + len(motif), "label": label,
         "status": "kept" if edited[start : start + len(motif)] == motif else "lost"}
        for motif, start, label, *_ in MOTIFS[alphabet]
    ]  # fmt: skip
    return {
        "mode": "bench",
        "letters": LETTERS[alphabet],
        "sequence": original,
        "edited": edited,
        "rows": rows[: 1 + (edited != original)],
        "map": {"values": delta, "limit": 3.8, "unit": "logit", "probabilities": chances},
        "unit": "logit",
        "hits": hits,
        "name": st.query_params.get("name", "seq_00604_peak"),
        "title": "In-silico mutagenesis, cnn",
    }  # fmt: skip


def stack(alphabet: str, length: int) -> dict:
    rows = []
    for i in range(5):
        sequence = reference(alphabet, length, seed=20 + i)
        rows.append(line(f"seq_{604 - 30 * i:05d}_peak", sequence, alphabet))
        rows[-1]["note"] = f"bound · {rows[-1]['note']}"
        rows[-1]["hits"] = [{"start": s, "end": s + len(m), "label": label} for m, s, label, *_ in MOTIFS[alphabet]]
    rows[-1]["values"] = np.random.default_rng(3).normal(0, 0.4, length)
    rows[-1]["hits"] = []
    rows[-1]["refused"] = (
        "Not to be read: the two strands disagree (r = 0.12) and mutagenesis does not confirm it (r = 0.20)."
    )
    return {
        "mode": "stack",
        "letters": LETTERS[alphabet],
        "rows": rows,
        "unit": "logit",
        "title": "What the network saw",
    }


def change(event: dict) -> None:
    """Runs before the page: the track of the same run already shows the new sequence."""
    original = reference(alphabet, length)
    edited = st.session_state.get("edited", original)
    places = {event["position"]: event["letter"]} if event["kind"] == "mutate" else {}
    if event["kind"] == "reset":
        places = {p: original[p] for p in event["positions"]}
    past = st.session_state.setdefault("past", [])
    if places:
        past.append(edited)
    if event["kind"] == "undo" and past:
        edited = past.pop()
    for position, letter in places.items():
        edited = edited[:position] + letter + edited[position + 1 :]
    st.session_state["edited"] = edited
    st.session_state["events"] = [*st.session_state.get("events", []), event]


st.set_page_config(layout="wide")
alphabet = st.query_params.get("alphabet", "dna")
length = int(st.query_params.get("length", 101))
mode = st.query_params.get("mode", "bench")
data = bench(alphabet, length) if mode == "bench" else stack(alphabet, length)
if st.query_params.get("style", "callback") == "callback":
    sequence_track(data, key="track", on_event=change)
else:
    told = sequence_track(data, key="track")
    if told:
        change(told)
        st.rerun()
for told in st.session_state.get("events", []):
    st.text(" ".join(f"{name}={value}" for name, value in told.items() if name != "serial"))
st.button("Run again")
