"""Enformer's own checkpoint, as DeepMind's Sonnet wrote it; which tensor goes where: :mod:`._enformer`.

    theirs                                     ours                 what differs
    convolution w (K, C, F), b                 weight, bias         (F, C, K)
    linear w (in, out), b                      weight, bias         (out, in); heads are convolutions of width 1
    softmax pooling w (in, out)                weigh.weight         (out, in, 1)
    norms scale, offset                        weight, bias
    moving_mean/average, moving_variance/      running_mean, -var   (1, 1, C) becomes (C); averages without the bias of
      average                                                       their start, which are what Sonnet itself uses
    .../_hidden, .../_counter                  -                    what these averages are computed from
    _r_w_bias, _r_r_bias (1, H, 1, K)          content_bias, ...    one axis less

Every name ends in ``/.ATTRIBUTES/VARIABLE_VALUE``. Tensors outside ``module/`` belong to training and are not read. The
checkpoint is ``gs://dm-enformer/models/enformer/sonnet_weights``; the hub's saved model has other names.
"""

import re

from torch import Tensor

from seqdl_core.conversion import Converter, Translated, Wish
from seqdl_core.conversion._checkpoint_tf import read_checkpoint
from seqdl_core.conversion._enformer import LENGTH, SETTINGS, Part, translated
from seqdl_core.conversion._tensors import Tensors

_END = "/.ATTRIBUTES/VARIABLE_VALUE"


def _translate(wish: Wish) -> Translated:
    tensors = read_checkpoint(wish.path, "module/")
    found = Tensors({name.removesuffix(_END): tensor for name, tensor in tensors.items()}, wish.path.name)
    keys = found.keys()
    result = translated(
        wish,
        lambda part: _read(found, part),
        blocks=_count(keys, "1"),
        layers=_count(keys, "2"),
        pooled=any("/_logit_linear/" in key for key in keys),
        mouse=any(key.startswith("module/_heads/mouse/") for key in keys),
    )
    found.drop(*(key for key in keys if re.search(r"/moving_(?:mean|variance)/_(?:hidden|counter)$", key)))
    found.finish()
    return result


def _count(keys: list[str], place: str) -> int:
    pattern = rf"module/_trunk/_layers/{place}/_layers/(\d{{1,3}})/"
    return max((int(at[1]) for key in keys if (at := re.match(pattern, key))), default=-1) + 1


def _read(found: Tensors, part: Part) -> dict[str, Tensor]:
    theirs, ours = part.sonnet, part.ours
    if part.kind == "bias":
        return {ours: found.take(theirs, 1, -1, 1, -1)[0]}
    if part.kind in ("batch norm", "layer norm"):
        norm = {f"{ours}.weight": found.take(f"{theirs}/scale", -1), f"{ours}.bias": found.take(f"{theirs}/offset", -1)}
        if part.kind == "layer norm":
            return norm
        return norm | {
            f"{ours}.running_mean": found.take(f"{theirs}/moving_mean/average", 1, 1, -1).flatten(),
            f"{ours}.running_var": found.take(f"{theirs}/moving_variance/average", 1, 1, -1).flatten(),
        }
    weight = found.take(f"{theirs}/w", *[-1] * (3 if part.kind == "convolution" else 2))
    weight = weight.permute(2, 1, 0) if part.kind == "convolution" else weight.T
    if part.kind == "pool" or "head" in ours:
        weight = weight[..., None]
    tensors = {f"{ours}.weight": weight.contiguous()}
    if part.kind in ("convolution", "linear"):
        tensors[f"{ours}.bias"] = found.take(f"{theirs}/b", len(weight))
    return tensors


CONVERTER = Converter(
    name="sonnet-enformer",
    title="Enformer's own checkpoint, as DeepMind publishes it for TensorFlow",
    architecture="enformer",
    reads="the .index file of the checkpoint (or its folder), with its .data file beside it",
    source="gs://dm-enformer/models/enformer/sonnet_weights; github.com/google-deepmind/deepmind-research",
    licence="Apache 2.0",
    task="tracks",
    length=LENGTH,
    translate=_translate,
    settings=SETTINGS,
)
