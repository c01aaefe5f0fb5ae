"""The epochs that a live page shows: read once, and the same as when the whole file is read."""

from pathlib import Path

from pages._ui.epochs import EpochTail
from seqdl_core.runs.records import metric_line, read_metric_lines
from seqdl_core.training.callbacks import EpochReport


def line(epoch: int, loss: float = 0.5) -> bytes:
    return metric_line(EpochReport(epoch, 9, loss, loss, 0.9, "auroc", 1e-3, 1.0, 9.0, False)).encode()


def test_a_growing_file_gives_what_reading_all_of_it_gives(tmp_path: Path) -> None:
    place = tmp_path / "metrics.jsonl"
    tail = EpochTail(place)
    assert tail.epochs() == []
    step = b'{"kind": "step", "step": 1}\n'
    pieces = [step + line(1), line(2)[:30], line(2)[30:] + step, line(3), b'{"torn\n', line(2, loss=0.1), b""]
    for piece in pieces:
        with place.open("ab") as out:
            out.write(piece)
        assert tail.epochs() == read_metric_lines(place.read_bytes().splitlines())[1]
    assert [(one.epoch, one.train_loss) for one in tail.epochs()] == [(1, 0.5), (2, 0.1)]


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    place = tmp_path / "metrics.jsonl"
    place.write_bytes(line(1) + line(2))
    tail = EpochTail(place)
    tail.epochs()
    place.write_bytes(b"x" * len(line(1) + line(2)) + line(3))  # what was read before is not looked at again
    assert [one.epoch for one in tail.epochs()] == [1, 2, 3]


def test_a_file_that_became_shorter_is_read_anew(tmp_path: Path) -> None:
    place = tmp_path / "metrics.jsonl"
    place.write_bytes(line(1) + line(2))
    tail = EpochTail(place)
    tail.epochs()
    place.write_bytes(line(1, loss=0.2))
    assert [(one.epoch, one.train_loss) for one in tail.epochs()] == [(1, 0.2)]
