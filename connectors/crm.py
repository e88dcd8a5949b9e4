"""The shop's own records of a customer, asked for the agent who helps them. The contract is in
docs/crm.md."""

from __future__ import annotations

from typing import Final

import httpx

from connectors import payload
from connectors.base import Json, UnreadableError

TIMEOUT: Final = httpx.Timeout(2.0)


class CrmUnavailable(Exception):
    """The shop's records cannot be asked just now, or answer nothing that can be read."""


class Crm:
    """The shop's records at one address."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._made: httpx.AsyncClient | None = None

    async def customer(self, question: Json) -> Json | None:
        """What the shop knows of a customer by `phone`, `order_code`, `channel` and `external_id`;
        None when it knows nobody. Raises CrmUnavailable."""
        if self._made is None:  # on first use: it belongs to the loop that runs then
            self._made = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)
        try:
            answer = await self._made.post(self._url, json=question, headers=self._headers)
            if answer.status_code == 404:
                return None
            answer.raise_for_status()
            return payload.read(answer.content)
        except (httpx.HTTPError, httpx.InvalidURL, UnreadableError) as error:
            raise CrmUnavailable(type(error).__name__) from error
