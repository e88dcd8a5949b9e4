"""Rasa's responses, filled with the business's facts and said in the customer's term of address.

For Rasa's own commands `endpoints.yml` names the class; the worker makes one itself.
"""

from __future__ import annotations

import copy
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.address import addressed
from bot.facts import Facts, file_in
from bot.nlu.entities import term_now

LAPSED: Final = "utter_lapsed"  # said in place of what was true once
NAMED: Final = re.compile(r"{(\w+)}")
ROOT: Final = Path(__file__).resolve().parents[2]  # where a relative path begins


class Phrasing(TemplatedNaturalLanguageGenerator):
    """A response may name any fact, slot or value of an action in braces."""

    def __init__(self, endpoint_config: EndpointConfig | None, domain: Domain) -> None:
        super().__init__(domain.responses)
        self._facts = Facts(file_in(ROOT))

    async def generate(
        self,
        utter_action: str,
        tracker: DialogueStateTracker,
        output_channel: str,
        **values: Any,
    ) -> dict[str, Any] | None:
        """The response as it is sent; None when the domain has no such response."""
        slots = tracker.current_slot_values()
        found = self._random_response_for(utter_action, output_channel, slots)
        if found is None:
            return None
        facts = self._facts.shown(datetime.now(timezone.utc))
        if self._facts.lapsed(set(NAMED.findall(found.get("text", ""))) - values.keys()):
            found = self._random_response_for(LAPSED, output_channel, slots)
        response = copy.deepcopy(found)
        for part in ("text", "custom"):
            if part in response:
                response[part] = _addressed(response[part], term_of(tracker))
        known = {**slots, **facts}
        filled: dict[str, Any] = self._fill_response(response, known, **values)
        known |= values
        filled["used"] = {
            self._facts.label(name) if name in facts and name not in values else name: known[name]
            for name in NAMED.findall(found.get("text", ""))
            if known.get(name) not in (None, "")
        }
        return filled


def term_of(tracker: DialogueStateTracker) -> str | None:
    """What the customer is called: as they have just asked, as before, or as they say."""
    message = tracker.latest_message
    reached: str | None = (tracker.get_slot("outreach") or {}).get("address")
    if message is None:
        return reached
    known = (message.metadata or {}).get("address") or reached
    said = (e["value"] for e in message.entities if e["entity"] == "xung_ho_self")
    return term_now(known, next(said, None), message.text or "")


def _addressed(part: Any, term: str | None) -> Any:
    """Every sentence in a part of a response."""
    if isinstance(part, str):
        return addressed(part, term)
    if isinstance(part, dict):
        return {key: _addressed(value, term) for key, value in part.items()}
    return [_addressed(value, term) for value in part] if isinstance(part, list) else part
