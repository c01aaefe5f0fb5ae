"""Each converter on a file that its source's own programs would write: our network answers as theirs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from seqdl_core.conversion import convert
from seqdl_core.errors import ConfigError, ModelFileError
from seqdl_core.model_file import load_model
from seqdl_core.models import ARCHITECTURES, InputShape, count_parameters
from seqdl_core.sequences.alphabets import DNA
from tests.conversion import samples
from tests.conversion.samples import SAMPLES, Sample


def sequences(length: int, count: int = 6) -> torch.Tensor:
    """One-hot, (N, 4, L), with unknown letters inside each but the first; at an end they would be padding."""
    drawn = np.random.default_rng(0)
    one_hot = torch.eye(4)[torch.tensor(drawn.integers(0, 4, (count, length)))].transpose(1, 2).clone()
    for row in range(1, count):
        one_hot[row, :, drawn.integers(1, length - 1, 3)] = 0
    return one_hot


def assert_same_answers(name: str, sample: Sample, folder: Path) -> None:
    out = folder / "model.safetensors"
    convert(name, sample.path, out, settings=sample.settings, length=sample.length)
    one_hot = sequences(sample.length)
    with torch.no_grad():
        model = load_model(out)
        model.network.double()  # so that only the arithmetic differs, not its precision
        ours = model(one_hot.double())
    expected = sample.expected(one_hot)
    assert ours.shape == expected.shape
    assert float(expected.std(0).min()) > 1e-3, "a sample whose answers do not depend on the sequence proves nothing"
    torch.testing.assert_close(ours.double(), expected, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("prefix", ["2.", "1.", ""])
def test_deepsea_with_and_without_layers_before_it(prefix: str, tmp_path: Path) -> None:
    assert_same_answers("kipoi-deepsea", samples.deepsea(tmp_path, prefix), tmp_path)


@pytest.mark.parametrize("name", ["expecto-beluga", "keras-deepstarr"])
def test_the_other_small_samples(name: str, tmp_path: Path) -> None:
    assert_same_answers(name, SAMPLES[name](tmp_path), tmp_path)


def test_basset_reads_unknown_letters_as_a_mixture(tmp_path: Path) -> None:
    sample = samples.basset(tmp_path)
    even = Sample(
        sample.path,
        sample.length,
        lambda one_hot: sample.expected(one_hot + (1 - one_hot.sum(1, True)) / 4),
        sample.settings,
    )
    assert_same_answers("kipoi-basset", even, tmp_path)


@pytest.mark.parametrize("size", ["80nt", "400nt", "2k", "10k"])
def test_spliceai_of_each_size(size: str, tmp_path: Path) -> None:
    assert_same_answers("keras-spliceai", samples.spliceai(tmp_path, size), tmp_path)
    card = load_model(tmp_path / "model.safetensors").card
    assert card.architecture_config == {"size": size, "channels": 4}
    assert (card.label_names, card.target_names) == (("neither", "acceptor", "donor"), ("label",))


@pytest.mark.parametrize("order", ["aligned", "as_read", "forward"])
def test_danq_in_each_reading_order(order: str, tmp_path: Path) -> None:
    assert_same_answers("keras-danq", samples.danq(tmp_path, order), tmp_path)


@pytest.mark.parametrize("strands", [0, 1])
@pytest.mark.parametrize("average", [0, 1])
@pytest.mark.parametrize("hidden", [0, 4])
def test_deepbind_of_each_form(strands: int, average: int, hidden: int, tmp_path: Path) -> None:
    assert_same_answers("deepbind-text", samples.deepbind(tmp_path, strands, average, hidden), tmp_path)
    card = load_model(tmp_path / "model.safetensors").card
    assert card.alphabet == ("dna" if strands else "rna")


def test_deepbind_reads_the_whole_sequence_where_asked(tmp_path: Path) -> None:
    assert_same_answers("deepbind-text", samples.deepbind(tmp_path, window=20), tmp_path)


def test_one_hidden_unit_of_deepbind_is_a_plain_vote(tmp_path: Path) -> None:
    """The authors' scorer takes the lone hidden value for the score, whatever follows."""
    sample = samples.deepbind(tmp_path)
    text = sample.path.read_text().replace("num_hidden = 0", "num_hidden = 1")
    sample.path.write_text(text.replace("weights2 = ", "weights2 = 5").replace("biases2 = ", "biases2 = 7"))
    assert_same_answers("deepbind-text", sample, tmp_path)


def test_the_second_vector_of_deepbind_goes_by_its_place(tmp_path: Path) -> None:
    sample = samples.deepbind(tmp_path)
    sample.path.write_text(sample.path.read_text().replace("thresholds", "biases"))
    assert_same_answers("deepbind-text", sample, tmp_path)


def test_keras_names_that_count_on_from_other_networks(tmp_path: Path) -> None:
    """tf.keras leaves the first number out; a session that built a network before goes on counting."""
    import h5py

    sample = samples.deepstarr(tmp_path)
    with h5py.File(sample.path, "r+") as opened:
        names = [name.decode() for name in opened.attrs["layer_names"]]
        new = {f"batch_normalization_{number}": f"batch_normalization_{number + 7}" for number in range(1, 7)}
        for name in sorted(new, reverse=True):
            opened.move(name, new[name])
        opened.attrs["layer_names"] = np.array([new.get(name, name).encode() for name in names])
    assert_same_answers("keras-deepstarr", sample, tmp_path)


def test_deepstarr_names_its_two_outputs(tmp_path: Path) -> None:
    sample = samples.deepstarr(tmp_path)
    card = convert("keras-deepstarr", sample.path, tmp_path / "m", settings=sample.settings, length=sample.length)
    assert card.target_names == ("Dev", "Hk")
    assert card.label_names == ()


def test_published_sizes_pass_without_settings(tmp_path: Path) -> None:
    """The published SpliceAI, from its file to our parameter count."""
    sample = samples.spliceai(tmp_path, "10k", 32)
    out = tmp_path / "model.safetensors"
    card = convert("keras-spliceai", sample.path, out)
    assert (card.length, card.licence) == (5000, "CC BY-NC 4.0")
    assert count_parameters(load_model(out).network) == 696_739


@pytest.mark.parametrize(
    ("name", "setting"),
    [("keras-spliceai", {"size": "10k"}), ("keras-spliceai", {"channels": 8}), ("deepbind-text", {"filters": 7})],
)
def test_what_the_file_decides_cannot_be_chosen_otherwise(
    name: str, setting: dict[str, object], tmp_path: Path
) -> None:
    sample = SAMPLES[name](tmp_path)
    with pytest.raises(ConfigError, match=next(iter(setting))):
        convert(name, sample.path, tmp_path / "m", settings=setting, length=sample.length)


def test_published_deepsea_tensors_fit_the_published_network() -> None:
    """Shapes of the spec's table fill every place of the network with default settings; nothing is allocated."""
    architecture = ARCHITECTURES.get("deepsea")
    with torch.device("meta"):
        network = architecture.build(architecture.config(), InputShape(DNA, 1000, 919))
    shapes = {"conv1": (320, 4, 8), "conv2": (480, 320, 8), "conv3": (960, 480, 8), "hidden": (925, 50_880)}
    shapes["output"] = (919, 925)
    assert {
        name.split(".")[0]: tuple(t.shape) for name, t in network.state_dict().items() if "weight" in name
    } == shapes


def test_settings_of_any_size_are_refused_before_they_are_built(tmp_path: Path) -> None:
    """4,096 channels of 10 million letters would take terabytes."""
    sample = samples.deepsea(tmp_path)
    wish = dict(sample.settings) | {"channels_3": 4096, "hidden": 8192}
    with pytest.raises(ModelFileError, match="with these settings"):
        convert("kipoi-deepsea", sample.path, tmp_path / "m", settings=wish, length=10_000_000)


@pytest.mark.parametrize("length", [0, -5, 10**9])
def test_lengths_that_are_none(length: int, tmp_path: Path) -> None:
    sample = samples.deepbind(tmp_path)
    with pytest.raises(ConfigError):
        convert("deepbind-text", sample.path, tmp_path / "m", length=length)


def test_the_brought_file_is_not_overwritten(tmp_path: Path) -> None:
    sample = samples.deepbind(tmp_path)
    before = sample.path.read_bytes()
    with pytest.raises(ConfigError):
        convert("deepbind-text", sample.path, tmp_path / "." / sample.path.name)
    assert sample.path.read_bytes() == before


def test_target_names_must_be_as_many_and_different(tmp_path: Path) -> None:
    sample = samples.deepsea(tmp_path)
    made: Callable[[list[str]], object] = lambda names: convert(  # noqa: E731
        "kipoi-deepsea", sample.path, tmp_path / "m", settings=sample.settings, length=200, target_names=names
    )
    for names in (["a", "b"], ["a", "b", "c", "d", "a"]):
        with pytest.raises(ConfigError):
            made(names)
    made(["a", "b", "c", "d", "e"])
    assert load_model(tmp_path / "m").card.target_names == ("a", "b", "c", "d", "e")
