"""Flows as text: what is written is read again, and what cannot be read says where and why."""

from __future__ import annotations

import pytest
from flows.drawn import flows
from hypothesis import given, settings

from bot.flows.flow import Ask, Branch, Case, Flow, Holds, Kind, Person, Say
from bot.flows.text import Unreadable, parse
from bot.flows.writing import write

LOAN = """\
Tên: Mượn máy dùng thử

Khách nói: cho mượn máy dùng thử được không
Khách nói: shop có máy dùng thử ko

Bot đáp: Dạ bên em cho dùng thử 7 ngày ạ.
  | Anh/chị không mất phí gì ạ.
Hỏi: Anh/chị muốn thử máy nào ạ? → «máy» (một trong: máy lọc nước / máy xay)
Nếu «máy» là máy xay:
  Gặp nhân viên
Còn lại:
  Hỏi: Nhà mình mấy người ạ? → «số người» (số)
  Nếu «số người» từ 5 trở lên:
    Bot đáp: Dạ em giữ «máy» loại lớn ạ.
  Nếu «số người» dưới 5:
    Bot đáp: Dạ em giữ «máy» loại nhỏ ạ.
    Kết thúc
  Bot đáp: Dạ em gọi lại ạ.
"""


@settings(max_examples=200, deadline=None)
@given(flow=flows())
def test_every_flow_comes_back_from_its_text(flow: Flow) -> None:
    assert parse(write(flow)) == flow


def test_a_text_as_it_is_written_stays_as_it_is() -> None:
    assert write(parse(LOAN)) == LOAN


def test_a_text_says_what_the_flow_does() -> None:
    flow = parse(LOAN)

    assert flow.title == "Mượn máy dùng thử" and len(flow.lines) == 2
    assert flow.steps[0] == Say("Dạ bên em cho dùng thử 7 ngày ạ.\nAnh/chị không mất phí gì ạ.")
    assert flow.steps[1] == Ask(
        "Anh/chị muốn thử máy nào ạ?", "máy", Kind.CHOICE, ("máy lọc nước", "máy xay")
    )
    parting = flow.steps[2]
    assert isinstance(parting, Branch)
    assert parting.cases == (Case(Holds.IS, ("máy xay",), (Person(),)),)
    assert len(parting.otherwise) == 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Khách nói: shop có", 'khach noi: "cho mượn máy dùng thử được không", "shop có'),
        ("→ «máy»", "-> ghi vào «máy»"),
        ("Còn lại:", "nếu không"),
        ("      Bot đáp", "\tBot đáp"),
        ("Bot đáp", "BOT ĐÁP"),
    ],
)
def test_what_people_type_otherwise_is_understood(typed: str, meant: str) -> None:
    if "khach" in meant:
        other = LOAN.replace("ko\n", 'ko"\n').replace(typed, meant)
    else:
        other = LOAN.replace(typed, meant)

    assert parse(other) == parse(LOAN)


@pytest.mark.parametrize(
    ("before", "after", "problems"),
    [
        ("Tên: Mượn máy dùng thử\n", "\n", [(1, "no_title", "")]),
        ("Bot đáp: Dạ bên", "Bot nói: Dạ bên", [(6, "unknown", "")]),
        ("Bot đáp: Dạ em gọi lại ạ.", "Bot đáp:", [(18, "empty", "Bot đáp")]),
        (" → «máy» (một trong: máy lọc nước / máy xay)", "", [(8, "question", "")]),
        ("(số)", "(con số)", [(12, "kind", "con số")]),
        ("máy lọc nước / máy xay)", "máy xay)", [(8, "options", "10")]),
        ("«số người» (số)", "«máy» (số)", [(12, "name_twice", "máy, 8")]),
        ("là máy xay:", "là máy ép:", [(9, "value", "máy ép: máy lọc nước / máy xay")]),
        ("Nếu «máy» là", "Nếu «hàng» là", [(9, "unknown_name", "hàng")]),
        ("giữ «máy» loại lớn", "giữ «hàng» loại lớn", [(14, "unknown_name", "hàng")]),
        ("từ 5 trở lên", "từ năm trở lên", [(13, "number", "năm trở lên")]),
        ("từ 5 trở lên", "hơn 5", [(13, "condition", "")]),
        ("  Gặp nhân viên\n", "", [(9, "nothing_inside", "")]),
        ("  Gặp nhân viên\n", "  Gặp nhân viên\n  Bot đáp: a\n", [(11, "never_reached", "")]),
        ("  Bot đáp: Dạ em gọi lại ạ.", "    Bot đáp: a", [(18, "never_reached", "")]),
        ("  Bot đáp: Dạ em gọi lại ạ.", "Khách nói: a", [(18, "too_late", "Khách nói")]),
        ("Bot đáp: Dạ bên", "  Bot đáp: Dạ bên", [(6, "indent", "")]),
    ],
)
def test_what_cannot_be_read_says_where_and_why(
    before: str, after: str, problems: list[tuple[int, str, str]]
) -> None:
    assert before in LOAN
    with pytest.raises(Unreadable) as error:
        parse(LOAN.replace(before, after, 1))

    assert [each for each in error.value.problems if each.code != "silent"][:1] == problems


def test_no_answer_is_met_with_silence() -> None:
    quiet = LOAN.replace("  Bot đáp: Dạ em gọi lại ạ.\n", "")

    with pytest.raises(Unreadable) as error:
        parse(quiet)

    assert error.value.problems == ((12, "silent", "số người"),)
