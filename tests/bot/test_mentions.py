"""Who is named in a note."""

from __future__ import annotations

import pytest

from bot.mentions import named_in
from bot.models import Role, User

PEOPLE = [
    User(1, "hung", "Trần Hùng", Role.AGENT, True),
    User(2, "lan.nt", "Nguyễn Thị Lan", Role.AGENT, True),
    User(3, "mai1", "Lê Mai", Role.SUPERVISOR, True),
    User(4, "mai2", "Đỗ Mai", Role.AGENT, True),
]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("@hung xem giúp", [1]),
        ("@Hùng xem giúp", [1]),
        ("nhờ @lan.nt. Gấp!", [2]),
        ("nhờ @Lan, @hung, @lan", [2, 1]),
        ("(@hung)", [1]),
        ("@mai xem", []),  # which?
        ("@mai2 xem", [4]),
        ("gửi lan@shop.vn, hung@hung.vn", []),
        ("@ @ @nobody @@hung", []),
        ("hung xem giúp", []),
    ],
)
def test_a_colleague_is_named_by_username_or_by_a_given_name_of_their_own(text, ids):
    assert [each.id for each in named_in(text, PEOPLE)] == ids
