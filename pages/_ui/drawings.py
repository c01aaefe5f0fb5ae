"""A network as the Design page draws it, alone or beside another: its layers, and how far it sees."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages._ui import reach_words, widgets
from pages._ui.components.layers import layer_list
from seqdl_core.figures.layers import Block, layer_columns, receptive_field
from seqdl_core.figures.palette import Palette
from seqdl_core.own_networks import title
from seqdl_core.sequences.alphabets import alphabet_named

if TYPE_CHECKING:
    from seqdl_core.anatomy import Anatomy
    from seqdl_core.data.dataset import DatasetInfo


def layers(
    anatomy: "Anatomy",
    info: "DatasetInfo",
    palette: Palette,
    name: str,
    *,
    key: str = "design:layers",
    half: bool = False,
    beside: "Anatomy | None" = None,
) -> None:
    """The diagram; on ``half`` of the page in one scale with the network that it stands ``beside``."""
    other = _blocks(beside, info) if beside else ()
    columns = layer_columns(_blocks(anatomy, info), palette, beside=other, compact=half)
    called = f"Layers of {title(name)}, from the sequence to the score"
    layer_list(columns, palette, key=key, title=called, compact=half)


def _blocks(anatomy: "Anatomy", info: "DatasetInfo") -> Sequence[Block]:
    blocks = [
        Block(one.name, one.kind, one.detail, one.channels, one.positions, one.times, one.pairs, one.vector)
        for one in anatomy.layers
    ]
    last = blocks[-1]
    return [*blocks[:-1], Block(last.name, last.kind, reach_words.answer(info), last.channels, last.positions,
                                last.times, last.pairs)]  # fmt: skip


def field(
    anatomy: "Anatomy", info: "DatasetInfo", palette: Palette, *, key: str = "design:field", half: bool = False
) -> None:
    """How far one unit sees, drawn over the sequence, and what that means; on ``half`` of the page in fewer words."""
    unit = alphabet_named(info.alphabet).unit
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        st.markdown("**Receptive field**", width="content")
        widgets.badges([reach_words.badge(anatomy, info.length)], width="content")
    sentence = reach_words.sentence(anatomy, info, unit)
    bar = receptive_field(
        anatomy.receptive_field, info.length, unit, palette, whole=bool(anatomy.whole),
        told=reach_words.told(anatomy, info, unit, short=half), filter_width=anatomy.filter_width,
    )  # fmt: skip
    widgets.figure(bar, sentence, key=key, still=True)
    st.caption(sentence)
