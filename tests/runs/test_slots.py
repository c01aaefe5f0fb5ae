"""How many trainings go on at once, and what each is told of cores and GPUs."""

from collections.abc import Callable

import pytest

from seqdl_core.errors import ConfigError
from seqdl_core.runs import processes
from seqdl_core.runs import slots as places
from seqdl_core.runs.slots import environment, gpus, slots


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """``machine(cores, graphics)`` has so many cores and GPUs, and nothing in its environment."""

    def has(cores: int, graphics: int) -> None:
        monkeypatch.setattr(places, "cores", lambda: cores)
        monkeypatch.setattr(places, "_nvidia_gpus", lambda: graphics)
        monkeypatch.setattr(places.sys, "platform", "linux")
        for name in ("SEQDL_SLOTS", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES"):
            monkeypatch.delenv(name, raising=False)

    return has


def test_a_gpu_each_or_all_cores_but_one(machine: Callable[[int, int], None]) -> None:
    machine(8, 0)
    assert (slots(), environment(3)) == (7, {"OMP_NUM_THREADS": "1"})
    machine(1, 0)
    assert (slots(), environment(0)) == (1, {"OMP_NUM_THREADS": "1"})
    machine(2, 0)
    assert (slots(), environment(0)) == (1, {"OMP_NUM_THREADS": "2"})
    machine(8, 1)
    assert (slots(), environment(0)) == (1, {"OMP_NUM_THREADS": "8"})
    machine(16, 4)
    assert (slots(), environment(2)) == (4, {"OMP_NUM_THREADS": "4", "CUDA_VISIBLE_DEVICES": "2"})


def test_the_environment_overrules(machine: Callable[[int, int], None], monkeypatch: pytest.MonkeyPatch) -> None:
    machine(16, 4)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, 1,-1,2")
    assert gpus() == ("3", "1")
    assert (slots(), environment(1)["CUDA_VISIBLE_DEVICES"]) == (2, "1")
    monkeypatch.setenv("SEQDL_SLOTS", "4")
    assert [environment(slot)["CUDA_VISIBLE_DEVICES"] for slot in range(4)] == ["3", "1", "3", "1"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert (slots(), environment(0)) == (4, {"OMP_NUM_THREADS": "1"})


@pytest.mark.parametrize("wish", ["0", "-1", "two", "1.5", "²", "99999"])
def test_what_is_no_number_of_slots_is_refused(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEQDL_SLOTS", wish)
    with pytest.raises(ConfigError) as caught:
        slots()
    assert caught.value.where == "SEQDL_SLOTS"


def test_a_container_with_the_time_of_fewer_cores_has_fewer(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = tmp_path_factory.mktemp("cgroup") / "cpu.max"
    monkeypatch.setattr(processes, "_QUOTA", quota)
    all_of_them = processes.cores()
    quota.write_text("max 100000\n")
    assert processes.cores() == all_of_them
    quota.write_text("50000 100000\n")
    assert processes.cores() == 1
