"""The demo shop as a web application: its page, and the order API that the assistant asks."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from demo.orders import Locked, Orders

FOLDER: Final = Path(__file__).parent
CAREBOT: Final = "http://127.0.0.1:8080"
LONGEST_BODY: Final = 1000
FIELDS: Final = {
    "code": re.compile(r"BT\d{8}", re.ASCII),
    "phone_last4": re.compile(r"\d{4}", re.ASCII),
    "requester": re.compile(r"[\x21-\x7e]{1,100}"),
}


def build(data_dir: Path, now: Callable[[], datetime], carebot_url: str = CAREBOT) -> Starlette:
    """The shop. `now` is asked at every look-up; `carebot_url` is where the widget comes from."""
    orders = Orders(data_dir)
    page = render(orders, carebot_url)
    policy = content_policy(carebot_url)

    async def look_up(request: Request) -> Response:
        asked = read(await request.body())
        if asked is None:
            return JSONResponse({"error": "bad_request"}, 422)
        found = await run_in_threadpool(
            orders.look_up, asked["code"], asked["phone_last4"], asked["requester"], now()
        )
        if found is None:
            return JSONResponse({"error": "not_found"}, 404)
        if isinstance(found, Locked):
            body = {"error": "locked", "retry_after": found.retry_after}
            return JSONResponse(body, 423, headers={"Retry-After": str(found.retry_after)})
        return JSONResponse(found)

    async def front(request: Request) -> Response:
        return HTMLResponse(
            page,
            headers={
                "Content-Security-Policy": policy,
                "X-Content-Type-Options": "nosniff",
                "Referrer-Policy": "strict-origin-when-cross-origin",
            },
        )

    async def style(request: Request) -> Response:
        return FileResponse(FOLDER / "shop.css", media_type="text/css")

    return Starlette(
        routes=[
            Route("/", front),
            Route("/shop.css", style),
            Route("/api/orders/lookup", look_up, methods=["POST"]),
        ]
    )


def read(body: bytes) -> dict[str, str] | None:
    """The three fields of a look-up, or None when they are not what they must be."""
    if len(body) > LONGEST_BODY:
        return None
    try:
        asked: Any = json.loads(body)
    except ValueError:
        return None
    if not isinstance(asked, dict):
        return None
    for name, pattern in FIELDS.items():
        if not isinstance(asked.get(name), str) or not pattern.fullmatch(asked[name]):
            return None
    return {name: asked[name] for name in FIELDS}


def content_policy(carebot_url: str) -> str:
    """The strictest page that can still show the widget."""
    socket = re.sub(r"^http", "ws", carebot_url)
    return (
        f"default-src 'none'; script-src {carebot_url}; connect-src {carebot_url} {socket}; "
        f"img-src 'self' data: {carebot_url}; style-src 'self'; base-uri 'none'; form-action 'none'"
    )


def render(orders: Orders, carebot_url: str) -> str:
    """The page; it only changes when the program does."""
    shop = yaml.safe_load((FOLDER / "shop.yml").read_text(encoding="utf-8"))
    samples = [
        {"code": code, "last4": orders.orders[code]["phone"][-4:]} for code in shop["samples"]
    ]
    pages = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True)
    pages.filters["dong"] = lambda amount: f"{amount:,}".replace(",", ".") + " đ"
    return pages.get_template("page.html").render(
        shop=shop, samples=samples, carebot_url=carebot_url
    )
