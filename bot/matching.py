"""Which of our rows a given record is about, and whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.records import Kind, Problem, Record
from bot.storage import ledger
from bot.storage.db import Tx
from bot.storage.ledger import Row


async def rows_of(
    tx: Tx, kind: Kind, given: Sequence[Record], titles: Mapping[str, str]
) -> tuple[dict[int, Row | None], list[Problem]]:
    """The row that each record is about, by its line; a record that names none, or one that
    another has named, is a problem."""
    by_key = await ledger.by_key(
        tx, kind.name, kind.key, [each.values.get(kind.key, "") for each in given]
    )
    people = kind.name == "people"
    phones = [each.values.get("phone", "") for each in given] if people else []
    by_phone = await ledger.by_key(tx, "people", "phone", phones)
    found: dict[int, Row | None] = {}
    problems = []
    lines: dict[object, int] = {}  # of what was named
    for record in given:
        if record.wrong & {"", kind.key}:
            continue
        key, phone = record.values.get(kind.key, ""), record.values.get("phone", "")
        row = by_key.get(key)
        alike = by_phone.get(phone) if people else None
        if row is None and alike and (not key or not alike["number"]):
            row = alike if not key or alike["id"] not in lines else None
        field = kind.key if key or not people else "phone"
        if not key and not (people and (phone or "phone" in record.wrong)):
            problems.append(Problem(record.line, field, "needed", titles.get(field, "")))
        if not key and not (people and phone):
            continue
        named = {key or phone, row["id"] if row else key or phone}
        if first := next((lines[each] for each in named if each in lines), None):
            wrong = Problem(record.line, field, "twice", titles.get(field, ""), key or phone)
            problems.append(_about(wrong, line=first))
            continue
        lines |= dict.fromkeys(named, record.line)
        found[record.line] = row
    return found, problems


def _about(problem: Problem, **about: object) -> Problem:
    return Problem(problem.line, problem.field, problem.code, problem.title, problem.value, about)


class Owners:
    """Whose the records are: by the shop's number, or else by phone; those whom we do not know yet
    are newcomers, each once."""

    def __init__(
        self, by_number: Mapping[str, Row], by_phone: Mapping[str, Row], orders: Mapping[str, Row]
    ) -> None:
        self._numbers, self._phones, self._orders = by_number, by_phone, orders
        self._new: dict[tuple[str, str], dict[str, Any]] = {}
        self.newcomers: list[dict[str, Any]] = []

    @classmethod
    async def of(cls, tx: Tx, kind: Kind, given: Iterable[Record]) -> Owners:
        numbers = [each.owner.get("number", "") for each in given]
        phones = [each.owner.get("phone", "") for each in given]
        codes = [each.values.get("order_code", "") for each in given]
        return cls(
            await ledger.by_key(tx, "people", "number", numbers),
            await ledger.by_key(tx, "people", "phone", phones),
            await ledger.by_key(tx, "orders", "code", codes) if kind.name == "complaints" else {},
        )

    def find(self, record: Record) -> tuple[int | None, dict[str, Any] | None]:
        number, phone = record.owner.get("number", ""), record.owner.get("phone", "")
        row = self._numbers.get(number)
        alike = self._phones.get(phone)
        if row is None and alike and (not number or not alike["number"]):
            row = alike
        if row:
            return row["id"], None
        if number or phone:
            return None, self._newcomer(number, phone, record.owner.get("name", ""))
        order = self._orders.get(record.values.get("order_code", ""))
        return (order["person_id"] if order else None), None

    def _newcomer(self, number: str, phone: str, name: str) -> dict[str, Any]:
        known = self._new.get(("number", number)) if number else None
        alike = self._new.get(("phone", phone)) if phone else None
        if known is None and alike and (not number or not alike["number"]):
            known = alike
        if known is None:
            known = {"number": number, "phone": phone, "name": name}
            self.newcomers.append(known)
        known |= {"number": known["number"] or number, "name": known["name"] or name}
        for key in (("number", known["number"]), ("phone", known["phone"])):
            if key[1]:
                self._new.setdefault(key, known)
        return known
