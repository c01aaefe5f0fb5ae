"""ProteinBERT's pickle, with random values in the published order: our network answers as numpy does."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import erf

from seqdl_core.conversion import convert
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import load_model
from seqdl_core.sequences.alphabets import PROTEIN

BLOCKS, LOCAL, WHOLE, HEADS, KEY, WIDTH, TERMS, LENGTH = 2, 8, 12, 3, 5, 9, 10, 20
TOKENS = [*"ACDEFGHIKLMNPQRSTUVWXY", "<OTHER>", "<START>", "<END>", "<PAD>"]
PROTEINS = ("MKTAYIAKQRQISFVKSHFS", "MEWLCQHVYRDNGTPA", "ACDEFGHIXLMNPXRSTVWY")  # X is unknown

Arrays = list[np.ndarray]


def arrays(seed: int = 0) -> Arrays:
    """As ``model.get_weights()`` of the authors' network lists them: 7 and 23 a block."""
    drawn = np.random.default_rng(seed)

    def dense(inputs: int, outputs: int) -> Arrays:
        return [drawn.normal(0, inputs**-0.5, (inputs, outputs)), drawn.normal(0, 0.5, outputs)]

    def conv() -> Arrays:
        return [drawn.normal(0, (WIDTH * LOCAL) ** -0.5, (WIDTH, LOCAL, LOCAL)), drawn.normal(0, 0.5, LOCAL)]

    def norm(width: int) -> Arrays:
        return [drawn.uniform(0.5, 1.5, width), drawn.normal(0, 0.5, width)]

    def attention() -> Arrays:
        shapes = ((HEADS, WHOLE, KEY), (HEADS, LOCAL, KEY), (HEADS, LOCAL, WHOLE // HEADS))
        return [drawn.normal(0, 1, shape) for shape in shapes]

    made = [*dense(TERMS, WHOLE), drawn.normal(0, 1, (26, LOCAL))]
    for _ in range(BLOCKS):
        made += [*dense(WHOLE, LOCAL), *conv(), *conv(), *norm(LOCAL), *dense(LOCAL, LOCAL), *norm(LOCAL)]
        made += [*dense(WHOLE, WHOLE), *attention(), *norm(WHOLE), *dense(WHOLE, WHOLE), *norm(WHOLE)]
    made += [*dense(LOCAL, 26), *dense(WHOLE, TERMS)]
    return [array.astype(np.float32) for array in made]


def gelu(values: np.ndarray) -> np.ndarray:
    return np.asarray(values * (1 + erf(values / np.sqrt(2))) / 2)


def expected(weights: Arrays, proteins: tuple[str, ...], terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores of all tokens (N, P, 26) and of all terms (N, G), before softmax and sigmoid, in double precision."""
    left = [array.astype(np.float64) for array in weights]

    def take(count: int) -> Arrays:
        taken = left[:count]
        del left[:count]
        return taken

    def norm(values: np.ndarray, scale: np.ndarray, offset: np.ndarray) -> np.ndarray:
        centred = values - values.mean(-1, keepdims=True)
        return np.asarray(centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-3) * scale + offset)

    def conv(values: np.ndarray, kernel: np.ndarray, bias: np.ndarray, dilation: int) -> np.ndarray:
        reach = (len(kernel) - 1) * dilation // 2
        padded = np.pad(values, ((0, 0), (reach, reach), (0, 0)))
        steps = range(len(kernel))
        return bias + sum(
            padded[:, step * dilation : step * dilation + values.shape[1]] @ kernel[step] for step in steps
        )

    rows = [["<START>", *protein, "<END>"] for protein in proteins]
    ids = np.array([[TOKENS.index(token) for token in row + ["<PAD>"] * (LENGTH + 2 - len(row))] for row in rows])
    weight, bias, table = take(3)
    local, whole = table[ids], gelu(terms @ weight + bias)
    for _ in range(BLOCKS):
        to_local, narrow, wide = take(2), take(2), take(2)
        found = gelu(whole @ to_local[0] + to_local[1])[:, None]
        found = found + gelu(conv(local, *narrow, 1)) + gelu(conv(local, *wide, 5))
        local = norm(local + found, *take(2))
        weight, bias = take(2)
        local = norm(local + gelu(local @ weight + bias), *take(2))
        weight, bias = take(2)
        dense = gelu(whole @ weight + bias)
        query, key, value = take(3)
        heads = []
        for head in range(HEADS):
            match = np.tanh(local @ key[head]) @ np.tanh(whole @ query[head])[..., None]
            share = np.exp(match[..., 0] / np.sqrt(KEY))
            share /= share.sum(1, keepdims=True)
            heads.append((share[..., None] * gelu(local @ value[head])).sum(1))
        whole = norm(whole + dense + np.concatenate(heads, -1), *take(2))
        weight, bias = take(2)
        whole = norm(whole + gelu(whole @ weight + bias), *take(2))
    letters = local @ left[0] + left[1]
    return letters, whole @ left[2] + left[3]


def one_hot() -> torch.Tensor:
    letters = [[[letter == row for letter in protein.ljust(LENGTH)] for row in PROTEIN.letters] for protein in PROTEINS]
    return torch.tensor(letters, dtype=torch.float32)


def written(folder: Path, weights: Any, terms: Any = TERMS, optimizer: Any = None, protocol: int = 4) -> Path:
    path = folder / "epoch_92400_sample_23500000.pkl"
    state = [np.int64(23_500_000), np.zeros((3, 3), np.float32)] if optimizer is None else optimizer
    path.write_bytes(pickle.dumps((terms, weights, state), protocol))
    return path


@pytest.mark.parametrize("protocol", [3, 4])
def test_both_heads_answer_as_numpy_does(protocol: int, tmp_path: Path) -> None:
    weights, out = arrays(), tmp_path / "m.safetensors"
    path = written(tmp_path, weights, protocol=protocol)
    path.write_bytes(path.read_bytes().replace(b"cnumpy._core.multiarray", b"cnumpy.core.multiarray"))
    card = convert("pickle-proteinbert", path, out, length=LENGTH)
    assert (card.task, card.targets, card.licence) == ("masked", 20, "MIT")
    assert card.label_names == tuple(PROTEIN.letters)
    network, known = load_model(out).network, np.zeros((3, TERMS))
    letters, _ = expected(weights, PROTEINS, known)
    with torch.no_grad():
        found = network(one_hot())
    columns = [TOKENS.index(letter) for letter in PROTEIN.letters]
    for row, protein in enumerate(PROTEINS):
        wanted = letters[row, 1 : len(protein) + 1, columns]
        np.testing.assert_allclose(found[row, :, : len(protein)].double().numpy(), wanted, rtol=1e-4, atol=1e-4)
    known[0, 3] = known[2, :5] = 1
    letters, terms = expected(weights, PROTEINS, known)
    with torch.no_grad():
        all_letters, all_terms = network.pretraining(one_hot(), torch.tensor(known, dtype=torch.float32))
    assert min(letters.std(), terms.std()) > 0.1
    np.testing.assert_allclose(all_letters.mT.double().numpy(), letters, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(all_terms.double().numpy(), terms, rtol=1e-4, atol=1e-4)


def test_narrow_and_wide_are_told_apart_by_their_places(tmp_path: Path) -> None:
    """They have one shape: exchanged, they make another network, which the comparison above would see."""
    weights = arrays()
    swapped = [*weights[:5], *weights[7:9], *weights[5:7], *weights[9:]]
    none = np.zeros((3, TERMS))
    assert np.abs(expected(weights, PROTEINS, none)[0] - expected(swapped, PROTEINS, none)[0]).max() > 0.1


def test_the_published_number_of_arrays() -> None:
    assert 7 + 6 * (len(arrays()) - 7) // BLOCKS == 145


def refused(path: Path, said: str) -> None:
    out = path.parent / "refused.safetensors"
    with pytest.raises(ModelFileError, match=said) as caught:
        convert("pickle-proteinbert", path, out, length=LENGTH)
    assert all(caught.value.parts().values())
    assert not out.exists()


def test_a_pickle_that_would_run_something(tmp_path: Path) -> None:
    marker = tmp_path / "marker"

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.mkdir, (str(marker),)

    for content in (Bomb(), (TERMS, Bomb(), []), (TERMS, [*arrays(), Bomb()], []), (TERMS, arrays(), [Bomb()])):
        path = tmp_path / "weights.pkl"
        path.write_bytes(pickle.dumps(content, 4))
        refused(path, "mkdir")
        assert not marker.exists()


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (0, "dense-global-input/kernel"),
        (2, "embedding-seq-input"),
        (17, "global-attention-block1/Wq"),
        (52, "output-ann"),
    ],
)
def test_missing_misshapen_and_broken_arrays(place: int, name: str, tmp_path: Path) -> None:
    weights = arrays()
    refused(written(tmp_path, weights[:place] + weights[place + 1 :]), "52 arrays")
    refused(written(tmp_path, [*weights, weights[0]]), "54 arrays")
    broken = [array.copy() for array in weights]
    broken[place].flat[0] = np.inf
    refused(written(tmp_path, broken), f"{name}.*not finite")
    broken[place] = weights[place][None]
    refused(written(tmp_path, broken), f"{name}.*should be")
    broken[place] = weights[place].astype(np.int32)
    refused(written(tmp_path, broken), "no array of floating-point")


def test_arrays_in_another_order(tmp_path: Path) -> None:
    weights = arrays()
    refused(written(tmp_path, [weights[2], *weights[:2], *weights[3:]]), "should be")
    refused(written(tmp_path, weights[::-1]), "should be")


def test_what_is_no_such_pickle(tmp_path: Path) -> None:
    refused(written(tmp_path, arrays(), terms=11), "11 annotations")
    refused(written(tmp_path, arrays(), terms="ten"), "number of annotations")
    refused(written(tmp_path, 5), "not laid out")
    refused(written(tmp_path, []), "0 arrays")
    path = written(tmp_path, arrays())
    path.write_bytes(path.read_bytes()[:-500])
    refused(path, "damaged")
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    refused(path, "damaged")
    with pytest.raises(ModelFileError, match="no such file"):
        convert("pickle-proteinbert", tmp_path, tmp_path / "m")


def test_one_array_in_all_places(tmp_path: Path) -> None:
    """A pickle may name what it holds as often as it likes; copies would take room that the file does not have."""
    refused(written(tmp_path, [np.zeros((500, 500), np.float32)] * 53), "larger than the file")


def test_what_the_file_decides(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="blocks"):
        convert("pickle-proteinbert", written(tmp_path, arrays()), tmp_path / "m", settings={"blocks": 6})
