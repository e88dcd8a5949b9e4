"""The desk's rules in the words that people know them by, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

from bot import desk_rules, schedule
from bot import words as sentences
from bot.console import words
from bot.desk_rules import Placement, Rule
from bot.schedule import Intervals
from connectors.base import Json

# The numbers of the rules, as they stand in the document, and their units.
NUMBERS: Final = {
    "sla": {"first_reply": "minutes", "next_reply": "minutes", "resolve": "minutes"},
    "assignment": {
        "capacity": "talks",
        "partial_after": "minutes",
        "anyone_after": "minutes",
        "sticky_days": "days",
        "silent_after": "minutes",
        "offline_after": "minutes",
    },
    "queue": {"ageing": "minutes", "tell_every": "minutes", "abandon_after": "minutes"},
}


class Change(NamedTuple):
    """One difference; "" where there was nothing, or is nothing any more."""

    what: str
    before: str
    after: str


def difference(
    language: str, before: Json, after: Json, people: Mapping[int, str]
) -> Sequence[Change]:
    """What is different in the second document, in the order of the pages."""
    old, new = told(language, before, people), told(language, after, people)
    everything = [*new, *(what for what in old if what not in new)]
    changes = [
        Change(what, old.get(what, ""), new.get(what, ""))
        for what in everything
        if old.get(what) != new.get(what)
    ]
    orders = [[rule["name"] for rule in each.get("routing") or ()] for each in (before, after)]
    in_both = set(orders[0]) & set(orders[1])
    order, reordered = (" → ".join(name for name in each if name in in_both) for each in orders)
    if order != reordered:
        changes.append(Change(words.say(language, "rules.told.order"), order, reordered))
    return changes


def told(language: str, document: Json, people: Mapping[int, str]) -> dict[str, str]:
    """All that a document says, by what it says it of."""
    rules = desk_rules.read(document)

    def t(key: str, **values: object) -> str:
        return words.say(language, f"rules.told.{key}", **values)

    lines: dict[str, str] = {}
    whose = {"": rules.hours, **rules.team_hours}
    for code, hours in whose.items():
        where = t("hours_of", team=team_name(document, language, code)) if code else t("hours")
        for place, day in enumerate(schedule.WEEKDAYS):
            what = f"{where} · {weekday(language, place)}"
            lines[what] = stretches(language, hours.week.get(day, ()))
        lines[f"{where} · {t('holidays')}"] = t("closed" if hours.holidays else "open")
        for date, intervals in sorted(hours.days.items()):
            lines[f"{where} · {date:%d/%m/%Y}"] = stretches(language, intervals)
    for code, names in rules.teams.items():
        lines[t("team", code=code)] = " / ".join(filter(None, (names["vi"], names.get("en"))))
    lines[t("default_team")] = team_name(document, language, rules.default_team)
    for user_id, placed in rules.agents.items():
        name = people.get(user_id, f"#{user_id}")
        lines[t("agent", name=name)] = agent(language, document, placed)
    for rule in rules.routing:
        when, then = in_words(language, document, rule)
        lines[t("rule", name=rule.name)] = f"{when} → {then}"
    for section, names in NUMBERS.items():
        for name, unit in names.items():
            number = document.get(section, {}).get(name, 0)
            lines[words.say(language, f"rules.number.{name}")] = measured(language, number, unit)
    lines[t("calendar")] = words.say(language, f"rules.calendar.{calendar(rules.sla.always)}")
    for channel, weight in rules.assignment.weights.items():
        what = t("weight", channel=words.name_of(language, "channel", channel))
        lines[what] = f"{weight:g}"
    lines[t("tags")] = ", ".join(rules.tags)
    digest = rules.digest
    lines[t("digest")] = t("on" if digest.on else "off")
    lines[t("digest_slack")] = t("on" if digest.slack else "off")
    lines[t("digest_emails")] = ", ".join(digest.emails)
    for kind, days in rules.retention.items():
        lines[words.say(language, f"retention.{kind}")] = words.say(
            language, "retention.days", n=days
        )
    lines[t("thumbs")] = f"{rules.thumbs} %"
    for key in sentences.QUEUE:
        for locale, ours in sentences.SENTENCES[key].items():
            name = words.say(language, f"rules.sentence.{key}")
            what = t("sentence", name=name, locale=words.name_of(language, "language", locale))
            lines[what] = rules.words.get(key, {}).get(locale, ours)
    return lines


def calendar(always: bool) -> str:
    return "always" if always else "business"


def measured(language: str, number: int, unit: str) -> str:
    """A number with its unit; many minutes also as hours or days."""
    text = words.say(language, f"rules.unit.{unit}", n=number)
    if unit == "minutes" and number >= 60:
        text += f" ({words.duration(language, timedelta(minutes=number))})"
    return text


def stretches(language: str, intervals: Intervals) -> str:
    """A day's open time."""
    if not intervals:
        return words.say(language, "rules.told.closed")
    return ", ".join(f"{start:%H:%M}–{_end(end)}" for start, end in intervals)


def _end(end: object) -> str:
    return "24:00" if end == schedule.MIDNIGHT else f"{end:%H:%M}"


def agent(language: str, document: Json, placed: Placement) -> str:
    """Which conversations an agent gets."""

    def parts() -> Iterator[str]:
        if placed.teams:
            names = [team_name(document, language, code) for code in placed.teams]
            yield words.say(language, "rules.told.teams", names=", ".join(names))
        if placed.skills:
            skills = [f"{name} ({level})" for name, level in placed.skills.items()]
            yield words.say(language, "rules.told.skills", names=", ".join(skills))
        if placed.capacity is not None:
            yield words.say(language, "rules.told.capacity", n=placed.capacity)

    return "; ".join(parts())


def in_words(language: str, document: Json, rule: Rule) -> tuple[str, str]:
    """A rule's conditions and its effects."""

    def t(key: str, **values: object) -> str:
        return words.say(language, f"rules.told.{key}", **values)

    def names(group: str, codes: frozenset[str]) -> str:
        return ", ".join(sorted(words.name_of(language, group, code) for code in codes))

    matter = []
    if rule.reasons:
        matter.append(t("reasons", names=names("reason", rule.reasons)))
    if rule.words:
        matter.append(t("words", names=", ".join(t("quoted", text=each) for each in rule.words)))
    when = [t("or").join(matter)] if matter else []
    if rule.channels:
        when.append(t("channels", names=names("channel", rule.channels)))
    if rule.languages:
        when.append(t("languages", names=names("language", rule.languages)))
    if rule.vip:
        when.append(t("vip"))
    if rule.repeats:
        when.append(t("repeats", n=rule.repeats))
    then = []
    if rule.team:
        then.append(t("to_team", team=team_name(document, language, rule.team)))
    if rule.priority is not None:
        name = words.say(language, f"rules.priority.{rule.priority}")
        then.append(t("priority", name=name.lower()))
    if rule.raises:
        then.append(t("raises", n=rule.raises))
    if rule.skills:
        then.append(t("needs", names=", ".join(sorted(rule.skills))))
    return t("and").join(when), "; ".join(then)


def weekday(language: str, place: int) -> str:
    name = sentences.WEEKDAYS[language][place]
    return name[0].upper() + name[1:]


def team_name(document: Json, language: str, code: str) -> str:
    names = (document.get("teams") or {}).get(code) or {}
    return str(names.get(language) or names.get("vi") or code)
