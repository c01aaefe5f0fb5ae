"""Runs in a real Chromium: two clicks on Train are one run; its loss comes early; Duplicate, notes and tags, search."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import wait_until
from playwright.sync_api import Browser, expect
from steps import heading, menu, no_error, press, says, settled, shot

from seqdl_core.data.simulation.simulate import simulate
from seqdl_core.runs.store import Store

ROOT = Path(__file__).parents[2]
PATIENCE = 240_000


@pytest.mark.slow
def test_a_run_from_two_clicks_to_its_copy(
    chromium: Browser, serve: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    store = Store(tmp_path_factory.mktemp("runs"))
    data = simulate(store.new_dataset_folder("local"), ("MA0028",), n=400)
    address = serve(ROOT / "app.py", SEQDL_HOME=str(store.root), SEQDL_WORKER_IDLE="20")
    context = chromium.new_context(viewport={"width": 1440, "height": 1000})
    page = context.new_page()
    page.goto(f"{address}/design?data={data.folder.name}")
    heading(page, "Design a network", 60)
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_enabled(timeout=PATIENCE)
    settled(page)

    train.dblclick()
    says(page, re.compile("running|queued"), 60)
    loss = page.get_by_test_id("stMetric").filter(has_text=re.compile(r"(Training|Validation) loss\s*\d"))
    expect(loss.first).to_be_visible(timeout=PATIENCE)
    (run,) = store.runs("local")

    page.get_by_text("Notes and tags").click()
    page.get_by_label("Note", exact=True).fill("<b>bold</b> $x$")
    page.get_by_label("Note", exact=True).blur()
    wait_until(lambda: run.notes().text == "<b>bold</b> $x$", 60, "the note to be kept")
    says(page, "Notes and tags: <b>bold</b> $x$")
    shot(page, "40-runs")

    press(page, "Stop and keep")
    wait_until(lambda: run.status().state == "stopped", 60, "the run to stop")
    press(page, "Duplicate", 60)
    heading(page, "Design a network", 60)
    expect(train).to_be_enabled(timeout=PATIENCE)
    settled(page)
    train.click()
    wait_until(lambda: len(store.runs("local")) == 2, 120, "the copy")
    copy = store.runs("local")[0].spec
    assert copy.name == f"{run.spec.name} (copy)"
    assert (copy.architecture_config, copy.training) == (run.spec.architecture_config, run.spec.training)
    menu(page, "Runs")
    says(page, "All runs", 60)
    no_error(page)
    context.close()
