"""The supervisors' pages of the desk's rules: hours, routing, teams, numbers, wording, history."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import scenes
from axe_playwright_python.async_playwright import Axe
from doubles import NOON
from playwright.async_api import expect
from visits import Clock, token_in

from bot import desk_rules, schedule
from bot.storage import agents, messages, rules

browsers = pytest.mark.asyncio(loop_scope="session")


async def kept(db):
    """The rules that hold now."""
    async with db.read() as tx:
        return (await rules.newest(tx))[1]


async def put(db, **parts):
    """Somebody has saved these parts of the document."""
    async with db.begin() as tx:
        version, document = await rules.newest(tx)
        assert await rules.save(tx, {**document, **parts}, "test", None, NOON, upon=version)


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page's largest form, without its buttons."""
    form = max(re.findall(r"<form.*?</form>", page, re.S), key=len)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        chosen = given.get("type") not in ("checkbox", "radio") or " checked" in tag
        if "name" in given and chosen:
            sent[given["name"]] = unescape(given.get("value", "on"))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        sent[name] = unescape(body)
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        sent[name] = chosen[1]
    return sent


async def send(somebody, path: str, do: str = "save", **changed: str | None):
    """Open a page, change some of its fields (None: leave out), press a button."""
    page = (await somebody.get(path)).text
    return await send_from(somebody, path, page, do, **changed)


async def send_from(somebody, path: str, page: str, do: str = "save", **changed: str | None):
    given = {**fields(page), **changed, "do": do, "csrf": token_in(page)}
    data = {name: value for name, value in given.items() if value is not None}
    return await somebody.http.post(f"/console{path}", data=data)


def plain(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


# --- hours


async def test_a_day_gets_a_second_stretch_that_ends_at_midnight(visitor, people, db):
    mai = await visitor("mai")

    more = await send(mai, "/rules/hours", "add week.mon", **{
        "week.mon.0.start": "08:00", "week.mon.0.end": "12:00", "week.mon.0.midnight": None,
    })  # fmt: skip
    untouched = await kept(db)
    done = await send_from(mai, "/rules/hours", more.text, **{
        "week.mon.1.start": "13:30", "week.mon.1.midnight": "on",
    })  # fmt: skip

    assert untouched["hours"]["week"]["mon"] == ["00:00-24:00"]
    assert done.status_code == 303
    assert (await kept(db))["hours"]["week"]["mon"] == ["08:00-12:00", "13:30-24:00"]
    page = (await mai.get("/rules/hours?saved=1")).text
    assert "Đã lưu, có hiệu lực ngay." in page


async def test_a_page_opened_and_saved_changes_nothing(visitor, people, db):
    mai = await visitor("mai")
    before = await kept(db)

    for path in (
        "/rules/hours",
        "/rules/routing/0",
        "/rules/routing/5",
        "/rules/teams/cskh",
        f"/rules/agents/{people.lan.id}",
    ):
        assert (await send(mai, path)).status_code == 303

    async with db.read() as tx:
        assert len(await rules.history(tx)) == 1
    assert await kept(db) == before


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"week.tue.0.start": "21:00", "week.tue.0.end": "08:00"}, "week.tue[0]", "Giờ đóng phải"),
        ({"week.tue.0.start": "21:00", "week.tue.0.end": ""}, "week.tue[0]", "Nhập cả giờ mở"),
        ({f"week.{day}.0.start": "" for day in schedule.WEEKDAYS}, "week",
         "khách sẽ chờ mãi"),
        ({"days.0.date": "2026-12-24", "days.1.date": "2026-12-24"}, "days[1]", "Đã có một mục"),
    ],
)  # fmt: skip
async def test_hours_that_cannot_be_are_refused_at_their_field(
    visitor, people, db, changed, field, words
):
    mai = await visitor("mai")
    before = await kept(db)
    given = dict(changed)
    for name in changed:
        if name.startswith("week."):
            given[name.rpartition(".")[0] + ".midnight"] = None
            given.setdefault(name.rpartition(".")[0] + ".end", "")

    answer = await send(mai, "/rules/hours", **given)

    assert answer.status_code == 422
    told = re.search(rf'id="problem-{re.escape(field)}">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]
    assert await kept(db) == before


async def test_a_team_gets_hours_of_its_own_and_loses_them(visitor, people, db):
    mai = await visitor("mai")
    path = "/rules/hours/ky_thuat"
    shared = (await mai.get(path)).text

    own = await send(mai, path, "own")
    await send_from(mai, path, own.text, **{"week.sun.0.start": "", "week.sun.0.midnight": None})
    given = (await kept(db))["team_hours"]
    await send(mai, path, "shared")

    assert "Nhóm Kỹ thuật đang làm theo giờ chung của shop." in shared
    assert given["ky_thuat"]["week"]["sun"] == []
    assert given["ky_thuat"]["week"]["mon"] == ["00:00-24:00"]
    assert (await kept(db))["team_hours"] == {}


async def test_the_page_says_when_it_opens_next_and_which_holidays_come(
    visitor, people, db, time: Clock
):
    await put(db, hours=desk_rules.document()["hours"])
    mai = await visitor("mai")

    noon = plain((await mai.get("/rules/hours")).text)
    time.passes(hours=10)
    night = plain((await mai.get("/rules/hours")).text)

    assert "Đang mở, nghỉ lúc 21:00 tối nay." in noon
    # 24 November is a holiday from 2026 on.
    assert "Đang nghỉ, mở lại lúc 8:00 thứ Tư (25/11)." in night
    assert "Thứ Ba 24/11/2026 Ngày Văn hóa Việt Nam" in night
    assert "Thứ Năm 04/02 – 10/02/2027 29 Tết, Tết Nguyên Đán" in night


async def test_who_was_overtaken_reads_what_others_saved_and_keeps_their_own(visitor, people, db):
    mai, quan = await visitor("mai"), await visitor("quan")
    path = "/rules/hours"
    opened = (await mai.get(path)).text
    await send(quan, path, holidays="on")

    late = await send_from(mai, path, opened, **{
        "week.sun.0.start": "09:00", "week.sun.0.end": "17:00", "week.sun.0.midnight": None,
    })  # fmt: skip
    between = await kept(db)
    again = await send_from(mai, path, late.text)

    assert late.status_code == 409
    assert "Đỗ Quân vừa lưu phần này lúc 12:00" in plain(late.text)
    assert "Giờ chung · ngày lễ, Tết Làm việc như thường thành → Nghỉ" in plain(late.text)
    assert fields(late.text)["week.sun.0.start"] == "09:00"
    assert between["hours"]["week"]["sun"] == ["00:00-24:00"]
    assert again.status_code == 303
    assert (await kept(db))["hours"]["week"]["sun"] == ["09:00-17:00"]


async def test_what_others_save_elsewhere_is_no_conflict(visitor, people, db):
    mai = await visitor("mai")
    opened = (await mai.get("/rules/hours")).text
    await put(db, tags=["mới"])

    done = await send_from(mai, "/rules/hours", opened, holidays="on")

    assert done.status_code == 303
    assert (await kept(db))["tags"] == ["mới"]
    assert (await kept(db))["hours"]["holidays"] is True


# --- routing


async def try_it(somebody, **case: str) -> str:
    page = (await somebody.get("/rules/routing")).text
    data = {"csrf": token_in(page), "do": "try", "channel": "web", "language": "vi", **case}
    answer = await somebody.http.post("/console/rules/routing", data=data)
    return plain(answer.text.partition('class="try-result"')[2].join(["<main", ""]))


async def test_a_pasted_message_shows_its_team_and_why_each_rule_fits_or_not(visitor, people, db):
    mai = await visitor("mai")

    told = await try_it(
        mai, text="em ơi HOAN TIEN giúp chị, ship lâu quá", reason="customer_request", vip="on"
    )

    assert "Nhóm Kế toán Đang mở" in told or "Nhóm Kế toán Mở suốt ngày đêm" in told
    assert "Mức ưu tiên Gấp" in told
    for line in (
        "Hoá đơn, chuyển khoản · hợp, quyết định nhóm (khách nhắc: hoàn tiền)",
        "Giao hàng · hợp, nhưng nhóm đã do luật phía trên quyết định (khách nhắc: ship)",
        "Tư vấn mua · không hợp: khác lý do và không nhắc từ nào",
        "Khách quen chi nhiều · hợp",
        "Hỏi lần thứ ba trong tuần · không hợp: chưa đủ số lần hỏi lại",
    ):
        assert line in told
    async with db.read() as tx:
        assert len(await rules.history(tx)) == 1


async def test_what_no_rule_knows_goes_to_the_default_team(visitor, people, db):
    mai = await visitor("mai")

    told = await try_it(mai, text="alo", reason="fallback", channel="zalo")

    assert "Nhóm Chăm sóc khách hàng" in told
    assert "Nhóm mặc định · vì không luật nào có tên nhóm hợp" in told


async def test_a_rule_is_written_moved_up_and_deleted(visitor, people, db):
    mai = await visitor("mai")
    count = len((await kept(db))["routing"])

    await send(mai, "/rules/routing/new", **{
        "name": "Khách Zalo hỏi loa", "words": "loa, karaoke\nloa kéo", "channel.zalo": "on",
        "team": "ky_thuat", "priority": "1", "skills": "karaoke",
    })  # fmt: skip
    written = (await kept(db))["routing"][-1]
    moved = await send(mai, "/rules/routing", f"up {count}")
    order = [rule["name"] for rule in (await kept(db))["routing"]]
    await send(mai, f"/rules/routing/{count - 1}", "delete")

    assert written == {
        "name": "Khách Zalo hỏi loa",
        "when": {"words": ["loa", "karaoke", "loa kéo"], "channels": ["zalo"]},
        "team": "ky_thuat",
        "priority": 1,
        "raise": 0,
        "skills": ["karaoke"],
    }
    assert moved.headers["location"].endswith(f"#rule-{count - 1}")
    assert order[-2] == "Khách Zalo hỏi loa"
    assert len((await kept(db))["routing"]) == count


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"words": "hoá đơn công ty", "team": "giao_nhan"},
         "vì luật “Hoá đơn, chuyển khoản” phía trên đã nhận hết"),
        ({"words": "hoá đơn công ty", "team": "giao_nhan", "raise": "1"},
         "Không bao giờ chọn được nhóm, vì luật “Hoá đơn, chuyển khoản”"),
        ({"reason.moon_phase": "on", "team": "cskh"}, "Không bao giờ hợp"),
        ({"words": "loa", "team": "giao_nhan"}, "Nhóm Giao nhận chưa có ai."),
        ({"words": "loa", "skills": "đàn bầu"}, "Chưa nhân viên nào có kỹ năng “đàn bầu”."),
    ],
)  # fmt: skip
async def test_a_rule_that_does_less_than_it_says_is_saved_and_pointed_out(
    visitor, people, db, given, words
):
    async with db.begin() as tx:
        for each in (people.lan, people.hung, people.mai, people.quan):
            await agents.place(tx, each.id, ["cskh"], {}, None)
    mai = await visitor("mai")

    done = await send(mai, "/rules/routing/new", name="Luật mới", **given)
    page = (await mai.get(done.headers["location"].removeprefix("/console"))).text

    assert (await kept(db))["routing"][-1]["name"] == "Luật mới"
    last = page.rpartition('class="rule-name"')[2].partition("</li>")[0]
    assert words in last
    assert "luật cần xem lại" in page


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": " ", "words": "loa", "team": "cskh"}, "name", "Bạn đặt tên"),
        ({"name": "Giao hàng", "words": "loa", "team": "cskh"}, "name", "Đã có một mục"),
        ({"name": "Mới", "words": "!!!", "team": "cskh"}, "when.words", "Từ khoá phải có"),
        ({"name": "Mới", "team": "cskh"}, "when", "Chọn ít nhất một điều kiện"),
        ({"name": "Mới", "words": "loa"}, "", "Luật này chưa làm gì"),
        ({"name": "Mới", "words": "loa", "team": "gone"}, "team", "Không còn nhóm này"),
        ({"name": "Mới", "repeats": "ba", "team": "cskh"}, "when.repeats", "Nhập một số nguyên"),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_at_its_field(
    visitor, people, db, given, field, words
):
    mai = await visitor("mai")
    before = await kept(db)

    answer = await send(mai, "/rules/routing/new", **given)

    assert answer.status_code == 422
    told = re.search(rf'id="problem-{re.escape(field)}">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]
    assert await kept(db) == before


async def test_the_rules_a_shop_starts_with_all_decide_something(visitor, people, db):
    page = (await (await visitor("mai")).get("/rules/routing")).text

    assert "Không bao giờ" not in page


# --- teams and agents


async def agent(db, user):
    async with db.read() as tx:
        return await agents.by_id(tx, user.id)


async def test_a_team_is_made_with_its_people(visitor, people, db):
    mai = await visitor("mai")

    await send(mai, "/rules/teams/new-team", **{
        "vi": "Bảo hành Đà Nẵng", "en": "Warranty Đà Nẵng", f"member.{people.lan.id}": "on",
        "default": "on",
    })  # fmt: skip
    page = plain((await mai.get("/rules/teams")).text)

    document = await kept(db)
    assert document["teams"]["bao_hanh_da_nang"]["en"] == "Warranty Đà Nẵng"
    assert document["default_team"] == "bao_hanh_da_nang"
    assert (await agent(db, people.lan)).teams == {"bao_hanh_da_nang"}
    assert "Bảo hành Đà Nẵng mặc định Nguyễn Thị Lan bao_hanh_da_nang" in page
    assert "Nhóm Kỹ thuật chưa có ai. 3 người chưa vào nhóm nào" in page


async def test_a_team_that_a_rule_names_is_not_deleted_and_the_reason_is_told(visitor, people, db):
    mai = await visitor("mai")

    answer = await send(mai, "/rules/teams/giao_nhan", "delete")
    default = await send(mai, "/rules/teams/cskh", "delete")

    assert (answer.status_code, default.status_code) == (422, 422)
    told = plain(answer.text)
    assert "còn luật chuyển khách tới nhóm này. Bạn sửa luật trước: Giao hàng" in told
    assert "Không xoá được nhóm mặc định." in plain(default.text)
    assert {"giao_nhan", "cskh"} <= set((await kept(db))["teams"])


async def test_a_team_nobody_needs_goes_and_its_people_leave_it(visitor, people, db):
    mai = await visitor("mai")
    await send(mai, "/rules/teams/new-team", vi="Tạm", **{f"member.{people.lan.id}": "on"})

    done = await send(mai, "/rules/teams/tam", "delete")

    assert done.status_code == 303
    assert "tam" not in (await kept(db))["teams"]
    assert (await agent(db, people.lan)).teams == frozenset()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"vi": "Kế toán"}, "code", "Đã có một mục"),
        ({"vi": "2 nhóm"}, "", "Mã nhóm chỉ gồm"),
        ({"vi": " ", "code": "moi"}, "", "Bạn đặt tên"),
    ],
)
async def test_a_team_that_cannot_be_is_refused_at_its_field(
    visitor, people, db, given, field, words
):
    mai = await visitor("mai")

    answer = await send(mai, "/rules/teams/new-team", **given)

    assert answer.status_code == 422
    told = re.search(rf'id="problem-{field}">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]


async def test_an_agent_is_placed_and_the_queue_finds_them_so(visitor, people, db):
    mai = await visitor("mai")
    path = f"/rules/agents/{people.lan.id}"

    more = await send(mai, path, "add", **{"skill.0": "tiếng Anh", "skill.0.level": "3"})
    await send_from(mai, path, more.text, **{
        "team.ky_thuat": "on", "team.cskh": "on", "skill.1": "karaoke", "capacity": "2",
    })  # fmt: skip

    lan = await agent(db, people.lan)
    assert lan.teams == {"ky_thuat", "cskh"}
    assert lan.skills == {"tiếng Anh": 3, "karaoke": 2}
    assert lan.capacity == 2
    row = plain((await mai.get("/rules/agents")).text)
    assert (
        "Không nhận khách Chăm sóc khách hàng, Kỹ thuật tiếng Anh (3), karaoke (2) 0 / 2 cuộc"
        in row
    )


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"capacity": "nhiều"}, "capacity", "Nhập một số nguyên"),
        ({"skill.0": "loa", "skill.0.level": "7"}, "skills.loa", "Chọn mức từ 1 đến 3"),
    ],
)
async def test_a_place_that_cannot_be_is_refused_at_its_field(
    visitor, people, db, given, field, words
):
    mai = await visitor("mai")

    answer = await send(mai, f"/rules/agents/{people.lan.id}", **given)

    assert answer.status_code == 422
    told = re.search(rf'id="problem-{field}">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]


async def test_two_who_place_the_same_agent_do_not_overwrite_each_other(visitor, people, db):
    mai, quan = await visitor("mai"), await visitor("quan")
    path = f"/rules/agents/{people.lan.id}"
    opened = (await mai.get(path)).text
    await send(quan, path, **{"team.ke_toan": "on"})

    late = await send_from(mai, path, opened, capacity="3")

    assert late.status_code == 409
    assert "Nhân viên Nguyễn Thị Lan nhóm Kế toán" in plain(late.text)
    assert (await agent(db, people.lan)).teams == {"ke_toan"}


# --- numbers


async def test_numbers_weights_and_tags_are_changed(visitor, people, db):
    mai = await visitor("mai")

    await send(mai, "/rules/targets", **{
        "first_reply": "3", "calendar": "always", "weight.zalo": "0,5", "abandon_after": "45",
        "tags": "loa kéo\nđổi trả, loa kéo",
    })  # fmt: skip

    async with db.read() as tx:
        found = await rules.current(tx)
    assert found.sla.first_reply == timedelta(minutes=3)
    assert found.sla.always
    assert found.assignment.weights == {"zalo": 0.5}
    assert found.queue.abandon_after == timedelta(minutes=45)
    assert found.tags == ("loa kéo", "đổi trả")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"first_reply": "0"}, "sla.first_reply", "Nhập một số nguyên"),
        ({"ageing": "lâu"}, "queue.ageing", "Nhập một số nguyên"),
        ({"weight.zalo": "nặng"}, "assignment.weights.zalo", "Nhập số lớn hơn 0"),
        ({"weight.zalo": "11"}, "assignment.weights.zalo", "Nhập số lớn hơn 0"),
    ],
)
async def test_a_number_that_makes_no_sense_is_refused_at_its_field(
    visitor, people, db, given, field, words
):
    mai = await visitor("mai")

    answer = await send(mai, "/rules/targets", **given)

    assert answer.status_code == 422
    told = re.search(rf'id="problem-{re.escape(field)}">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]
    for name, typed in given.items():
        assert fields(answer.text)[name] == typed


# --- history


async def test_history_tells_who_changed_what_in_the_names_people_know(
    visitor, people, db, time: Clock
):
    mai, quan = await visitor("mai"), await visitor("quan")
    await send(mai, "/rules/targets", first_reply="3")
    time.passes(minutes=5)
    await send(quan, "/rules/routing", "down 4")
    await send(quan, "/rules/routing/0", priority="1")

    page = plain((await mai.get("/rules/history")).text)

    for line in (
        "Phân luồng Đỗ Quân · 23/11/2026 12:05 Luật “An toàn, lừa đảo, doạ kiện” lý do:",
        "mức ngay lập tức thành → lý do:",
        "Thứ tự luật An toàn",
        "Cam kết, phân công Lê Mai · 23/11/2026 12:00 Trả lời lần đầu trong 5 phút thành → 3 phút",
    ):
        assert line in page


async def test_an_earlier_version_is_restored_as_a_new_one(visitor, people, db):
    mai = await visitor("mai")
    await send(mai, "/rules/targets", first_reply="3")
    await send(mai, f"/rules/agents/{people.lan.id}", **{"team.ke_toan": "on"})
    await send(mai, "/rules/targets", first_reply="4")
    await send(mai, f"/rules/agents/{people.lan.id}", **{"team.ke_toan": None, "team.cskh": "on"})
    page = (await mai.get("/rules/history")).text

    data = {"csrf": token_in(page), "upon": "5", "version": "3"}
    done = await mai.http.post("/console/rules/history", data=data)

    async with db.read() as tx:
        versions = await rules.history(tx)
        found = await rules.current(tx)
    assert done.status_code == 303
    assert (versions[0].id, versions[0].part, versions[0].by) == (6, "restored", "Lê Mai")
    assert found.sla.first_reply == timedelta(minutes=3)
    assert (await agent(db, people.lan)).teams == {"ke_toan"}


async def test_a_long_history_comes_in_pages(visitor, people, db):
    for number in range(25):
        await put(db, tags=[f"nhãn {number}"])
    mai = await visitor("mai")

    newest = (await mai.get("/rules/history")).text
    older = re.search(r'rel="next" href="/console(/rules/history\?before=\d+)"', newest)
    rest = (await mai.get(older[1])).text

    told = re.findall(r"<ins>nhãn (\d+)</ins>", newest + rest)
    assert [int(number) for number in dict.fromkeys(told)] == list(range(24, -1, -1))


# --- wording


async def test_the_queue_speaks_in_the_shops_own_words(visitor, people, db):
    mai = await visitor("mai")

    await send(
        mai,
        "/rules/sentences/queued",
        vi="Dạ anh/chị chờ em xíu, còn {place} người nữa thôi ạ.",
    )
    wanted = await scenes.talk(db, "nga", "Trần Nga", [("gặp nhân viên", scenes.person())], NOON)

    async with db.read() as tx:
        said = [message.content.text for message in await messages.of_conversation(tx, wanted)]
    assert said[-1] == "Dạ anh/chị chờ em xíu, còn 1 người nữa thôi ạ."
    document = await kept(db)
    assert set(document["words"]) == {"queued"}
    assert set(document["words"]["queued"]) == {"vi"}


async def test_a_sentence_is_previewed_and_goes_back_to_the_default(visitor, people, db):
    mai = await visitor("mai")
    path = "/rules/sentences/accepted"
    text = "Dạ em {agent} nghe anh/chị đây ạ!"

    tried = await send(mai, path, "try", vi=text)
    untouched = await kept(db)
    await send(mai, path, vi=text)
    own = (await kept(db))["words"]
    await send(mai, path, "default")

    page = plain(tried.text)
    assert "Khách sẽ đọc Dạ em Lan nghe anh/chị đây ạ!" in page
    assert "Khách xưng cô sẽ đọc Dạ cháu Lan nghe cô đây ạ!" in page
    assert "words" not in untouched
    assert own == {"accepted": {"vi": text}}
    assert (await kept(db))["words"] == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dạ anh/chị chờ em nhé.", "Câu thiếu chỗ trống {place}."),
        ("Dạ {place} người, {agent} tới ngay.", "không có chỗ trống {agent}."),
        ("Dạ {place} người {0} nhé", "không có chỗ trống {0}."),
        ("Dạ {place!r} người nhé", "không có chỗ trống {place!r}."),
        ("Dạ {place người", "Dấu ngoặc nhọn"),
        ("Dạ {place} " + "chờ " * 300, "dài quá 1000 ký tự"),
    ],
)
async def test_a_sentence_that_cannot_be_filled_in_is_refused(visitor, people, db, text, words):
    mai = await visitor("mai")

    answer = await send(mai, "/rules/sentences/queued", vi=text)

    assert answer.status_code == 422
    told = re.search(r'id="problem-vi">([^<]+)', answer.text)
    assert told, answer.text
    assert words in told[1]
    assert fields(answer.text)["vi"] == text.strip()
    assert "words" not in await kept(db)


async def test_history_shows_a_sentence_before_and_after(visitor, people, db):
    mai = await visitor("mai")
    await send(mai, "/rules/sentences/resolved", en="Bye!")

    page = plain((await mai.get("/rules/history")).text)

    assert "Câu “Đóng cuộc trò chuyện” (tiếng Anh) This conversation has ended." in page
    assert "thành → Bye!" in page


# --- in the browser


PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "phone": PHONE}


@browsers
async def test_hours_are_edited_by_keyboard_without_scripts(desk, browse):
    page = await browse("mai", "/rules/hours", java_script_enabled=False)
    monday = page.get_by_role("group", name="Thứ Hai")

    await monday.get_by_role("button", name="Thêm khung giờ").press("Enter")
    await expect(monday.locator("input[type=time]")).to_have_count(4)
    await page.fill("[name='week.mon.0.end']", "11:30")
    await page.uncheck("[name='week.mon.0.midnight']")
    await page.fill("[name='week.mon.1.start']", "13:00")
    await page.check("[name='week.mon.1.midnight']")
    await page.press("[name='week.mon.1.start']", "Enter")

    await expect(page.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()
    assert (await kept(desk.db))["hours"]["week"]["mon"] == ["00:00-11:30", "13:00-24:00"]


@browsers
async def test_a_new_stretch_has_the_focus_and_what_is_wrong_too(desk, browse):
    page = await browse("mai", "/rules/hours")
    sunday = page.get_by_role("group", name="Chủ nhật")

    await sunday.get_by_role("button", name="Thêm khung giờ").click()
    await expect(page.locator("[name='week.sun.1.start']")).to_be_focused()
    await page.fill("[name='week.sun.1.start']", "09:00")
    await page.fill("[name='week.sun.1.end']", "08:00")
    await page.get_by_role("button", name="Lưu").last.click()

    wrong = page.locator("[name='week.sun.1.start']")
    await expect(wrong).to_be_focused()
    await expect(wrong).to_have_accessible_description(re.compile("Giờ đóng phải sau giờ mở"))
    await expect(page.get_by_role("alert")).to_contain_text("Chưa lưu được.")


@browsers
async def test_the_try_box_shows_the_way_of_a_message(desk, browse):
    page = await browse("mai", "/rules/routing")

    await page.get_by_label("Tin nhắn của khách").fill("xuat hoa don cong ty giup minh")
    await page.locator("[name=channel]").select_option("zalo")
    await page.get_by_role("button", name="Thử", exact=True).click()

    result = page.locator(".try-result")
    await expect(result).to_be_in_viewport()
    await expect(result).to_contain_text("Kế toán")
    await expect(result.locator(".fits")).to_contain_text(["Hoá đơn, chuyển khoản"])


@browsers
async def test_a_supervisor_who_was_overtaken_decides_whose_version_holds(desk, browse):
    mai = await browse("mai", "/rules/targets")
    quan = await browse("quan", "/rules/targets")
    await quan.get_by_label("Trả lời lần đầu trong").fill("7")
    await quan.get_by_role("button", name="Lưu").click()
    await expect(quan.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()

    await mai.get_by_label("Trả lời lần đầu trong").fill("3")
    await mai.get_by_role("button", name="Lưu").click()

    alert = mai.get_by_role("alert")
    await expect(alert).to_contain_text("Đỗ Quân vừa lưu phần này")
    await expect(alert).to_contain_text("7 phút")
    await expect(mai.get_by_label("Trả lời lần đầu trong")).to_have_value("3")
    await mai.get_by_role("button", name="Lưu").click()
    await expect(mai.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()
    assert (await kept(desk.db))["sla"]["first_reply"] == 3


@browsers
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing_serious_on_the_rules(desk, browse, look):
    found: list[str] = []
    page = await browse("quan", "/rules", bypass_csp=True, **LOOKS[look])
    for where in (
        "hours", "hours/ky_thuat", "routing", "routing/5", "teams", "teams/cskh", "agents",
        f"agents/{desk.people.lan.id}", "targets", "sentences", "sentences/queued", "history",
    ):  # fmt: skip
        await page.goto(f"{desk.url}/rules/{where}")
        for each in await page.locator("main details > summary").all():
            await each.click()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where
        results = await Axe().run(page)
        found.extend(
            f"{where}: {each['id']} {[node['html'][:120] for node in each['nodes'][:3]]}"
            for each in results.response["violations"]
            if each["impact"] in ("serious", "critical")
        )

    assert not found
