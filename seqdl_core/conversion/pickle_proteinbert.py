"""ProteinBERT's published pickle (:mod:`seqdl_core.models.proteinbert`), read without executing anything.

The file is ``(number of annotations, weights, state of the optimizer)`` (``proteinbert/pretraining.py`` of the authors'
code). Weights are a list without names, in the order in which Keras sorts a network's layers: deepest first. That order
is worked out from the authors' code and is that of a published list of the loaded model's 102 layers; it was not yet
tried on the file itself. For each of B blocks, 23 arrays:

    place            layer                            ours                            what differs
    0, 1             dense-global-input               annotations_in                  dense (in, out) is turned
    2                embedding-seq-input              embedding
    3 + 23 b ...     global-to-seq-dense              blocks.b.global_to_local
      + 2, + 4       narrow-conv, wide-conv           .narrow, .wide                  (K, in, out) becomes (out, in, K)
      + 6            seq-merge1-norm                  .local_norm1
      + 8, + 10      seq-dense, seq-merge2-norm       .local_dense, .local_norm2
      + 12           global-dense1                    .global_dense1
      + 14, 15, 16   global-attention                 .attention.query, .key, .value  the same
      + 17           global-merge1-norm               .global_norm1
      + 19, + 21     global-dense2, global-merge2-    .global_dense2, .global_norm2
                     norm
    last four        output-seq, output-annotations   letters, terms

The narrow and the wide convolution of a block have one shape, as have its two dense layers of the global track: nothing
in the file would tell if they stood the other way round. With real weights, compare how many residues of a known
protein the network names rightly with and without them swapped. Neither is the wide convolution's dilation in the file.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._safe_pickle import read_plain_pickle
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError
from seqdl_core.models.proteinbert import VOCABULARY
from seqdl_core.sequences.alphabets import PROTEIN

_BEFORE, _EACH, _BEHIND = 3, 23, 4
_BLOCK = (
    ("global-to-seq-dense", "global_to_local", "dense"),
    ("narrow-conv", "narrow", "convolution"),
    ("wide-conv", "wide", "convolution"),
    ("seq-merge1-norm", "local_norm1", "norm"),
    ("seq-dense", "local_dense", "dense"),
    ("seq-merge2-norm", "local_norm2", "norm"),
    ("global-dense1", "global_dense1", "dense"),
    ("global-attention", "attention", "attention"),
    ("global-merge1-norm", "global_norm1", "norm"),
    ("global-dense2", "global_dense2", "dense"),
    ("global-merge2-norm", "global_norm2", "norm"),
)
"""Layers of a block: the authors' name, ours, and what it is."""

_ARRAYS = {
    "dense": ("kernel", "bias"),
    "convolution": ("kernel", "bias"),
    "norm": ("gamma", "beta"),
    "attention": ("Wq", "Wk", "Wv"),
    "embedding": ("embeddings",),
}
_OURS = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "Wq": "query",
    "Wk": "key",
    "Wv": "value",
}


def _translate(wish: Wish) -> Translated:
    where = wish.path.name
    annotations, weights = _parts(read_plain_pickle(wish.path), wish.path.stat().st_size, where)
    blocks = (len(weights) - _BEFORE - _BEHIND) // _EACH
    layers = list(_layers(blocks))
    names = [f"{theirs}/{array}" for theirs, _, kind in layers for array in _ARRAYS[kind]]
    found = Tensors(dict(zip(names, weights, strict=True)), where)
    ours = {"embedding": found.take("embedding-seq-input/embeddings", len(VOCABULARY.tokens), -1)}
    for theirs, place, kind in layers:
        if kind != "embedding":
            ours |= _layer(found, theirs, place, kind)
    found.finish()
    if len(ours["terms.bias"]) != annotations:
        raise _foreign(f"It says {annotations:,} annotations and has {len(ours['terms.bias']):,}.", where)
    heads, whole, key_width = ours["blocks.0.attention.query"].shape
    local, _, width = ours["blocks.0.narrow.weight"].shape
    config = wish.decided(
        {
            "blocks": blocks,
            "local_width": local,
            "global_width": whole,
            "heads": heads,
            "key_width": key_width,
            "filter_width": width,
            "annotations": annotations,
        }
    )
    return Translated(config, ours, PROTEIN.size)


def _parts(read: Any, room: int, where: str) -> tuple[int, list[Tensor]]:
    """How many annotations, and the arrays of the network alone; ``room`` is the size of the file in bytes."""
    if type(read) is not tuple or len(read) != 3 or type(read[1]) is not list:
        raise _foreign("It is not (number of annotations, list of weights, list of the optimizer's).", where)
    annotations, weights, _ = read
    if isinstance(annotations, np.integer):
        annotations = int(annotations)
    if type(annotations) is not int:
        raise _foreign("It does not begin with a number of annotations.", where)
    blocks, rest = divmod(len(weights) - _BEFORE - _BEHIND, _EACH)
    if rest or blocks < 1:
        raise _foreign(
            f"It has {len(weights):,} arrays; a network of six blocks has {_BEFORE + 6 * _EACH + _BEHIND}.", where
        )
    if any(not isinstance(array, np.ndarray) or array.dtype.kind != "f" for array in weights):
        raise _foreign("One of its weights is no array of floating-point numbers.", where)
    if sum(array.nbytes for array in weights) > room:
        raise _foreign("Its arrays are together larger than the file: the same numbers stand in several.", where)
    return annotations, [torch.from_numpy(np.array(array, array.dtype.newbyteorder("="))) for array in weights]


def _layers(blocks: int) -> Iterator[tuple[str, str, str]]:
    yield "dense-global-input", "annotations_in", "dense"
    yield "embedding-seq-input", "embedding", "embedding"
    for block in range(blocks):
        for theirs, ours, kind in _BLOCK:
            yield f"{theirs}-block{block + 1}", f"blocks.{block}.{ours}", kind
    yield "output-seq", "letters", "dense"
    yield "output-annotations", "terms", "dense"


def _layer(found: Tensors, theirs: str, ours: str, kind: str) -> dict[str, Tensor]:
    axes = {"attention": (-1, -1, -1), "convolution": (-1, -1, -1), "dense": (-1, -1), "norm": (-1,)}[kind]
    tensors = {}
    for array in _ARRAYS[kind]:
        tensor = found.take(f"{theirs}/{array}", *(axes if array != "bias" else (-1,)))
        if array == "kernel":
            tensor = tensor.permute(2, 1, 0).contiguous() if kind == "convolution" else tensor.T.contiguous()
        tensors[f"{ours}.{_OURS[array]}"] = tensor
    return tensors


def _foreign(what: str, where: str) -> ModelFileError:
    return ModelFileError(
        f"The file is not laid out as ProteinBERT's. {what}",
        where=where,
        fix="Give epoch_92400_sample_23500000.pkl (or default.pkl) as it is published.",
    )


CONVERTER = Converter(
    name="pickle-proteinbert",
    title="ProteinBERT, as its authors publish it",
    architecture="proteinbert",
    reads="epoch_92400_sample_23500000.pkl (which their package stores as default.pkl)",
    source="Zenodo 10371965; github.com/nadavbra/protein_bert",
    licence="MIT",
    task="masked",
    length=510,
    translate=_translate,
    alphabet="protein",
    label_names=tuple(PROTEIN.letters),
)
