"""What the inbox's calls do and what supervisors find, on both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from urllib.parse import quote

import pytest
import scenes
from doubles import NOON
from scenes import answer, person

from bot import handoff
from bot.console import export
from bot.models import Content
from bot.storage import customers, desk, hits, messages, users
from bot.storage.hits import Filters
from connectors.base import Attachment


@pytest.fixture
async def talks(db, people, time):
    return await scenes.busy_day(db, people, time.now)


async def waiting(db, by="nga", name="Trần Nga", text="cho gặp nhân viên", start=NOON):
    return await scenes.talk(db, by, name, [(text, person())], start - timedelta(minutes=1))


def rows(answer):
    return {row["id"]: row for row in answer.json()["conversations"]}


# --- acting


async def test_of_twenty_who_press_accept_exactly_one_wins(visitor, people, db):
    wanted = await waiting(db)
    lan, hung = await visitor("lan"), await visitor("hung")

    answers = await asyncio.gather(
        *(
            each.post(f"/api/conversations/{wanted}/accept")
            for _ in range(10)
            for each in (lan, hung)
        )
    )

    async with db.read() as tx:
        entry = await desk.entry(tx, wanted)
        lines = await desk.lines(tx, wanted, people.mai)
    winner = people.lan if entry.assignee == people.lan.name else people.hung
    for place, got in enumerate(answers):
        presser = (people.lan, people.hung)[place % 2]
        assert got.status_code == (200 if presser == winner else 409)
        if presser != winner:
            assert got.json()["text"] == f"{winner.name} đã nhận cuộc này."
    assert sum("đã vào hỗ trợ" in line.message.content.text for line in lines) == 1


async def test_a_double_click_posts_once(visitor, people, db):
    wanted = await waiting(db)
    lan = await visitor("lan")
    await lan.post(f"/api/conversations/{wanted}/accept")

    body = {"text": "Dạ em nghe ạ", "client_id": "click-12345"}
    answers = await asyncio.gather(
        *(lan.post(f"/api/conversations/{wanted}/reply", **body) for _ in range(5))
    )

    assert {each.status_code for each in answers} == {200}
    async with db.read() as tx:
        lines = await desk.lines(tx, wanted, people.mai)
    assert [line.client_id for line in lines].count("click-12345") == 1


async def test_only_the_one_who_has_it_replies_and_the_refusal_says_so(visitor, people, db):
    wanted = await waiting(db)
    lan, hung = await visitor("lan"), await visitor("hung")
    await lan.post(f"/api/conversations/{wanted}/accept")

    refused = await hung.post(
        f"/api/conversations/{wanted}/reply", text="chen ngang", client_id="hung-0001"
    )

    assert refused.status_code == 409
    assert refused.json()["code"] == "not_yours"
    assert (await lan.get(f"/api/conversations/{wanted}")).json()["messages"][-1][
        "text"
    ] != "chen ngang"


async def test_a_supervisor_takes_over_with_a_reason_kept_as_a_note(visitor, people, db):
    wanted = await waiting(db)
    lan, mai = await visitor("lan"), await visitor("mai")
    await lan.post(f"/api/conversations/{wanted}/accept")

    empty = await mai.post(f"/api/conversations/{wanted}/take-over", reason="  ")
    done = await mai.post(f"/api/conversations/{wanted}/take-over", reason="Lan nghỉ ốm")

    assert (empty.status_code, done.status_code) == (422, 200)
    talk = (await lan.get(f"/api/conversations/{wanted}")).json()
    assert talk["conversation"]["assignee"]["name"] == people.mai.name
    note = next(each for each in talk["messages"] if each["internal"])
    assert note["text"] == "Lan nghỉ ốm"


async def test_closing_needs_one_of_the_reasons(visitor, people, db):
    wanted = await waiting(db)
    lan = await visitor("lan")
    await lan.post(f"/api/conversations/{wanted}/accept")

    wrong = await lan.post(f"/api/conversations/{wanted}/resolve", reason="because")
    right = await lan.post(f"/api/conversations/{wanted}/resolve", reason="answered")
    late = await lan.post(f"/api/conversations/{wanted}/reply", text="ơ", client_id="too-late-1")

    assert (wrong.status_code, right.status_code, late.status_code) == (422, 200, 409)
    assert late.json()["text"] == "Cuộc này đã đóng."
    assert wanted not in rows(await lan.get("/api/inbox"))


async def test_giving_back_leaves_it_with_the_assistant(visitor, people, db):
    wanted = await waiting(db)
    lan = await visitor("lan")
    await lan.post(f"/api/conversations/{wanted}/accept")

    await lan.post(f"/api/conversations/{wanted}/return")

    row = rows(await lan.get("/api/inbox"))[wanted]
    assert row["status"] == "bot"
    assert row["handoff"]["outcome"] == "returned"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "x" * 4001, "client_id": "12345678"},
        {"text": "a", "client_id": 7},
    ],
)
async def test_what_the_inbox_would_never_send_is_refused(visitor, people, db, body):
    wanted = await waiting(db)
    lan = await visitor("lan")

    answer = await lan.post(f"/api/conversations/{wanted}/note", **body)

    assert answer.status_code == 422


# --- notes


async def test_a_note_never_reaches_the_customer(visitor, people, db):
    wanted = await waiting(db)
    lan = await visitor("lan")
    await lan.post(f"/api/conversations/{wanted}/accept")

    posted = await lan.post(
        f"/api/conversations/{wanted}/note", text="khách khó tính", client_id="note-0001"
    )

    assert posted.status_code == 200
    async with db.read() as tx:
        customer = await customers.find(tx, "web", "nga")
        seen = await messages.seen_by_customer(tx, customer.id)
        staff = await desk.lines(tx, wanted, people.mai)
    assert "khách khó tính" not in [message.content.text for message in seen]
    assert "khách khó tính" in [
        line.message.content.text for line in staff if line.message.internal
    ]
    assert rows(await lan.get("/api/inbox"))[wanted]["last"]["text"] != "khách khó tính"


# --- the inbox


async def test_the_inbox_holds_what_is_open_and_no_more(visitor, talks):
    lan = await visitor("lan")

    shown = rows(await lan.get("/api/inbox"))

    assert talks["cuc"] not in shown  # closed yesterday
    assert {row["status"] for row in shown.values()} == {"bot", "queued", "assigned"}
    assert shown[talks["cuc2"]]["handoff"]["reason"] == "complaint"
    assert shown[talks["thao"]]["assignee"]["name"] == "Nguyễn Thị Lan"
    assert len(shown) == 9


async def test_unread_marks_are_each_readers_own(visitor, talks, db, time):
    lan, hung = await visitor("lan"), await visitor("hung")
    thao = talks["thao"]
    newest = (await lan.get(f"/api/conversations/{thao}")).json()["messages"][-1]["id"]

    await lan.post(f"/api/conversations/{thao}/read", message=newest)

    assert rows(await lan.get("/api/inbox"))[thao]["unread"] == 0
    assert rows(await hung.get("/api/inbox"))[thao]["unread"] == 2
    await scenes.writes(db, "thao", "em ơi", time.now, "messenger")
    assert rows(await lan.get("/api/inbox"))[thao]["unread"] == 1


async def test_a_read_mark_never_moves_back(db, people, talks):
    async with db.begin() as tx:
        last = (await desk.lines(tx, talks["thao"], people.mai))[-1].message.id
        await users.mark_read(tx, people.lan.id, talks["thao"], last + 1000)
        await users.mark_read(tx, people.lan.id, talks["thao"], 1)
        unread = await desk.unread(tx, people.lan.id, [talks["thao"]])

    assert unread == {talks["thao"]: 0}


async def test_the_transcript_says_what_the_assistant_thought_and_no_secret(visitor, people, db):
    wanted = await scenes.talk(
        db, "nga", "Nga", [("bảo hành?", answer("12 tháng ạ", "bao_hanh", 0.97))], NOON
    )
    lan = await visitor("lan")

    talk = (await lan.get(f"/api/conversations/{wanted}")).json()

    assert talk["messages"][1]["why"] == {
        "intent": "bao_hanh",
        "confidence": 0.97,
        "runner_up": "chao_hoi",
        "runner_up_confidence": 0.02,
        "entities": [{"entity": "province", "value": "Huế"}],
        "rule": "Hỏi phí giao hàng",
        "policy": "RulePolicy",
        "action": "utter_bao_hanh",
        "data": {"Phí giao hàng": "30.000 đ"},
        "model": scenes.MODEL,
    }
    assert "payloads" not in str(talk)


async def test_the_panel_knows_page_and_earlier_conversations(visitor, talks):
    lan = await visitor("lan")

    minh = (await lan.get(f"/api/conversations/{talks['minh']}")).json()
    cuc = (await lan.get(f"/api/conversations/{talks['cuc2']}")).json()

    assert minh["customer"]["page"]["title"] == "Tai nghe Bống Air Pro 2"
    assert [each["id"] for each in cuc["earlier"]] == [talks["cuc"]]
    assert cuc["earlier"][0]["resolution"] == "order_handled"


async def test_a_long_transcript_comes_in_pages(visitor, people, db):
    wanted = await waiting(db)
    for number in range(150):
        await scenes.writes(db, "nga", f"câu {number}", NOON)
    lan = await visitor("lan")

    seen, before = [], ""
    while True:
        page = (await lan.get(f"/api/conversations/{wanted}{before}")).json()
        seen = [each["id"] for each in page["messages"]] + seen
        if not page["more"]:
            break
        before = f"?before={seen[0]}"

    assert len(seen) == len(set(seen)) >= 152
    assert seen == sorted(seen)


# --- the supervisor's list


async def found(mai, **asked):
    query = "&".join(f"{key.rstrip('_')}={quote(str(value))}" for key, value in asked.items())
    page = (await mai.get(f"/transcripts?{query}")).text
    return {name for name in NAMES if name in page}, page


NAMES = (
    "Bùi Kim Cúc",
    "Nguyễn Hoàng Minh",
    "Trương Phương Thảo",
    "Phạm Minh Đức",
    "Vũ Hải Yến",
    "Đặng Văn Sơn",
)


async def test_search_needs_no_accents_and_marks_what_it_found(visitor, talks):
    mai = await visitor("mai")

    names, page = await found(mai, text="hoan tien")
    accented, _ = await found(mai, text="HOÀN TIỀN")
    nothing, empty = await found(mai, text="máy bay")

    assert names == accented == {"Bùi Kim Cúc"}
    assert "<mark>hoàn tiền</mark>" in page
    assert not nothing
    assert "Không có hội thoại nào khớp bộ lọc." in empty


async def test_signs_in_a_search_only_part_its_words(visitor, people, db):
    await waiting(db, text="giảm 50% nhé")
    mai = await visitor("mai")

    hit = (await mai.get("/transcripts?text=50%25")).text
    nothing = (await mai.get("/transcripts?text=%25%22*")).text

    assert "<mark>50</mark>%" in hit
    assert "Không có hội thoại nào khớp bộ lọc." in nothing


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"channel": "zalo"}, {"Bùi Kim Cúc"}),
        ({"status": "queued"}, {"Bùi Kim Cúc", "Nguyễn Hoàng Minh"}),
        ({"reason": "fallback"}, {"Nguyễn Hoàng Minh"}),
        ({"status": "resolved"}, {"Bùi Kim Cúc"}),
        ({"to": "2026-11-22"}, {"Bùi Kim Cúc"}),
        ({"from_": "2026-11-24"}, set()),
        ({"channel": "messenger", "text": "loa", "status": "assigned"}, {"Trương Phương Thảo"}),
        ({"channel": "messenger", "text": "loa", "status": "queued"}, set()),
    ],
)
async def test_filters_combine(visitor, talks, asked, expected):
    mai = await visitor("mai")

    names, _ = await found(mai, **asked)

    assert names == expected


async def test_an_agents_conversations_stay_theirs_after_the_close(visitor, talks, people):
    mai = await visitor("mai")

    names, _ = await found(mai, agent=people.lan.id)

    assert names == {"Bùi Kim Cúc", "Trương Phương Thảo", "Phạm Minh Đức"}


async def test_days_begin_at_midnight_in_vietnam(visitor, people, db):
    # 23 November 00:30 in Hà Nội is still the 22nd in UTC.
    just_after_midnight = NOON - timedelta(hours=11, minutes=30)
    await scenes.talk(
        db, "nga", "Trần Nga", [("alo", answer("dạ", "chao", 1.0))], just_after_midnight
    )
    mai = await visitor("mai")

    assert "Trần Nga" in (await mai.get("/transcripts?from=2026-11-23&to=2026-11-23")).text
    assert "Trần Nga" not in (await mai.get("/transcripts?to=2026-11-22")).text


async def test_a_filter_that_makes_no_sense_is_named(visitor, talks):
    mai = await visitor("mai")

    answer = await mai.get("/transcripts?from=ngay-mai&status=x&agent=y")

    assert answer.status_code == 200
    assert "Bỏ qua bộ lọc không hợp lệ: Nhân viên, Trạng thái, Từ ngày." in answer.text


async def test_pages_follow_each_other_without_gap_or_double(db, people):
    ids = [
        await scenes.talk(db, f"k{n}", f"Khách {n}", [("alo", answer("dạ", "chao", 1.0))], NOON)
        for n in range(7)
    ]

    seen, before = [], None
    async with db.read() as tx:
        while True:
            page, before = await hits.of_conversations(tx, Filters(), before=before, limit=3)
            seen += [hit.entry.conversation.id for hit in page]
            if before is None:
                break

    assert seen == ids[::-1]


async def test_the_transcript_page_tells_speakers_scores_reason_and_clocks(visitor, talks):
    mai = await visitor("mai")

    page = (await mai.get(f"/transcripts/{talks['cuc']}")).text

    for words in (
        "Bùi Kim Cúc", "Nguyễn Thị Lan", "Trợ lý", "Ghi chú nội bộ", "Trần Hùng",
        "tra_don", "91%", "Khách muốn gặp nhân viên", "Nhận lúc", "trễ hẹn", "Đã xử lý đơn hàng",
    ):  # fmt: skip
        assert words in page
    assert (await mai.get("/transcripts/99999")).status_code == 404


async def test_what_a_customer_writes_is_never_markup(visitor, people, db):
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    wanted = await scenes.talk(db, "x", evil, [(evil, answer("dạ", "chao", 1.0))], NOON)
    mai = await visitor("mai")

    for path in ("/transcripts", "/transcripts?text=script", f"/transcripts/{wanted}"):
        page = (await mai.get(path)).text
        assert "<img src=x" not in page
        assert "<script>alert" not in page


# --- export


async def test_the_text_export_is_whole_and_marks_notes(visitor, talks):
    mai = await visitor("mai")

    answer = await mai.get(f"/transcripts/{talks['cuc']}.txt")

    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Xuất bởi Lê Mai" in answer.text
    assert "*** Ghi chú nội bộ *** Trần Hùng (Nhân viên): Kho báo đơn này" in answer.text
    assert "Bùi Kim Cúc: Đơn 10234 của chị giao chưa em?" in answer.text
    assert "(Ý định: tra_don 91%)" in answer.text


async def test_the_json_export_is_whole_and_holds_no_markup(visitor, people, db):
    wanted = await waiting(db, text="</script><b>&chào")
    mai = await visitor("mai")

    answer = await mai.get(f"/transcripts/{wanted}.json")

    assert answer.headers["content-disposition"].startswith("attachment;")
    assert not set("<>&") & set(answer.text)
    data = answer.json()
    assert data["exported"]["by"] == "mai"
    assert data["messages"][0]["text"] == "</script><b>&chào"
    assert data["handoffs"][0]["reason"] == "customer_request"


async def test_no_line_of_the_text_export_is_a_formula(db, people):
    evil = "=1+1\n@SUM(A1)\n+2\n-3\n\t=4\u202eabc\x00"
    wanted = await waiting(db, name="=cmd|calc", text=evil)
    async with db.read() as tx:
        entry = await desk.entry(tx, wanted)
        lines = await desk.lines(tx, wanted, people.mai)

    text = export.as_text("vi", entry, lines, [], people.mai, NOON)

    assert "@SUM(A1)" in text
    assert not any(line.startswith(("=", "@", "+", "-", "\t")) for line in text.split("\r\n"))
    assert "\u202e" not in text


async def test_attachments_and_delivery_reach_the_screen(visitor, people, db):
    picture = Attachment("image", "/files/abc", "tem.jpg", "image/jpeg", 10)
    await waiting(db)
    lan = await visitor("lan")
    wanted = next(iter(rows(await lan.get("/api/inbox"))))
    await lan.post(f"/api/conversations/{wanted}/accept")
    await handoff.reply(
        db, wanted, people.lan, Content("", attachments=(picture,)), NOON, "pic-0001"
    )

    message = (await lan.get(f"/api/conversations/{wanted}")).json()["messages"][-1]

    assert message["attachments"][0]["url"] == "/files/abc"
    assert message["delivery"] == "sent"
    assert message["by"] == "Nguyễn Thị Lan"
