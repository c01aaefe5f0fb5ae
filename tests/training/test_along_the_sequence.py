"""Training on what lies along the sequence: classes of positions, bins, pairs, and letters that are hidden."""

from pathlib import Path

import numpy as np
import pytest
import torch
from jaxtyping import Float
from torch import Tensor, nn

from seqdl_core.errors import ConfigError
from seqdl_core.models import SequenceNetwork
from seqdl_core.sequences.alphabets import DNA, PROTEIN, Alphabet, encode_all
from seqdl_core.tasks import TASKS
from seqdl_core.training.augmentation import Augmentation
from seqdl_core.training.batches import Batches, TrainingData, hidden_once, lengths_of
from seqdl_core.training.callbacks import Callback, StepReport
from seqdl_core.training.config import TrainingConfig
from seqdl_core.training.loop import fit

NAN = float("nan")


class Tiny(SequenceNetwork):
    """Two convolutions over 5 letters each; ``output`` as in InputShape."""

    def __init__(self, letters: int, targets: int, output: str, bins: int = 0) -> None:
        super().__init__()
        self.output, self.bins = output, bins
        self.margin = 4 if output == "positions" else None
        self.layers = nn.Sequential(
            nn.Conv1d(letters, 16, 5, padding=2), nn.ReLU(), nn.Dropout(0.1), nn.Conv1d(16, targets, 5, padding=2)
        )

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        scores: Tensor = self.layers(one_hot)
        if self.output == "bins":
            return scores.unfold(-1, scores.shape[-1] // self.bins, scores.shape[-1] // self.bins).mean(-1)
        return scores[..., :, None] + scores[..., None, :] if self.output == "pairs" else scores


def network(output: str, alphabet: Alphabet = DNA, targets: int = 3, bins: int = 0) -> Tiny:
    torch.manual_seed(3)
    return Tiny(alphabet.size, targets, output, bins)


def letters(rows: int = 120, length: int = 24, alphabet: Alphabet = DNA) -> np.ndarray:
    return np.random.default_rng(2).integers(0, alphabet.size, (rows, length)).astype(np.uint8)


def residues(rows: int = 120, length: int = 24) -> TrainingData:
    """Class 2 is A between A and A, 1 any other A, 0 the rest; a tenth is not known; every other row is shorter."""
    codes = letters(rows, length)
    ends = np.where(np.arange(rows) % 2, length, np.arange(rows) % (length - 5) + 5)
    codes[np.arange(length) >= ends[:, None]] = DNA.unknown_code
    a = np.pad(codes == 0, ((0, 0), (1, 1)))
    targets = (a[:, 1:-1].astype(np.float32)) + (a[:, 1:-1] & a[:, :-2] & a[:, 2:])
    targets[(np.random.default_rng(3).random(targets.shape) < 0.1) | (codes == DNA.unknown_code)] = np.nan
    return TrainingData(codes, targets, DNA)


def masked(rows: int = 300, length: int = 24) -> TrainingData:
    """ACGTACGT..., from any place on: each letter is told by its neighbours."""
    start = np.random.default_rng(4).integers(0, 4, (rows, 1))
    codes = ((start + np.arange(length)) % 4).astype(np.uint8)
    return TrainingData(codes, np.zeros((rows, 0), np.float32), PROTEIN)


def tracks(bins: int = 6) -> TrainingData:
    codes = letters()
    counts = (codes == 2).reshape(len(codes), bins, -1).sum(2)[:, None].astype(np.float32)
    counts[0, 0, 0] = np.nan
    return TrainingData(codes, np.concatenate([counts, 2 * counts], 1), DNA)


def contacts() -> TrainingData:
    codes = letters(60, 12)
    touch = ((codes[:, :, None] == 1) & (codes[:, None, :] == 1)).astype(np.float32)
    touch[:, np.arange(12), np.arange(12)] = np.nan
    return TrainingData(codes, touch[:, None], DNA)


MADE = {
    "residues": (residues, "positions", 3),
    "masked": (masked, "positions", PROTEIN.size),
    "tracks": (tracks, "bins", 2),
    "contacts": (contacts, "pairs", 1),
}


def made(task: str) -> tuple[Tiny, TrainingData]:
    make, output, targets = MADE[task]
    data = make()
    return network(output, data.alphabet, targets, 6 if output == "bins" else 0), data


@pytest.mark.slow
@pytest.mark.parametrize(
    ("task", "reached"), [("residues", 0.95), ("masked", 0.95), ("tracks", 0.9), ("contacts", 0.8)]
)
def test_each_is_learned(task: str, reached: float) -> None:
    tiny, data = made(task)
    config = TrainingConfig(epochs=25, batch_size=16, learning_rate=0.02, reverse_complement=False, device="cpu")
    result = fit(tiny, TASKS.get(task), data, config)
    assert result.best_metric > reached
    assert result.history[-1].train_loss < result.history[0].train_loss


class _StopAt(Callback):
    def __init__(self, step: int) -> None:
        self.step, self.last = step, 0

    def on_step(self, report: StepReport) -> None:
        self.last = report.step

    def should_stop(self) -> bool:
        return self.last >= self.step


@pytest.mark.parametrize("step", [*(pytest.param(step, marks=pytest.mark.slow) for step in (1, 2, -1)), -3])
@pytest.mark.parametrize("task", list(MADE))
def test_a_stopped_run_goes_on_bit_for_bit(task: str, step: int, tmp_path: Path) -> None:
    """Stopped after the first step, the second, the last but two and the last but one."""
    shift = {"tracks": 0, "contacts": 2}.get(task, 1)
    config = TrainingConfig(epochs=3, batch_size=16, shift=shift, seed=4, mutation_rate=0.05, noise=0.05, device="cpu")
    straight, data = made(task)
    counted = _StopAt(10**9)
    whole = fit(straight, TASKS.get(task), data, config, callbacks=[counted])
    assert counted.last > 6
    stopped = fit(made(task)[0], TASKS.get(task), data, config, tmp_path, [_StopAt(step % counted.last)])
    assert not stopped.finished
    torch.manual_seed(99)
    resumed = made(task)[0]
    rest = fit(resumed, TASKS.get(task), data, config, tmp_path)
    assert [one.train_loss for one in rest.history] == [one.train_loss for one in whole.history]
    assert [one.validation_loss for one in rest.history] == [one.validation_loss for one in whole.history]
    for name, tensor in straight.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name


def moved(task: str, targets: Tensor, flipped: bool, shift: int) -> list:
    augmentation = Augmentation(TrainingConfig(), DNA, torch.device("cpu"))
    found = augmentation.targets(
        TASKS.get(task), targets[None], torch.tensor([flipped]), torch.tensor([shift])
    )  # fmt: skip
    return torch.nan_to_num(found[0], nan=-1).tolist()


def test_targets_go_where_their_letters_go() -> None:
    classes = torch.tensor([0.0, 1, 2, NAN])
    assert moved("residues", classes, True, 0) == [-1, 2, 1, 0]
    assert moved("residues", classes, False, 1) == [-1, 0, 1, 2]
    assert moved("residues", classes, True, -1) == [2, 1, 0, -1]
    counts = torch.tensor([[1.0, 2, 3], [4, 5, 6]])
    assert moved("tracks", counts, True, 0) == [[3, 2, 1], [6, 5, 4]]
    pairs = torch.tensor([[[NAN, 1.0, 0], [2, NAN, 3], [4, 5, NAN]]])
    assert moved("contacts", pairs, True, 0) == [[[-1, 5, 4], [3, -1, 2], [0, 1, -1]]]
    assert moved("contacts", pairs, False, 1) == [[[-1, -1, -1], [-1, -1, 1], [-1, 2, -1]]]
    assert moved("binary", torch.tensor([1.0]), True, 1) == [1]


def test_a_class_still_stands_over_its_letter_after_both() -> None:
    drawn = letters(40)
    codes, targets = torch.from_numpy(drawn), torch.from_numpy((drawn == 0).astype(np.float32))
    flipped, shifts = torch.arange(40) % 2 == 0, torch.arange(40) % 7 - 3
    augmentation = Augmentation(TrainingConfig(), DNA, torch.device("cpu"))
    seen, labels = augmentation.letters(codes, flipped, shifts), augmentation.targets(
        TASKS.get("residues"), targets, flipped, shifts
    )  # fmt: skip
    is_a = torch.where(flipped[:, None], seen == 3, seen == 0)
    assert torch.equal(labels == 1, is_a)
    assert torch.equal(torch.isnan(labels), seen == DNA.unknown_code)


def test_letters_do_not_move_away_from_their_counts() -> None:
    tiny, data = made("tracks")
    with pytest.raises(ConfigError, match="away from their counts") as caught:
        fit(tiny, TASKS.get("tracks"), data, TrainingConfig(shift=1))
    assert (caught.value.where, caught.value.fix) == ("shift", "Set the shift to 0.")


def test_what_is_hidden_is_the_same_every_time_and_out_of_sight() -> None:
    codes = letters(200, 50)
    hide = TASKS.get("masked").hide
    assert hide is not None
    (shown, asked), again = hidden_once(hide, codes, DNA, 5), hidden_once(hide, codes, DNA, 5)
    assert np.array_equal(shown, again[0])
    assert np.array_equal(asked, again[1], equal_nan=True)
    known = np.isfinite(asked)
    assert (shown[known] == DNA.unknown_code).all()
    assert np.array_equal(asked[known], codes[known])
    assert known.mean() == pytest.approx(0.15 * 0.8, abs=0.01)
    assert not np.array_equal(shown, hidden_once(hide, codes, DNA, 6)[0])


class Watched(Tiny):
    """Keeps what it is shown in training."""

    def __init__(self, letters: int, targets: int) -> None:
        torch.manual_seed(3)
        super().__init__(letters, targets, "positions")
        self.seen: list[np.ndarray] = []

    def forward(self, one_hot: Float[Tensor, "N A L"]) -> Float[Tensor, "N T ..."]:
        if self.training:
            self.seen.append(one_hot.numpy().copy())
        return super().forward(one_hot)


def test_sequences_of_like_length_are_batched_and_their_padding_left_away() -> None:
    data, config = residues(640), TrainingConfig(batch_size=16, epochs=1, reverse_complement=False, device="cpu")
    watched = Watched(4, 3)
    fit(watched, TASKS.get("residues"), data, config)
    shown = [one.shape[2] for one in watched.seen]
    ends = [one.any(1).shape[1] - one.any(1).any(0)[::-1].argmax() for one in watched.seen]
    assert shown == [min(end + 4, 24) for end in ends]
    assert min(shown) < 12, "the shortest have batches of their own"
    assert shown != sorted(shown), "in no order"
    plain, alike, again = (Batches(data, config, 2, alike=way) for way in (False, True, True))
    rows = [np.concatenate([batch.codes for batch in one.start_at(0)]) for one in (plain, alike, again)]
    assert np.array_equal(rows[1], rows[2])
    assert sorted(row.tobytes() for row in rows[0]) == sorted(row.tobytes() for row in rows[1])
    later = np.concatenate([batch.codes for batch in alike.start_at(5)])
    assert np.array_equal(rows[1][5 * 16 :], later)


def test_validation_is_the_same_with_and_without_the_padding() -> None:
    measured = []
    for margin in (4, None):
        tiny, data = made("residues")
        tiny.margin = margin
        config = TrainingConfig(epochs=1, learning_rate=1e-12, device="cpu")
        measured.append(fit(tiny, TASKS.get("residues"), data, config).history[0])
    assert measured[0].validation_loss == pytest.approx(measured[1].validation_loss, rel=1e-6)
    assert measured[0].validation_metric == measured[1].validation_metric


def test_lengths_reach_to_the_last_known_letter() -> None:
    codes = encode_all(["ACGT", "ANN", "NNNA", "NN"], DNA, 6)
    assert lengths_of(codes, DNA).tolist() == [4, 1, 4, 0]


def test_letters_are_hidden_anew_in_every_epoch() -> None:
    def seen(seed: int) -> list[bytes]:
        watched = Watched(PROTEIN.size, PROTEIN.size)
        config = TrainingConfig(epochs=3, batch_size=48, seed=seed, device="cpu")
        fit(watched, TASKS.get("masked"), masked(60), config)
        return [one.tobytes() for one in watched.seen]

    first = seen(1)
    assert len(set(first)) == 3
    assert seen(1) == first, "by the run's seed alone"
    assert not set(first) & set(seen(2))
