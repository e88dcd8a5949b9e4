"""The customer's card (A8): asked of the demo shop itself, over HTTP."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from doubles import NOON
from playwright.async_api import expect
from test_inbox import open_talk

from bot.storage import conversations, customers, handoffs
from bot.storage.tables import handoff_events
from connectors.crm import Crm, CrmUnavailable
from demo.shop import build

TOKEN = "of the desk"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> httpx.ASGITransport:
    monkeypatch.setenv("CRM_TOKEN", TOKEN)
    return httpx.ASGITransport(build(tmp_path, lambda: NOON))


def crm_of(transport: httpx.AsyncBaseTransport, token: str = TOKEN) -> Crm:
    crm = Crm("http://shop/api/crm/customer", token)
    crm._made = httpx.AsyncClient(transport=transport)
    return crm


async def test_a_phone_number_brings_tier_orders_and_warranties(shop: httpx.ASGITransport) -> None:
    found = await crm_of(shop).customer({"phone": "0900000005", "order_code": ""})

    assert found is not None
    assert (found["name"], found["tier"], found["vip"]) == ("Lê Minh Quân", "Kim Cương", True)
    assert [each["code"] for each in found["orders"]] == ["BT26110145"]
    assert found["warranties"][0]["item"] == "laptop Bống Book 14"


async def test_an_order_alone_names_its_owner(shop: httpx.ASGITransport) -> None:
    found = await crm_of(shop).customer({"phone": "", "order_code": "BT26110123"})

    assert found is not None and found["phone"] == "0900000001"


async def test_whom_the_shop_does_not_know_is_nobody(shop: httpx.ASGITransport) -> None:
    assert await crm_of(shop).customer({"phone": "0999999999", "order_code": ""}) is None
    assert await crm_of(shop).customer({"phone": "", "order_code": ""}) is None


async def test_without_the_secret_nothing_is_told(shop: httpx.ASGITransport) -> None:
    with pytest.raises(CrmUnavailable):
        await crm_of(shop, "guessed").customer({"phone": "0900000005"})


@pytest.mark.parametrize("answer", [b"[]", b"{", b"", b"\xff"])
async def test_an_answer_that_cannot_be_read_is_no_answer(answer: bytes) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=answer))

    with pytest.raises(CrmUnavailable):
        await crm_of(transport).customer({"phone": "0900000005"})


# On the agents' screen


@pytest.mark.asyncio(loop_scope="session")
async def test_the_agent_sees_it_beside_the_conversation(desk, browse, shop) -> None:
    desk.app.state.crm = crm_of(shop)
    await gave(desk, "thao", phone="0900 000 005")
    page = await browse("lan")

    await open_talk(page, desk, "thao")

    card = page.locator("#card")
    for words in ("Lê Minh Quân", "VIP", "Kim Cương", "BT26110145", "15.990.000 đ", "còn đến"):
        await expect(card).to_contain_text(words)
    async with desk.db.read() as tx:
        talk = await conversations.by_id(tx, desk.talks["thao"])
        assert (await customers.by_id(tx, talk.customer_id)).profile["vip"] is True


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(404), "Chưa tìm thấy khách này"),
        (httpx.Response(500), "Chưa lấy được hồ sơ"),
        (httpx.Response(200, json={"name": "Tâm", "salary": "bí mật", "orders": "?"}), "Tâm"),
    ],
)
async def test_it_says_what_it_could_not_find(desk, browse, answer, words) -> None:
    desk.app.state.crm = crm_of(httpx.MockTransport(lambda request: answer))
    page = await browse("lan")

    await open_talk(page, desk, "thao")

    await expect(page.locator("#card")).to_contain_text(words)
    await expect(page.locator("#card")).not_to_contain_text("bí mật")


@pytest.mark.asyncio(loop_scope="session")
async def test_a_shop_without_records_has_no_card(desk, browse) -> None:
    page = await browse("lan")

    async with page.expect_response("**/card"):
        await open_talk(page, desk, "thao")

    await expect(page.locator("#card")).to_be_hidden()


async def gave(desk, name: str, **facts: str) -> None:
    async with desk.db.begin() as tx:
        handoff = (await handoffs.of_conversation(tx, desk.talks[name]))[-1]
        await tx.execute(
            handoff_events.update()
            .where(handoff_events.c.handoff_id == handoff.id)
            .where(handoff_events.c.kind == "requested")
            .values(data={"facts": facts})
        )
