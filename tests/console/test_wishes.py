"""The form on a person's page for the channel and the hours that they want."""

from __future__ import annotations

from datetime import time

import pytest
from cares import somebody

from bot.storage import preferences
from bot.storage.preferences import ANY, Preference


async def save(visitor, person_id: int, **given: str):
    data = {"csrf": visitor.csrf, "channel": "", "opens": "", "closes": "", **given}
    return await visitor.http.post(f"/console/people/{person_id}/wish", data=data)


async def wish(db, person_id: int) -> Preference:
    async with db.read() as tx:
        return await preferences.of_person(tx, person_id)


async def test_a_wish_is_kept_and_shown_and_may_be_taken_back(db, people, visitor) -> None:
    person_id, _ = await somebody(db)
    mai = await visitor("mai")

    await save(mai, person_id, channel="web", opens="18:00", closes="21:00")
    kept, page = await wish(db, person_id), (await mai.get(f"/people/{person_id}")).text
    await save(mai, person_id)

    assert kept == Preference("web", (time(18), time(21)))
    assert 'value="18:00"' in page
    assert '<option value="web" selected>' in page
    assert await wish(db, person_id) == ANY


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "zalo"},  # which they do not use
        {"opens": "21:00", "closes": "18:00"},
        {"opens": "18:00"},
        {"opens": "tối", "closes": "khuya"},
        {"opens": "01:00", "closes": "05:00"},  # when we never write
    ],
)
async def test_what_cannot_be_kept_is_said_and_not_saved(db, people, visitor, given) -> None:
    person_id, _ = await somebody(db)
    mai = await visitor("mai")

    answer = await save(mai, person_id, **given)

    assert answer.status_code == 409
    assert "Chưa lưu được" in answer.text
    assert await wish(db, person_id) == ANY
