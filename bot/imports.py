"""Taking in the shop's records: first what would become of them, then all of them or none, and
back again exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot import matching
from bot.facts import HERE
from bot.models import User
from bot.records import STATES, Kind, Problem, Record, gaps, read
from bot.sheets import Unreadable, rows, written
from bot.storage import ledger
from bot.storage.db import Tx
from bot.storage.ledger import Change, Row

NEW: Final = "new"
CHANGED: Final = "changed"
SAME: Final = "same"


@dataclass(frozen=True)
class Sheet:
    """A file as far as it can be read without looking at what we have."""

    titles: Mapping[str, str]  # over the columns that we know, by field
    ignored: Sequence[str]  # titles of the others
    records: Sequence[Record]


@dataclass
class Step:
    """What becomes of one record."""

    line: int
    before: Row | None
    after: dict[str, Any]
    newcomer: dict[str, Any] | None = None  # whose it is, when we do not know them yet

    @property
    def outcome(self) -> str:
        if self.before is None:
            return NEW
        return SAME if self.after == self.before and self.newcomer is None else CHANGED


@dataclass(frozen=True)
class Plan:
    """What would become of all of them; nothing while there are problems."""

    kind: Kind
    steps: Sequence[Step]
    newcomers: Sequence[dict[str, Any]]
    problems: Sequence[Problem]

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(step.outcome for step in self.steps)
        return {each: found[each] for each in (NEW, CHANGED, SAME)}


class Clash(Exception):
    """It cannot be undone: these rows have been changed since, or are needed by others."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        super().__init__(f"{len(rows)} rows")
        self.rows = rows  # kind, and what the row is called


def read_file(kind: Kind, data: bytes, now: datetime) -> Sheet:
    """Raises Unreadable when it is no table of this kind."""
    lines = rows(data)
    _, head = next(lines, (0, ()))
    fields = {place: known for place, title in enumerate(head) if (known := kind.titled(title))}
    ignored = [title for place, title in enumerate(head) if title and place not in fields]
    names = [each.name for each in fields.values()]
    if len(set(names)) < len(names):
        twice = next(each.titles[0] for each in fields.values() if names.count(each.name) > 1)
        raise Unreadable("column_twice", title=twice)
    if kind.key not in names and not (kind.name == "people" and "phone" in names):
        raise Unreadable("columns", found=", ".join(filter(None, head))[:200])
    titles = {each.name: head[place] for place, each in fields.items()}
    found = []
    for line, cells in lines:
        if any(cells[len(head) :]):
            wide = Problem(line, "", "too_wide", "", str(len(cells)))
            found.append(Record(line, {}, {}, [wide]))
            continue
        given = {fields[at].name: cell for at, cell in enumerate(cells) if at in fields}
        found.append(read(kind, given, line, now, titles))
    if not found:
        raise Unreadable("empty")
    return Sheet(titles, ignored, found)


async def plan(
    tx: Tx,
    kind: Kind,
    given: Sequence[Record],
    now: datetime,
    titles: Mapping[str, str] | None = None,
) -> Plan:
    """What would become of the records, and what is wrong with them."""
    titles = titles or {}
    known, problems = await matching.rows_of(tx, kind, given, titles)
    problems += (each for record in given for each in record.problems)
    owners = await matching.Owners.of(tx, kind, given)
    steps = []
    for record in given:
        if record.line not in known:
            continue
        before = known[record.line]
        after = {**(before or ledger.filled(kind.name, {}, now)), **record.values}
        newcomer = None
        if kind.name != "people":
            person_id, newcomer = owners.find(record)
            after["person_id"] = person_id or after["person_id"]
            nobodys = after["person_id"] is None and newcomer is None
            if nobodys and kind.name != "complaints" and not record.wrong & {"number", "phone"}:
                problems.append(Problem(record.line, "phone", "owner", titles.get("phone", "")))
        problems += gaps(kind, after, record, titles)
        steps.append(Step(record.line, before, dict(ledger.folded(kind.name, after)), newcomer))
    newcomers = [dict(ledger.filled("people", each, now)) for each in owners.newcomers]
    return Plan(kind, steps, newcomers, sorted(problems, key=lambda each: each.line))


async def carry_out(tx: Tx, plan: Plan) -> list[Change]:
    """Write it; what was changed. Nobody else may write records meanwhile (ledger.alone)."""
    assert not plan.problems
    kind = plan.kind.name
    changes = await _add(tx, "people", plan.newcomers)
    ids = _called(change.after for change in changes)
    for step in plan.steps:
        if step.newcomer is not None:
            step.after["person_id"] = ids[step.newcomer["number"] or step.newcomer["phone"]]
    changes += await _add(tx, kind, [each.after for each in plan.steps if each.outcome == NEW])
    changed = [each for each in plan.steps if each.outcome == CHANGED]
    await ledger.put(tx, kind, [each.after for each in changed])
    return changes + [Change(kind, each.after["id"], each.before, each.after) for each in changed]


async def _add(tx: Tx, kind: str, new: Sequence[Row]) -> list[Change]:
    """New rows, of which people are known by their number, or else by their phone."""
    await ledger.add(tx, kind, new)
    key = "number" if kind == "people" else "code"
    found = list((await ledger.by_key(tx, kind, key, [row[key] for row in new])).values())
    if kind == "people":
        phones = [row["phone"] for row in new if not row["number"]]
        found += (await ledger.by_key(tx, kind, "phone", phones)).values()
    return [Change(kind, row["id"], None, row) for row in sorted(found, key=lambda row: row["id"])]


def _called(rows: Iterable[Row]) -> dict[str, int]:
    return {row["number"] or row["phone"]: row["id"] for row in rows}


async def take_in(
    tx: Tx, plan: Plan, name: str, by: User | None, now: datetime, *, key: str | None = None
) -> int:
    """A file's or an event's records, written; the import's id, by which it can be undone."""
    user_id = by.id if by else None
    import_id = await ledger.begin(tx, plan.kind.name, name, user_id, plan.counts, now, key)
    await ledger.keep(tx, import_id, await carry_out(tx, plan))
    return import_id


async def undo(tx: Tx, import_id: int, now: datetime) -> bool:
    """Everything as it was before that import. False when it was undone already.

    Raises Clash when a row has been changed since, or is needed by others; then nothing happens.
    """
    await ledger.alone(tx)
    found = await ledger.by_id(tx, import_id, lock=True)
    if found is None or found.undone_at:
        return False
    changes = await ledger.changes_of(tx, import_id)
    clashes = []
    for kind in dict.fromkeys(each.kind for each in changes):
        here = [each for each in changes if each.kind == kind]
        now_there = await ledger.by_ids(tx, kind, [each.row_id for each in here])
        clashes += [each for each in here if now_there.get(each.row_id) != each.after]
    if clashes:
        raise Clash([name_of(each) for each in clashes])
    for kind in (found.kind, "people"):
        here = [each for each in changes if each.kind == kind]
        added = [each.row_id for each in here if each.before is None]
        if kind == "people" and (held := await ledger.held(tx, added)):
            raise Clash([name_of(each) for each in here if each.row_id in held])
        await ledger.take_away(tx, kind, added)
        await ledger.put(tx, kind, [each.before for each in here if each.before is not None])
        changes = [each for each in changes if each.kind != kind]
    await ledger.undone(tx, import_id, now)
    return True


def name_of(change: Change) -> tuple[str, str]:
    """The kind of a row, and what people call the row."""
    row = change.after
    return change.kind, row.get("code") or row.get("number") or row.get("phone") or row["name"]


async def exported(tx: Tx, kind: Kind) -> bytes:
    """All records of a kind as a file that can be taken in again."""
    fields = kind.fields.values()
    table: list[Sequence[object]] = [[each.titles[0] for each in fields]]
    last = 0
    while found := await ledger.everything(tx, kind.name, after=last, limit=ledger.BATCH):
        table += [[_shown(kind, each.name, row[each.name]) for each in fields] for row in found]
        last = found[-1]["id"]
    return written(table)


def _shown(kind: Kind, name: str, value: Any) -> object:
    """As people write it, and `read` reads it."""
    if isinstance(value, datetime):
        return value.astimezone(HERE).strftime("%d/%m/%Y %H:%M:%S")
    if name == "items":
        return "; ".join(f"{item['quantity']} x {item['name']}" for item in value)
    if name == "state":
        return STATES[kind.name][value][0]
    return value
