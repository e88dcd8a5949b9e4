"""The page of the weekly digest: who reads it, how the last one fared, and one to try."""

from __future__ import annotations

from doubles import NOON

from bot.storage import digests, rules


async def save(visitor, **fields):
    page = (await visitor.get("/rules/digest")).text
    upon = page.split('name="upon" value="')[1].split('"')[0]
    return await visitor.http.post(
        "/console/rules/digest", data={"csrf": visitor.csrf, "upon": upon, **fields}
    )


async def test_a_supervisor_says_who_gets_the_digest(db, people, visitor) -> None:
    mai = await visitor("mai")

    answer = await save(mai, on="1", emails="mai@shop.example\nan@shop.example\n")

    async with db.read() as tx:
        digest = (await rules.current(tx)).digest
    assert answer.status_code == 303
    assert (digest.on, digest.slack) == (True, False)
    assert digest.emails == ("mai@shop.example", "an@shop.example")
    assert "Email nhận bản tin" in (await mai.get("/rules/history")).text


async def test_what_is_no_address_is_refused_and_kept_in_the_form(db, people, visitor) -> None:
    mai = await visitor("mai")

    answer = await save(mai, on="1", emails="mai(at)shop")

    assert answer.status_code == 422
    assert "mai(at)shop" in answer.text
    assert "Địa chỉ email này chưa đúng" in answer.text


async def test_a_trial_is_planned_for_now(db, people, visitor) -> None:
    mai = await visitor("mai")

    await mai.http.post("/console/rules/digest/try", data={"csrf": mai.csrf})

    async with db.read() as tx:
        [trial] = await digests.planned(tx)
    assert (trial.is_trial, trial.due_at, trial.week) == (True, NOON, "2026-11-16")


async def test_the_last_digest_is_shown_with_what_became_of_it(db, people, visitor) -> None:
    content = {"subject": "Số liệu tuần 46", "days": "", "business": "", "url": ""}
    async with db.begin() as tx:
        await digests.plan(tx, "2026-11-16", "2026-11-16", NOON)
        [planned] = await digests.planned(tx)
        readers = [("email", "an@shop.example")]
        await digests.make(tx, planned.id, {**content, "parts": [], "tops": []}, readers, NOON)
        copy = await digests.claim(tx, NOON)
        assert copy is not None
        await digests.end(tx, copy.id, "failed", NOON, "550")
    mai, lan = await visitor("mai"), await visitor("lan")

    page = (await mai.get("/rules/digest")).text

    assert "Số liệu tuần 46" in page
    assert "máy chủ thư không nhận địa chỉ này (550)" in page
    assert "Bản tin tuần chưa tới được 1 nơi nhận" in (await mai.get("/board")).text
    assert "Bản tin tuần chưa tới" not in (await lan.get("/inbox")).text


async def test_an_agent_does_not_change_it(people, visitor) -> None:
    lan = await visitor("lan")

    assert (await lan.get("/rules/digest")).status_code == 403
