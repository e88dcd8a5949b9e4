"""A model that has learnt a flow of the team's own."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import pytest
from flows.loan import ENTRY

from bot import training
from bot.authored import Authored
from bot.dialogue import RasaDialogue

ROOT = Path(__file__).parents[2]
OWN = Authored(flows=(ENTRY,))


@pytest.fixture(scope="session")
def assistant(request: pytest.FixtureRequest) -> RasaDialogue:
    """The project's content and the flow, trained by Rasa. Equal content is trained once."""
    assert request.config.cache is not None
    content = training.fingerprint(ROOT, OWN)
    folder = request.config.cache.mkdir("models-with-flows")
    kept = folder / f"{content}.tar.gz"
    if not kept.exists():
        for old in folder.iterdir():
            old.unlink()
        with tempfile.TemporaryDirectory() as place:
            made = training.run_rasa(ROOT, Path(place), content, lambda line: None, OWN)
            kept.write_bytes(asyncio.run(made))
    return RasaDialogue.load(kept.read_bytes(), kept.name)
