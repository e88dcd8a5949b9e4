"""The demo shop as a web application: its page, its pictures, and the API the assistant asks."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from demo import api, crm, facts, records
from demo.book import Book
from demo.days import day_of
from demo.desk import Seeds, read, read_seeds

FOLDER: Final = Path(__file__).parent
CAREBOT: Final = "http://127.0.0.1:8080"


def build(
    data_dir: Path,
    now: Callable[[], datetime],
    carebot_url: str = CAREBOT,
    records_secret: str = "",
) -> Starlette:
    """The shop. `now` is asked at every call; `carebot_url` is where the widget comes from, and
    who is told of the shop's records when there is a secret for it."""
    seeds = read_seeds()
    book = Book(data_dir)
    shop = read("shop")
    page = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True)
    page.filters.update(dong=facts.dong, sentence=sentence)
    headers = {
        "Content-Security-Policy": content_policy(carebot_url),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }

    async def front(request: Request) -> Response:
        return HTMLResponse(
            page.get_template("page.html").render(
                **contents(shop, seeds), facts=facts.load(today=day_of(now())), carebot=carebot_url
            ),
            headers=headers,
        )

    async def support(request: Request) -> Response:
        record = facts.records()["support_policy"]
        return HTMLResponse(
            page.get_template("policy.html").render(
                policy=record["value"],
                version=record["version"],
                reviewed=record["review"],
                facts=facts.load(today=day_of(now())),
                carebot=carebot_url,
            ),
            headers=headers,
        )

    async def style(request: Request) -> Response:
        return FileResponse(FOLDER / "shop.css", media_type="text/css")

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        url = f"{carebot_url}/hooks/records"
        if not records_secret:
            yield
            return
        telling = records.keep_telling(seeds, book, now, url, records_secret)
        task = asyncio.create_task(telling)
        yield
        task.cancel()

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", front),
            Route("/chinh-sach-ho-tro", support),
            Route("/shop.css", style),
            Mount("/pictures", StaticFiles(directory=FOLDER / "pictures")),
            *api.routes(seeds, book, now),
            crm.route(seeds, book, now),
        ],
    )


def content_policy(carebot_url: str) -> str:
    """The strictest page that can still show the widget."""
    socket = re.sub(r"^http", "ws", carebot_url)
    return (
        f"default-src 'none'; script-src {carebot_url}; connect-src {carebot_url} {socket}; "
        f"img-src 'self' data: {carebot_url}; style-src 'self'; base-uri 'none'; form-action 'none'"
    )


def sentence(fact: str) -> str:
    """A fact that stands alone."""
    return f"{fact[0].upper()}{fact[1:]}."


def contents(shop: dict[str, Any], seeds: Seeds) -> dict[str, Any]:
    """What the page shows of shop.yml, the catalogue and the orders."""
    catalogue = seeds.catalogue
    return {
        "shop": shop,
        "stores": [facts.records()[f"store_{key}"]["value"] for key in seeds.places.stores],
        "pay_methods": facts.records()["pay_methods"]["value"],
        "products": [
            {
                "name": product.name,
                "picture": f"/pictures/{product.category.id}.svg",
                "note": " · ".join(f"{label}: {product.specs[label]}" for label in labels),
                "price": catalogue.price(product),
                "old_price": catalogue.price(product) + catalogue.off(product),
            }
            for id, labels in shop["products"].items()
            if (product := catalogue.products[id])
        ],
        "samples": [
            {"code": code, "last4": seeds.orders[code]["phone"][-4:]} for code in shop["samples"]
        ],
    }
