"""The pretend platforms side by side: a page with four phones to write on, and every platform's
API under its own name. One process, nothing kept; for this machine only."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import logging
import mimetypes
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import httpx
import uvicorn
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.simulators import accounts
from bot.simulators.apps import APPS, CUSTOMERS, SAMPLES, SWITCHES
from bot.simulators.base import Json, Person, Simulator
from bot.simulators.messenger import MessengerSimulator
from bot.simulators.screen import screen
from bot.simulators.telegram import TelegramSimulator
from bot.simulators.zalo import ZaloSimulator
from bot.simulators.zalo_bot import ZaloBotSimulator

log = logging.getLogger(__name__)

FOLDER: Final = Path(__file__).parent
PORT: Final = 8095
BUSINESS: Final = "Điện Tử Bống"
LARGEST: Final = 25 * 1024 * 1024  # bytes of an attached file
HOSTS: Final = ["127.0.0.1", "localhost"]
KINDS: Final[tuple[type[Simulator], ...]] = (
    MessengerSimulator,
    ZaloSimulator,
    ZaloBotSimulator,
    TelegramSimulator,
)
# A request that gives up waiting for a connection may cost its pool one for good (httpcore 1.0.9).
NO_LIMITS: Final = httpx.Limits(max_connections=None)
EPOCH: Final = datetime(2026, 1, 1, tzinfo=timezone.utc)
REFUSED: Final = {
    "say": "Tin nhắn dài quá, ứng dụng không gửi được.",
    "edit": "Tin này không sửa thêm được nữa.",
    "": "Ứng dụng không làm được việc này.",
}

page = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Phones:
    """The phones, who holds each, and the tabs that look at them."""

    def __init__(self, simulators: Mapping[str, Simulator]) -> None:
        self.simulators = simulators
        self.held_by: dict[str, Person] = {}
        self._names = {name: itertools.cycle(CUSTOMERS) for name in simulators}
        self._tabs: set[asyncio.Event] = set()
        for name in simulators:
            self.hand_on(name)

    def hand_on(self, phone: str) -> None:
        """Somebody else has this phone now: a customer whom the shop does not know."""
        self.held_by[phone] = self.simulators[phone].begin(next(self._names[phone]))

    async def touch(self, phone: str, act: str, value: Json) -> None:
        """What is done on the page: an act of `Simulator.act`, or `hand_on`, or `fault`. Raises
        whatever a simulator says to what its app cannot do."""
        simulator = self.simulators[phone]
        if act == "hand_on":
            self.hand_on(phone)
        elif act == "fault":
            _set_faults(simulator, value)
        else:
            await simulator.act(self.held_by[phone], act, value)
        self.changed()

    def changed(self) -> None:
        for tab in self._tabs:
            tab.set()

    @contextlib.contextmanager
    def tab(self) -> Iterator[asyncio.Event]:
        """Is set whenever a screen may look different."""
        wake = asyncio.Event()
        wake.set()
        self._tabs.add(wake)
        try:
            yield wake
        finally:
            self._tabs.discard(wake)

    def screens(self) -> list[Json]:
        return [screen(each, self.held_by[name]) for name, each in self.simulators.items()]


def _set_faults(simulator: Simulator, values: Json) -> None:
    for switch in SWITCHES:
        if switch.name in values:
            number = max(0, min(int(values[switch.name]), switch.most))
            kind = type(getattr(simulator.faults, switch.name))
            setattr(simulator.faults, switch.name, kind(number))


def build(
    address: str, carebot: str, clock: Callable[[], datetime], business: str = BUSINESS
) -> Starlette:
    """The application. `address` is its own, `carebot` where the webhooks go."""
    http = httpx.AsyncClient(timeout=20, limits=NO_LIMITS, trust_env=False)
    settings = accounts.environment(address)
    settings["telegram"]["TELEGRAM_WEBHOOK_SECRET"] = accounts.telegram_secret()
    simulators = {
        kind.name: kind(f"{carebot}/webhooks/{kind.name}", settings[kind.name], clock, http)
        for kind in KINDS
    }
    samples = {
        name: ((FOLDER / "static" / "samples" / name).read_bytes(), "image/jpeg")
        for name in SAMPLES
    }
    for simulator in simulators.values():
        simulator.count_from(int((clock() - EPOCH).total_seconds()))
        simulator.files |= samples
    phones = Phones(simulators)
    zalo, tokens = phones.simulators["zalo"], accounts.zalo_tokens(clock())
    assert isinstance(zalo, ZaloSimulator)
    zalo.consent.access[tokens.access], zalo.consent.refresh = tokens.access_until, tokens.refresh

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        for simulator in phones.simulators.values():
            await simulator.close()
        await http.aclose()

    app = Starlette(
        routes=[
            Route("/", _front),
            WebSocketRoute("/screens", _screens),
            Route("/files/{phone}", _take_file, methods=["POST"]),
            Route("/files/{phone}/{name:path}", _give_file),
            Mount("/static", StaticFiles(directory=FOLDER / "static")),
            *(_platform(phones, each) for each in phones.simulators.values()),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)],
        lifespan=lifespan,
    )
    app.state.phones, app.state.business = phones, business
    return app


def _platform(phones: Phones, simulator: Simulator) -> BaseRoute:
    """A platform's API; after each call its phone may look different."""
    api = Router(routes=simulator.routes())

    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await api(scope, receive, send)
        except ConnectionResetError:
            pass  # lost on purpose: the server cuts what is not complete
        finally:
            phones.changed()

    return Mount(f"/{simulator.name}", app=watched)


# The page


async def _front(request: Request) -> Response:
    html = page.get_template("phones.html").render(
        apps=APPS, switches=SWITCHES, samples=SAMPLES, business=request.app.state.business
    )
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'; img-src 'self' http: https:; "
        f"connect-src 'self' ws://{request.url.netloc}"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


async def _take_file(request: Request) -> Response:
    """POST: keeps what is to be attached, and answers under which name."""
    phones: Phones = request.app.state.phones
    simulator = phones.simulators.get(request.path_params["phone"])
    if simulator is None or not _from_our_page(request.headers.get("origin"), request.url.netloc):
        return Response(status_code=403)
    data = await request.body()
    if not 0 < len(data) <= LARGEST:
        return Response(status_code=413)
    name = Path(request.query_params.get("name", "")).name or "tep"
    kept = name if name not in simulator.files else f"{simulator.number()}-{name}"
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    simulator.files[kept] = (data, mime)
    return JSONResponse({"file": kept})


async def _give_file(request: Request) -> Response:
    phones: Phones = request.app.state.phones
    simulator = phones.simulators.get(request.path_params["phone"])
    found = simulator.files.get(request.path_params["name"]) if simulator else None
    if found is None:
        return Response(status_code=404)
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found[0], media_type=found[1], headers=headers)


def _from_our_page(origin: str | None, host: str) -> bool:
    return origin == f"http://{host}"


async def _screens(websocket: WebSocket) -> None:
    """WebSocket: the page says what is done, we say what every screen shows."""
    phones: Phones = websocket.app.state.phones
    if not _from_our_page(websocket.headers.get("origin"), websocket.url.netloc):
        await websocket.close(4403)
        return
    await websocket.accept()
    showing = asyncio.create_task(_show(websocket, phones))
    try:
        while True:
            done: Json = json.loads(await websocket.receive_text())
            try:
                await phones.touch(done["phone"], done["act"], done.get("value", {}))
            except (LookupError, NotImplementedError, RuntimeError, TypeError, ValueError) as no:
                log.info("%s: %s: %s", done.get("phone"), done.get("act"), no)
                words = REFUSED.get(done.get("act", ""), REFUSED[""])
                await websocket.send_json({"phone": done.get("phone"), "refused": words})
    except (WebSocketDisconnect, RuntimeError, ValueError):
        pass
    finally:
        showing.cancel()


async def _show(websocket: WebSocket, phones: Phones) -> None:
    shown: dict[str, Json] = {}
    with phones.tab() as wake:
        while True:
            await wake.wait()
            wake.clear()
            for each in phones.screens():
                if shown.get(each["phone"]) != each:
                    shown[each["phone"]] = each
                    await websocket.send_text(json.dumps(each, ensure_ascii=False))


def invitation(port: int, carebot: str) -> str:
    """What somebody needs to know who starts the phones by hand."""
    address = f"http://127.0.0.1:{port}"
    lines = [
        f"  Pretend phones   {address}",
        f"  Their webhooks   {carebot}/webhooks/…",
        "",
        "  The Carebot there talks to them with these settings:",
        "",
    ]
    for settings in accounts.environment(address).values():
        lines += [f"{name}={value}" for name, value in settings.items()]
    lines += ["", "  Zalo OA wants tokens too, once: carebot channel login zalo", ""]
    return "\n".join(lines)


def serve(port: int, carebot: str, clock: Callable[[], datetime], business: str) -> None:
    """Run the phones on this machine's own address until told to stop."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
    options: dict[str, Any] = {"log_config": None, "access_log": False, "server_header": False}
    uvicorn.run(
        build(f"http://127.0.0.1:{port}", carebot, clock, business),
        host="127.0.0.1",
        port=port,
        ws="wsproto",
        timeout_graceful_shutdown=2,
        **options,
    )
