"""The shop's records as others give them, in a table's row or in JSON: which fields each kind has,
what people call them, and how they are read."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot import birthdays, cells
from bot.cells import Wrong
from bot.facts import HERE

ORDER_STATES: Final = {
    "placed": ("Đã đặt", "Mới", "Chờ xác nhận", "Chờ xử lý", "Đang xử lý", "Chờ đóng gói"),
    "shipping": ("Đang giao", "Đang giao hàng", "Đã gửi hàng", "Đang vận chuyển"),
    "delivered": ("Đã giao", "Giao thành công", "Hoàn thành", "Hoàn tất", "completed"),
    "failed": ("Giao thất bại", "Giao không thành công", "Không giao được", "Giao hụt"),
    "cancelled": ("Đã huỷ", "Đã hủy", "Huỷ", "Hủy", "canceled"),
}
REPAIR_STATES: Final = {
    "received": ("Đã nhận", "Đã tiếp nhận", "Mới nhận", "Mới"),
    "waiting": ("Đang sửa", "Đang xử lý", "Chờ linh kiện", "Đang bảo hành"),
    "ready": ("Đã sửa xong", "Sửa xong", "Chờ khách nhận", "Chờ lấy"),
    "returned": ("Đã trả khách", "Đã trả", "Hoàn thành", "Hoàn tất"),
    "cancelled": ("Đã huỷ", "Đã hủy", "Huỷ", "Hủy", "canceled"),
}
STATES: Final = {"orders": ORDER_STATES, "repairs": REPAIR_STATES}


@dataclass(frozen=True)
class Field:
    name: str  # in JSON, and of our column
    titles: tuple[str, ...]  # over a table's column; the first is ours
    read: Callable[[Any], Any]
    needed: bool = False  # of a new record


@dataclass(frozen=True)
class Kind:
    name: str  # of our table too
    key: str  # the field that a record is known by
    fields: Mapping[str, Field]
    over: tuple[str, ...] = ()  # times that cannot be in the future
    starts: str = ""  # the time before which none of `over` can be

    def titled(self, title: str) -> Field | None:
        """The field that people call so."""
        sought = cells.plain(title)
        for each in self.fields.values():
            if sought in (cells.plain(name) for name in (each.name, *each.titles)):
                return each
        return None


def _kind(name: str, key: str, fields: Sequence[Field], **more: Any) -> Kind:
    return Kind(name, key, {each.name: each for each in fields}, **more)


def _birthday(given: Any) -> str:
    try:
        return birthdays.write(birthdays.read(cells.text(40)(given)))
    except ValueError as error:
        raise Wrong("birthday") from error


_PHONE = Field("phone", ("Số điện thoại", "SĐT", "Điện thoại", "Số ĐT", "Di động"), cells.phone)
_NUMBER = Field("number", ("Mã khách hàng", "Mã khách", "Mã KH", "customer"), cells.code)
_NAME = Field(
    "name",
    ("Tên khách hàng", "Khách hàng", "Tên khách", "Họ tên", "Họ và tên", "Tên"),
    cells.text(255),
)
OWNER: Final = (_NUMBER, _PHONE, _NAME)

KINDS: Final = {
    each.name: each
    for each in (
        _kind(
            "people",
            "number",
            (
                *OWNER,
                Field("email", ("Email", "E-mail", "Thư điện tử"), cells.email),
                Field("birthday", ("Ngày sinh", "Sinh nhật"), _birthday),
                Field("company", ("Công ty", "Tên công ty", "Đơn vị"), cells.text(255)),
                Field("tax_code", ("Mã số thuế", "MST"), cells.text(16)),
            ),
        ),
        _kind(
            "orders",
            "code",
            (
                Field("code", ("Mã đơn hàng", "Mã đơn", "Đơn hàng", "Số đơn"), cells.code, True),
                *OWNER,
                Field("state", ("Trạng thái", "Tình trạng"), cells.one_of(ORDER_STATES), True),
                Field("items", ("Sản phẩm", "Hàng hoá", "Mặt hàng", "Tên hàng"), cells.items),
                Field("total", ("Tổng tiền", "Thành tiền", "Giá trị"), cells.money, True),
                Field("refunded", ("Đã hoàn", "Hoàn tiền", "Tiền hoàn"), cells.money),
                Field("ordered_at", ("Ngày đặt", "Đặt lúc", "Ngày mua"), cells.moment, True),
                Field("promised_at", ("Hẹn giao", "Ngày hẹn giao", "Dự kiến giao"), cells.moment),
                Field("delivered_at", ("Ngày giao", "Giao lúc", "Đã giao lúc"), cells.moment),
                Field("paid_at", ("Ngày thanh toán", "Thanh toán lúc"), cells.moment),
                Field("returned_at", ("Ngày trả hàng", "Trả hàng lúc"), cells.moment),
                Field(
                    "warranty_until",
                    ("Bảo hành đến", "Hạn bảo hành", "Hết bảo hành", "Ngày hết bảo hành"),
                    cells.moment,
                ),
            ),
            over=("ordered_at", "delivered_at", "paid_at", "returned_at"),
            starts="ordered_at",
        ),
        _kind(
            "repairs",
            "code",
            (
                Field("code", ("Mã phiếu", "Số phiếu", "Mã bảo hành"), cells.code, True),
                *OWNER,
                Field("item", ("Sản phẩm", "Máy", "Thiết bị"), cells.text(255)),
                Field("state", ("Trạng thái", "Tình trạng"), cells.one_of(REPAIR_STATES), True),
                Field("received_at", ("Ngày nhận", "Nhận lúc"), cells.moment, True),
                Field("promised_at", ("Hẹn trả", "Ngày hẹn trả"), cells.moment),
                Field("returned_at", ("Ngày trả", "Trả lúc"), cells.moment),
            ),
            over=("received_at", "returned_at"),
            starts="received_at",
        ),
        _kind(
            "complaints",
            "code",
            (
                Field("code", ("Mã khiếu nại", "Mã KN", "Số khiếu nại"), cells.code, True),
                *OWNER,
                Field("order_code", ("Mã đơn hàng", "Mã đơn", "Đơn hàng"), cells.code),
                Field("cause", ("Nguyên nhân", "Lý do", "Loại"), cells.text(32)),
                Field("opened_at", ("Ngày nhận", "Ngày mở", "Nhận lúc"), cells.moment, True),
                Field("answered_at", ("Ngày phản hồi", "Phản hồi lúc"), cells.moment),
                Field("closed_at", ("Ngày đóng", "Đóng lúc", "Ngày xong"), cells.moment),
            ),
            over=("opened_at", "answered_at", "closed_at"),
            starts="opened_at",
        ),
    )
}


@dataclass(frozen=True)
class Problem:
    """Why a record cannot be taken."""

    line: int  # in the file, the heading being 1; of an event the record's place, from 1
    field: str  # "" for the whole
    code: str
    title: str = ""  # what the file calls the field
    value: str = ""  # what stands there, in short
    about: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One record as it was given: what was not said is not there."""

    line: int
    values: Mapping[str, Any]  # our columns
    owner: Mapping[str, str]  # number, phone and name of whom an order, a repair, … is
    problems: Sequence[Problem] = ()

    @property
    def wrong(self) -> set[str]:
        """The fields that cannot be read; "" is the whole."""
        return {each.field for each in self.problems}


def read(
    kind: Kind, given: Mapping[str, Any], line: int, now: datetime, titles: Mapping[str, str]
) -> Record:
    """A record from its fields, with what is wrong in them. An empty text says nothing; null takes
    a value away."""
    values: dict[str, Any] = {}
    problems = []
    for name, value in given.items():
        title, shown = titles.get(name, ""), str(value)[:40]
        known = kind.fields.get(name)
        if known is None:
            problems.append(Problem(line, name, "unknown", title, shown))
            continue
        if value == "":
            continue
        try:
            if value is None:
                values[name] = _nothing(kind, known)
                continue
            values[name] = known.read(value)
            if name in kind.over and not cells.in_the_past(values[name], now):
                raise Wrong("future")
        except Wrong as wrong:
            problems.append(Problem(line, name, wrong.code, title, shown, wrong.about))
    owned = kind.name != "people"
    owner = {each.name: values.pop(each.name, "") for each in OWNER} if owned else {}
    if owned:
        owner = {name: value for name, value in owner.items() if value}
    return Record(line, values, owner, problems)


def _nothing(kind: Kind, known: Field) -> Any:
    if known.needed or known.name == kind.key:
        raise Wrong("needed")
    if known.read is cells.moment:
        return None
    if known.name in ("items", "refunded"):
        return [] if known.name == "items" else 0
    return ""


def gaps(
    kind: Kind, whole: Mapping[str, Any], record: Record, titles: Mapping[str, str]
) -> list[Problem]:
    """What a whole record lacks, or says against itself, beside what cannot be read."""
    line, wrong = record.line, record.wrong
    problems = [
        Problem(line, each.name, "needed", titles.get(each.name, each.titles[0]))
        for each in kind.fields.values()
        if each.needed and each.name not in wrong and whole.get(each.name) is None
    ]
    start = whole.get(kind.starts)
    for name in kind.over:
        # A day without a time is its first moment.
        if start and whole.get(name) and _day(whole[name]) < _day(start):
            problems.append(Problem(line, name, "before_start", titles.get(name, "")))
    return problems


def _day(at: datetime) -> Any:
    return at.astimezone(HERE).date()
