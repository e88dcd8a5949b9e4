"""A model that has learnt a flow of the team's own."""

from __future__ import annotations

import pytest
from flows.loan import ENTRY
from trained import trained

from bot.authored import Authored
from bot.dialogue import RasaDialogue

OWN = Authored(flows=(ENTRY,))


@pytest.fixture(scope="session")
def assistant(request: pytest.FixtureRequest) -> RasaDialogue:
    """The project's content and the flow, trained by Rasa."""
    kept = trained(request.config, "models-with-flows", OWN)
    return RasaDialogue.load(kept.read_bytes(), kept.name)
