"""ESM-2's tensors as its authors and Hugging Face publish them, in the terms of :mod:`seqdl_core.models.esm2`.

Our network has Hugging Face's names, so their tensors go in under the name they have, but for

    lm_head.decoder.weight                     the embedding table once more; it must be the same
    ...attention.self.rotary_embeddings.       how fast each pair of channels turns with the position; in 16 bits while
      inv_freq, one a layer                    training, so it is read and not computed; ours has one for all layers
    esm.embeddings.position_ids, .position_    a numbering and a table that ESM-2 does not use
      embeddings.weight; esm.pooler
    LayerNorm.gamma, .beta                     weight and bias in files that version 5 of the library saves
    esm.contact_head.regression                in networks for contacts alone; its weights as 64ths, since ours reads
                                               the attention maps 64-fold

Files of the authors' own package (facebookresearch/esm) have other names for the same tensors (:data:`_AUTHORS`;
``convert_esm.py`` in transformers pairs them). Its ``.pt`` files hold the training's settings as Python objects too,
which are not read: there, ``torch.save(model.state_dict(), PATH)`` writes what is.

How many layers, channels and heads there are is read off the tensors, heads from the length of ``inv_freq``; of the six
published sizes the setting ``size`` names the one. ESM-1b and ESM-1v (learned positions) are other networks.
"""

import re
from typing import Any

import torch
from torch import Tensor

from seqdl_core.conversion import Translated, Wish
from seqdl_core.conversion._hugging_face import read_hugging_face
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError
from seqdl_core.models.esm2 import CONTACT_SCALE, SIZES, VOCABULARY

SOURCE = "Hugging Face, facebook/esm2_*; github.com/facebookresearch/esm"
LICENCE = "MIT"
READS = "the folder of an ESM-2 model from Hugging Face (config.json, model.safetensors or pytorch_model.bin)"

_TABLE = "esm.embeddings.word_embeddings.weight"
_TURNS = "esm.rotary_embeddings.inv_freq"
_HEAD = ("dense.weight", "dense.bias", "layer_norm.weight", "layer_norm.bias", "bias")
_CONTACTS = ("esm.contact_head.regression.weight", "esm.contact_head.regression.bias")
_UNUSED = ("esm.embeddings.position_ids", "esm.pooler.dense.weight", "esm.pooler.dense.bias")
_POSITIONS = "esm.embeddings.position_embeddings.weight"
_EXPECTED = {
    "model_type": "esm",
    "position_embedding_type": "rotary",
    "emb_layer_norm_before": False,
    "token_dropout": True,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-5,
    "vocab_size": len(VOCABULARY.tokens),
    "mask_token_id": VOCABULARY.index("<mask>"),
    "pad_token_id": VOCABULARY.index("<pad>"),
}
"""What config.json says of ESM-2, where it says it."""

_AUTHORS = (
    (r"(?:encoder\.sentence_encoder\.|encoder\.)", ""),
    (r"embed_tokens\.", "esm.embeddings.word_embeddings."),
    (r"emb_layer_norm_after\.", "esm.encoder.emb_layer_norm_after."),
    (r"contact_head\.", "esm.contact_head."),
    (r"lm_head\.weight$", "lm_head.decoder.weight"),
    (r"layers\.(\d+)\.self_attn\.rot_emb\.", r"esm.encoder.layer.\1.attention.self.rotary_embeddings."),
    (r"layers\.(\d+)\.self_attn\.q_proj\.", r"esm.encoder.layer.\1.attention.self.query."),
    (r"layers\.(\d+)\.self_attn\.k_proj\.", r"esm.encoder.layer.\1.attention.self.key."),
    (r"layers\.(\d+)\.self_attn\.v_proj\.", r"esm.encoder.layer.\1.attention.self.value."),
    (r"layers\.(\d+)\.self_attn\.out_proj\.", r"esm.encoder.layer.\1.attention.output.dense."),
    (r"layers\.(\d+)\.self_attn_layer_norm\.", r"esm.encoder.layer.\1.attention.LayerNorm."),
    (r"layers\.(\d+)\.final_layer_norm\.", r"esm.encoder.layer.\1.LayerNorm."),
    (r"layers\.(\d+)\.fc1\.", r"esm.encoder.layer.\1.intermediate.dense."),
    (r"layers\.(\d+)\.fc2\.", r"esm.encoder.layer.\1.output.dense."),
)
"""How names begin in the authors' package, and what Hugging Face has there."""


def translate(wish: Wish, task: str) -> Translated:
    """The network for one of the tasks ``masked`` and ``contacts``.

    Raises:
        ModelFileError: for files that are damaged, of another network, or without what the task needs.
    """
    where = wish.path.name
    config, tensors = read_hugging_face(wish.path)
    _check_settings(config, where)
    _check_vocabulary(wish)
    found = Tensors(_renamed(tensors, where), where)
    table = found.take(_TABLE, len(VOCABULARY.tokens), -1)
    width = table.shape[1]
    if not width:
        raise ModelFileError("The embedding table has no columns.", where=where, fix="Give the folder as published.")
    keys = found.keys()
    layers = _layers(keys)
    ours = {
        _TABLE: table,
        _TURNS: _turns(found, keys, config, width, where),
    }
    heads = width // (2 * len(ours[_TURNS]))
    for key in keys:
        if key.startswith("esm.encoder.") and not key.endswith("inv_freq"):
            ours[key] = found.take(key)
    if task == "contacts":
        weight, bias = _CONTACTS
        ours |= {weight: found.take(weight) / CONTACT_SCALE, bias: found.take(bias)}
        found.drop("lm_head.decoder.weight", *(f"lm_head.{part}" for part in _HEAD))
    else:
        ours |= {f"lm_head.{part}": found.take(f"lm_head.{part}") for part in _HEAD}
        _check_tied(found, ours[_TABLE], where)
        found.drop(*_CONTACTS)
    found.drop(*_UNUSED)
    found.finish()
    return Translated(sized(wish, (layers, width, heads)), ours, 1 if task == "contacts" else 20)


def _check_settings(config: dict[str, Any], where: str) -> None:
    for name, wanted in _EXPECTED.items():
        if name in config and config[name] != wanted:
            raise ModelFileError(
                f"config.json says {name} = {config[name]!r}; ESM-2 has {wanted!r}.",
                where=where,
                fix="Give a model of the ESM-2 family (facebook/esm2_t6_8M_UR50D to esm2_t48_15B_UR50D).",
            )


def _check_vocabulary(wish: Wish) -> None:
    """Rows of the embedding table are tokens in the published order; a folder that brings another is refused."""
    listed = wish.path / "vocab.txt"
    if not listed.is_file():
        return
    with listed.open(encoding="utf-8", errors="replace") as opened:
        tokens = opened.read(4096).split()
    if tuple(tokens) != VOCABULARY.tokens:
        raise ModelFileError(
            "vocab.txt lists other tokens, or in another order, than ESM-2's.",
            where=wish.path.name,
            fix="Give the folder as it is published.",
        )


def _renamed(tensors: dict[str, Tensor], where: str) -> dict[str, Tensor]:
    renamed: dict[str, Tensor] = {}
    for key, tensor in tensors.items():
        name = key
        if not key.startswith(("esm.", "lm_head.")) or key == "lm_head.weight":
            for theirs, ours in _AUTHORS:
                name = re.sub(f"^{theirs}", ours, name)
        name = re.sub(r"LayerNorm\.gamma$", "LayerNorm.weight", re.sub(r"LayerNorm\.beta$", "LayerNorm.bias", name))
        if name in renamed:
            raise ModelFileError(
                f"'{key}' and another tensor of the file are the same part of the network.",
                where=where,
                fix="Check that the file is of the source you named and was not changed.",
            )
        renamed[name] = tensor
    return renamed


def _layers(keys: list[str]) -> int:
    numbers = [int(number[1]) for key in keys if (number := re.match(r"esm\.encoder\.layer\.(\d{1,3})\.", key))]
    return max(numbers, default=-1) + 1


def _turns(found: Tensors, names: list[str], config: dict[str, Any], width: int, where: str) -> Tensor:
    """How fast each pair of channels turns; by the formula where a file has none and its config says how many."""
    keys = [key for key in names if key.endswith("rotary_embeddings.inv_freq")]
    rotary = bool(keys) or config.get("position_embedding_type") == "rotary"
    if rotary:
        found.drop(_POSITIONS)
    if keys:
        first, *others = (found.take(key, -1) for key in keys)
        if any(not torch.equal(first, other) for other in others):
            raise ModelFileError(
                "The layers turn at different speeds (inv_freq); ESM-2's all turn at the same.",
                where=where,
                fix="Check that the file is of the source you named and was not changed.",
            )
        if not len(first) or width % (2 * len(first)):
            raise ModelFileError(
                f"A width of {width:,} cannot be shared among heads of {2 * len(first)} channels (inv_freq).",
                where=where,
                fix="Check that the file is of the source you named and was not changed.",
            )
        return first
    heads = config.get("num_attention_heads")
    if not rotary or not isinstance(heads, int) or heads < 1 or width % (2 * heads):
        raise ModelFileError(
            "Neither a tensor (inv_freq) nor a config.json beside the file says how many heads the network has.",
            where=where,
            fix="Give the folder of an ESM-2 model from Hugging Face, with its config.json.",
        )
    channels = torch.arange(0, width // heads, 2, dtype=torch.float32)
    return 10_000 ** -(channels / (width // heads))


def _check_tied(found: Tensors, table: Tensor, where: str) -> None:
    if "lm_head.decoder.weight" in found and not torch.equal(found.take("lm_head.decoder.weight"), table):
        raise ModelFileError(
            "'lm_head.decoder.weight' is not the embedding table, which it is in ESM-2.",
            where=where,
            fix="Give weights whose last layer is tied to the embedding table.",
        )


def sized(wish: Wish, dimensions: tuple[int, int, int]) -> Any:
    """The published size where it is one; otherwise layers, width and heads as the file has them."""
    if wish.config.dimensions == dimensions:
        return wish.config
    size = next((name for name, published in SIZES.items() if published == dimensions), None)
    return wish.decided({"size": size} if size else dict(zip(("layers", "width", "heads"), dimensions, strict=True)))
