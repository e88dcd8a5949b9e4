"""An ordinary morning at the desk, made through the real use cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from doubles import ScriptedDialogue, answer_all, open_always, said

from bot import conversation, handoff
from bot.console.login import hash_password
from bot.models import Content, Delivery, Role, Say, Turn, User
from bot.storage import customers, messages, tables, users
from bot.storage.db import Database

PASSWORD = "mật khẩu dài 2026"
_hash = hash_password(PASSWORD)

MODEL = "20261120-nu-vang"


@dataclass
class People:
    lan: User
    hung: User
    mai: User
    ha: User  # the editor
    quan: User  # the administrator


async def staff(db: Database, now: datetime) -> People:
    await open_always(db)
    made = {}
    for username, name, role in (
        ("lan", "Nguyễn Thị Lan", Role.AGENT),
        ("hung", "Trần Hùng", Role.AGENT),
        ("mai", "Lê Mai", Role.SUPERVISOR),
        ("ha", "Phạm Thu Hà", Role.EDITOR),
        ("quan", "Đỗ Quân", Role.ADMIN),
    ):
        async with db.begin() as tx:
            user_id = await users.add(tx, username, name, role, _hash, now)
            user = await users.by_id(tx, user_id)
        assert user
        made[username] = user
    return People(**made)


def answer(text: str, intent: str, score: float, runner_up: str = "chao_hoi") -> Turn:
    why = {
        "intent": intent,
        "confidence": score,
        "runner_up": runner_up,
        "runner_up_confidence": round((1 - score) * 0.7, 2),
        "entities": [{"entity": "province", "value": "Huế"}],
        "rule": "Hỏi phí giao hàng",
        "policy": "RulePolicy",
        "action": f"utter_{intent}",
        "data": {"Phí giao hàng": "30.000 đ"},
        "model": MODEL,
    }
    return Turn(says=(Say(Content(text), why),), introduced=True)


def person(reason: str = "customer_request") -> Turn:
    return Turn(handoff_reason=reason, introduced=True)


async def talk(
    db: Database,
    by: str,
    name: str,
    lines: list[tuple[str, Turn]],
    start: datetime,
    *,
    channel: str = "web",
    page: dict[str, str] | None = None,
) -> int:
    """A customer's part with the assistant, a line every half minute. The conversation's id."""
    got = None
    for place, (text, turn) in enumerate(lines):
        now = start + timedelta(seconds=30 * place)
        got = await conversation.receive(
            db, said(text, by=by, channel=channel, sender_name=name), now
        )
        await answer_all(db, ScriptedDialogue({text: turn}), now + timedelta(seconds=1))
    assert got
    if page:
        async with db.begin() as tx:
            customer = await customers.find(tx, channel, by)
            assert customer
            await customers.merge_profile(tx, customer, {"page": page})
    return got.conversation_id


async def writes(
    db: Database, by: str, text: str, now: datetime, channel: str = "web", **more: object
) -> int:
    """One more line of a customer. The message's id."""
    received = await conversation.receive(db, said(text, by=by, channel=channel, **more), now)
    return received.message_id


async def delivered(db: Database) -> None:
    """The platforms have taken everything that was on its way."""
    async with db.begin() as tx:
        await tx.execute(tables.outbox.delete())
        await tx.execute(
            tables.messages.update()
            .where(tables.messages.c.delivery == Delivery.QUEUED.value)
            .values(delivery=Delivery.SENT.value)
        )


async def busy_day(db: Database, people: People, now: datetime) -> dict[str, int]:
    """Some of everything. Conversation ids by the customer's given name."""

    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    lan, hung = people.lan, people.hung
    made: dict[str, int] = {}

    # Yesterday: handled and closed by Lan, a little late.
    made["cuc"] = await talk(
        db,
        "cuc",
        "Bùi Kim Cúc",
        [
            (
                "Đơn 10234 của chị giao chưa em?",
                answer("Dạ chị cho em xin số điện thoại đặt hàng ạ.", "tra_don", 0.91),
            ),
            ("thôi cho chị gặp nhân viên đi, hoàn tiền giúp chị", person()),
        ],
        ago(days=1, hours=3),
        channel="zalo",
    )
    await handoff.accept(db, made["cuc"], lan, ago(days=1, hours=2, minutes=55))
    await handoff.reply(
        db,
        made["cuc"],
        lan,
        Content("Dạ em Lan đây ạ, em kiểm tra đơn 10234 cho chị ngay."),
        ago(days=1, hours=2, minutes=50),
        "scene-cuc-1",
    )
    await handoff.note(
        db,
        made["cuc"],
        hung,
        "Kho báo đơn này thất lạc, hoàn tiền được nhé Lan.",
        ago(days=1, hours=2, minutes=48),
        "scene-cuc-2",
    )
    await handoff.reply(
        db,
        made["cuc"],
        lan,
        Content("Em đã làm lệnh hoàn tiền, trong 3 ngày tiền về tài khoản chị ạ."),
        ago(days=1, hours=2, minutes=45),
        "scene-cuc-3",
    )
    await handoff.resolve(db, made["cuc"], lan, "order_handled", ago(days=1, hours=2, minutes=40))

    # The same person again today, waiting, past the promise.
    made["cuc2"] = await talk(
        db,
        "cuc",
        "Bùi Kim Cúc",
        [
            (
                "Em ơi tiền vẫn chưa về",
                answer("Dạ tiền hoàn về sau 3 ngày làm việc ạ.", "hoan_tien", 0.78, "tra_don"),
            ),
            ("3 ngày rồi mà, cho chị gặp người thật đi. Làm ăn kiểu gì vậy", person("complaint")),
        ],
        ago(minutes=12),
        channel="zalo",
    )
    await writes(db, "cuc", "alo?", ago(minutes=4), "zalo")

    made["minh"] = await talk(
        db,
        "minh",
        "Nguyễn Hoàng Minh",
        [
            (
                "Tai nghe Bống Air bảo hành mấy tháng shop?",
                answer(
                    "Dạ Bống Air bảo hành 12 tháng, 1 đổi 1 trong 30 ngày đầu ạ.", "bao_hanh", 0.97
                ),
            ),
            ("mình muốn xuất hoá đơn công ty", person("fallback")),
        ],
        ago(minutes=2),
        page={"url": "https://dientubong.vn/tai-nghe/bong-air", "title": "Tai nghe Bống Air Pro 2"},
    )
    made["khach"] = await talk(
        db,
        "khach-web",
        "",
        [("shop co ship hoa toc k", person("assistant_failed"))],
        ago(seconds=40),
    )

    # Lan's own.
    made["thao"] = await talk(
        db,
        "thao",
        "Trương Phương Thảo",
        [
            (
                "Chào shop",
                answer(
                    "Dạ em chào chị, em là trợ lý tự động của Điện Tử Bống. Em giúp gì được chị ạ?",
                    "chao_hoi",
                    0.99,
                    "tam_biet",
                ),
            ),
            (
                "Loa Bống Box bị rè một bên, đổi được không?",
                answer(
                    "Dạ sản phẩm lỗi được đổi trong 30 ngày. Chị mua ngày nào ạ?",
                    "doi_tra",
                    0.88,
                    "bao_hanh",
                ),
            ),
            ("mới mua tuần trước, cho gặp nhân viên", person()),
        ],
        ago(minutes=26),
        channel="messenger",
    )
    await handoff.accept(db, made["thao"], lan, ago(minutes=23))
    await handoff.reply(
        db,
        made["thao"],
        lan,
        Content("Dạ em Lan đây ạ. Chị chụp giúp em tem bảo hành dưới đáy loa nhé."),
        ago(minutes=22),
        "scene-thao-1",
    )
    await handoff.note(
        db,
        made["thao"],
        lan,
        "Khách mua ở cửa hàng Cầu Giấy ngày 15/11. Lô này từng bị rè loa trái.",
        ago(minutes=21),
        "scene-thao-2",
    )
    await handoff.reply(
        db,
        made["thao"],
        lan,
        Content("Địa chỉ bảo hành gần chị: https://dientubong.vn/bao-hanh/cau-giay"),
        ago(minutes=20),
        "scene-thao-3",
    )
    await writes(db, "thao", "Đây em nhé, chị gửi cả hai loa", ago(minutes=3), "messenger")
    await writes(db, "thao", "có cần mang hộp không em?", ago(minutes=2), "messenger")

    made["duc"] = await talk(
        db,
        "duc",
        "Phạm Minh Đức",
        [("Cho mình gặp tư vấn dàn karaoke", person())],
        ago(hours=1),
        channel="telegram",
    )
    await handoff.accept(db, made["duc"], lan, ago(minutes=57))
    await delivered(db)
    failed = await handoff.reply(
        db,
        made["duc"],
        lan,
        Content("Dạ phòng anh rộng bao nhiêu mét vuông ạ?"),
        ago(minutes=56),
        "scene-duc-1",
    )
    assert failed
    async with db.begin() as tx:
        await messages.set_delivery(
            tx, failed, Delivery.FAILED, ago(minutes=56), error="bot was blocked by the user"
        )

    # Hùng's.
    made["yen"] = await talk(
        db,
        "yen",
        "Vũ Hải Yến",
        [("Mình cần đổi địa chỉ giao hàng đơn 10301", person())],
        ago(minutes=40),
    )
    await handoff.accept(db, made["yen"], hung, ago(minutes=38))
    await handoff.reply(
        db,
        made["yen"],
        hung,
        Content("Dạ chị cho em địa chỉ mới ạ."),
        ago(minutes=37),
        "scene-yen-1",
    )

    # With the assistant.
    for place, (by, name, text, reply, intent, channel) in enumerate(
        (
            (
                "son",
                "Đặng Văn Sơn",
                "mấy giờ shop đóng cửa",
                "Dạ cửa hàng mở từ 8 giờ đến 21 giờ 30 mỗi ngày ạ.",
                "gio_mo_cua",
                "messenger",
            ),
            (
                "linh",
                "Hồ Khánh Linh",
                "phí ship về Đà Nẵng bao nhiêu",
                "Dạ phí giao về Đà Nẵng là 30.000đ, đơn từ 500.000đ được miễn phí ạ.",
                "phi_giao_hang",
                "web",
            ),
            (
                "tuan",
                "Lý Anh Tuấn",
                "có trả góp không",
                "Dạ có ạ, trả góp 0% qua thẻ tín dụng từ 3 triệu đồng.",
                "tra_gop",
                "zalo",
            ),
        )
    ):
        made[by] = await talk(
            db,
            by,
            name,
            [(text, answer(reply, intent, 0.93))],
            ago(minutes=6 + 7 * place),
            channel=channel,
        )
    await delivered(db)
    return made
