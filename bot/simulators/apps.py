"""What each of the four apps can do, in the words of its screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.simulators.messenger import REACTIONS
from bot.simulators.zalo import EMOJI


@dataclass(frozen=True)
class Start:
    """A way into the conversation: `source` is the link's ref or the ad."""

    label: str
    source: str = ""


@dataclass(frozen=True)
class App:
    """One platform's app in a customer's hand."""

    name: str
    title: str
    account: str  # what the shop's account is called there
    status: str  # under the shop's name
    placeholder: str
    empty: str  # before the first message
    emoji: tuple[str, ...]
    starts: tuple[Start, ...] = ()
    edits: bool = False
    contact: bool = False
    leave: str = "Chặn"
    left: str = ""  # what stands over the composer once the customer has left
    come_back: str = ""  # "": by writing
    staff: str = ""  # where a human of the shop answers without us
    window: bool = False  # after a time, the shop may not write any more


APPS: Final = (
    App(
        "messenger",
        "Messenger",
        "Trang",
        "Thường trả lời ngay",
        "Aa",
        "Trang · Cửa hàng điện máy",
        tuple(REACTIONS),
        (
            Start("Bắt đầu"),
            Start("Mở từ liên kết m.me", "khuyen-mai"),
            Start("Mở từ quảng cáo", "ad:238412907"),
        ),
        edits=True,
        left="Bạn đã chặn trang này. Nhắn một tin là bỏ chặn.",
        staff="Hộp thư của trang",
        window=True,
    ),
    App(
        "zalo",
        "Zalo OA",
        "Official Account",
        "Official Account",
        "Tin nhắn",
        "Official Account · Điện máy",
        tuple(each for each in EMOJI if each),
        (Start("Nhắn tin"),),
        contact=True,
        leave="Bỏ quan tâm",
        left="Bạn đã bỏ quan tâm tài khoản này.",
        come_back="Quan tâm",
        staff="OA Manager",
        window=True,
    ),
    App(
        "zalo_bot",
        "Zalo Bot",
        "Bot",
        "Bot tự động",
        "Tin nhắn",
        "Nhắn tin đầu tiên để bot nhận ra bạn.",
        ("👍", "❤️", "😆", "😮", "😭", "😡"),
        contact=True,
        leave="Chặn bot",
        left="Bạn đã chặn bot này.",
        come_back="Bỏ chặn",
    ),
    App(
        "telegram",
        "Telegram",
        "Bot",
        "bot",
        "Tin nhắn",
        "Bot này có thể giúp gì? Bấm Bắt đầu để trò chuyện.",
        ("👍", "❤️", "🔥", "😁", "😢", "🤔"),
        (Start("Bắt đầu"), Start("Mở từ liên kết t.me", "khuyen-mai")),
        edits=True,
        contact=True,
        leave="Chặn bot",
        left="Bạn đã chặn bot này.",
        come_back="Bỏ chặn",
    ),
)


@dataclass(frozen=True)
class Switch:
    """One of `Faults`, to be set by hand. `most` 1 is on or off."""

    name: str
    label: str
    explained: str
    most: int
    unit: str = ""


SWITCHES: Final = (
    Switch("delay", "Trả lời chậm", "Mỗi lời gọi API phải chờ ngần này giây", 60, "giây"),
    Switch("busy", "Báo quá tải", "Các lời gọi tới bị từ chối vì gửi quá nhanh", 99, "lần"),
    Switch("down", "Máy chủ lỗi", "Các lời gọi tới nhận lỗi 502, tin không được gửi", 99, "lần"),
    Switch("lost", "Mất hồi âm", "Khách nhận được tin, bên gửi không nhận được hồi âm", 99, "lần"),
    Switch("doubled", "Báo hai lần", "Mỗi việc trên điện thoại được báo về hai lần", 99, "lần"),
    Switch("shuffled", "Báo ngược thứ tự", "Việc này được báo về sau việc kế tiếp", 99, "lần"),
    Switch("revoked", "Thu hồi mã truy cập", "Nền tảng không nhận mã truy cập nữa", 1),
    Switch("closed", "Hết hạn trả lời", "Khách im lặng quá lâu: cửa hàng không được nhắn nữa", 1),
)
CUSTOMERS: Final = (
    "Nguyễn Thu Hà",
    "Trần Minh Quân",
    "Lê Hoàng Yến",
    "Phạm Đức Anh",
    "Võ Thị Thanh Trúc",
    "Đặng Quốc Bảo",
)
SAMPLES: Final = {  # in static/samples
    "hoa-don.jpg": "Hoá đơn",
    "tivi-bi-soc.jpg": "Ti vi bị sọc",
    "may-giat-bao-loi.jpg": "Máy giặt báo lỗi",
}
