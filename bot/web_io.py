"""Reading requests: how large, from where, and in a connector's terms."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import Message

from connectors.base import WebhookRequest


class BodyTooLarge(Exception):
    """The body is over the limit; it was not read to its end."""


async def read_body(request: Request, limit: int) -> bytes:
    """The raw body. Raises BodyTooLarge beyond `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise BodyTooLarge(f"over {limit} bytes")
    return bytes(body)


def limited(request: Request, limit: int) -> Request:
    """The request again, whose body raises BodyTooLarge beyond `limit` bytes, said or not."""
    taken = 0

    async def receive() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise BodyTooLarge(f"over {limit} bytes")
        return message

    return Request(request.scope, receive)


def webhook_request(request: Request, body: bytes) -> WebhookRequest:
    """The request as a connector sees it."""
    return WebhookRequest(
        method=request.method,
        body=body,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params),
    )


def client_address(request: Request) -> str:
    """Where the request comes from; uvicorn has already read a trusted proxy's header."""
    return request.client.host if request.client else ""
