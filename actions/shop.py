"""The shop's own system, asked over HTTP. `SHOP_API_URL` says where it is."""

import os
from dataclasses import dataclass
from typing import Any, Final

import requests

DEFAULT_URL: Final = "http://127.0.0.1:8090"
TIMEOUT: Final = (1.0, 3.0)  # seconds to connect, and to answer: the customer waits


class ShopDown(Exception):
    """The shop could not be asked, or gave no answer that can be read."""


@dataclass(frozen=True)
class NotFound:
    """No order has this code and these digits. Which of the two is wrong is not told."""


@dataclass(frozen=True)
class Locked:
    """Too many wrong tries; ask again after so many seconds."""

    retry_after: float


Order = dict[str, Any]


def look_up_order(code: str, phone_last4: str, requester: str) -> Order | NotFound | Locked:
    """The order, if the digits are those of its phone. Raises ShopDown."""
    url = os.environ.get("SHOP_API_URL", DEFAULT_URL).rstrip("/") + "/api/orders/lookup"
    asked = {"code": code, "phone_last4": phone_last4, "requester": requester}
    try:
        response = requests.post(url, json=asked, timeout=TIMEOUT, allow_redirects=False)
        answer = response.json()
        if response.status_code == 404:
            return NotFound()
        if response.status_code == 423:
            return Locked(float(answer["retry_after"]))
        response.raise_for_status()
        if answer["code"] != code:
            raise ValueError("another order than was asked for")
        return dict(answer)
    except (requests.RequestException, ValueError, TypeError, KeyError) as exc:
        raise ShopDown(f"order lookup failed: {type(exc).__name__}") from exc
