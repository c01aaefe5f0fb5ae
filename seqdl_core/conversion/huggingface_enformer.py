"""Enformer as the PyTorch port has it on Hugging Face; which tensor goes where: :mod:`._enformer`.

    theirs                                     ours                 what differs
    convolutions (F, C, K)                     the same
    heads and other dense layers (out, in)     the same; heads are convolutions of width 1
    to_attn_logits.weight (out, in, 1, 1)      weigh.weight         one axis less
    rel_content_bias, rel_pos_bias             content_bias, ...    (1, H, 1, K): one axis less
    _trunk.{1,2,4,6}. and the like             -                    the same tensors under a second name
    num_batches_tracked                        -                    a count that only training has a use for

A second name comes of the port holding its parts twice; such tensors must be equal to those of the first name.
"""

import re

import torch
from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._enformer import LENGTH, SETTINGS, Part, translated
from seqdl_core.conversion._hugging_face import read_hugging_face
from seqdl_core.conversion._tensors import Tensors
from seqdl_core.errors import ModelFileError

_NORM = ("weight", "bias", "running_mean", "running_var")


def _translate(wish: Wish) -> Translated:
    where = wish.path.name
    config, tensors = read_hugging_face(wish.path)
    if config.get("model_type", "enformer") != "enformer":
        raise ModelFileError(
            f"config.json says model_type = {config['model_type']!r}; Enformer's says 'enformer'.",
            where=where,
            fix="Give the folder of EleutherAI/enformer-official-rough.",
        )
    found = Tensors(_once(tensors, where), where)
    keys = found.keys()
    result = translated(
        wish,
        lambda part: _read(found, part),
        blocks=_count(keys, r"conv_tower\.(\d{1,3})\."),
        layers=_count(keys, r"transformer\.(\d{1,3})\."),
        pooled=any("to_attn_logits" in key for key in keys),
        mouse=any(key.startswith("_heads.mouse.") for key in keys),
    )
    found.drop(*(key for key in keys if key.endswith(".num_batches_tracked")))
    found.finish()
    return result


def _once(tensors: dict[str, Tensor], where: str) -> dict[str, Tensor]:
    """Without the second names: where each part of the trunk has the same tensors as a part of the network."""
    first = {key: tensor for key, tensor in tensors.items() if not key.startswith("_trunk.")}
    parts = ("stem.", "conv_tower.", "transformer.", "final_pointwise.")
    named = sorted({int(at[1]) for key in tensors if (at := re.match(r"_trunk\.(\d{1,3})\.", key))})
    if named and len(named) != len(parts):
        raise ModelFileError(
            f"'_trunk' has {len(named)} parts with tensors; Enformer's has {len(parts)}.",
            where=where,
            fix="Check that the file is of the source you named and was not changed.",
        )
    for number, part in zip(named, parts, strict=False):
        for key in [key for key in tensors if key.startswith(f"_trunk.{number}.")]:
            name = part + key.removeprefix(f"_trunk.{number}.")
            if name in first and not torch.equal(first[name], tensors[key]):
                raise ModelFileError(
                    f"'{key}' and '{name}' are one tensor in Enformer, and differ in the file.",
                    where=where,
                    fix="Fetch the file again from its source.",
                )
            first[name] = tensors[key]
    return first


def _count(keys: list[str], pattern: str) -> int:
    return max((int(at[1]) for key in keys if (at := re.match(pattern, key))), default=-1) + 1


def _read(found: Tensors, part: Part) -> dict[str, Tensor]:
    theirs, ours = part.port, part.ours
    if part.kind == "bias":
        return {ours: found.take(theirs, 1, -1, 1, -1)[0]}
    if part.kind == "pool":
        return {f"{ours}.weight": found.take(f"{theirs}.weight", -1, -1, 1, 1)[..., 0]}
    if part.kind in ("batch norm", "layer norm"):
        names = _NORM if part.kind == "batch norm" else _NORM[:2]
        return {f"{ours}.{name}": found.take(f"{theirs}.{name}", -1) for name in names}
    axes = 3 if part.kind == "convolution" else 2
    weight = found.take(f"{theirs}.weight", *[-1] * axes)
    if "head" in ours:
        weight = weight[..., None]
    if part.kind == "linear without bias":
        return {f"{ours}.weight": weight}
    return {f"{ours}.weight": weight, f"{ours}.bias": found.take(f"{theirs}.bias", len(weight))}


CONVERTER = Converter(
    name="huggingface-enformer",
    title="Enformer, as the PyTorch port has it on Hugging Face",
    architecture="enformer",
    reads="the folder (or its pytorch_model.bin or model.safetensors) of EleutherAI/enformer-official-rough",
    source="Hugging Face, EleutherAI/enformer-official-rough; github.com/lucidrains/enformer-pytorch",
    licence="Apache 2.0 (DeepMind's code); see the model's page on Hugging Face",
    task="tracks",
    length=LENGTH,
    translate=_translate,
    settings=SETTINGS,
)
