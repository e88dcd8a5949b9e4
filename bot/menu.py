"""The menu that a customer finds beside the composer on a platform, and the questions that a new
talk offers. A key is what the platform sends back; it stands for one of our own commands."""

from __future__ import annotations

from typing import Final, NamedTuple


class Item(NamedTuple):
    key: str  # as the platform sends it back; on Zalo it is typed, so it begins with "#"
    title: str  # at most 20 characters: what the narrowest platform shows
    payload: str


ITEMS: Final = (
    Item("#tra_cuu_don", "Tra cứu đơn hàng", "/track_order"),
    Item("#tu_van", "Tư vấn chọn máy", "/ask_recommendation"),
    Item("#bao_hanh", "Bảo hành, sửa chữa", "/ask_warranty"),
    Item("#gop_y", "Góp ý, khiếu nại", "/give_feedback"),
    Item("#gap_nhan_vien", "Gặp nhân viên", "/request_human"),
)
# Beside the news of a place in the queue: who presses it leaves the queue. Its key is always the
# same, so that it means something in every later conversation too.
BACK: Final = Item("tiep_tuc_voi_tro_ly", "Tiếp tục với trợ lý", "/take_back")
MENU: Final = {item.key: item.payload for item in (*ITEMS, BACK)}
