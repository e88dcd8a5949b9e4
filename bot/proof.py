"""A customer proves who they are with a code that we send to where the person writes from already.

They tell a phone of the shop's records; whether it is one, and whether a code was sent, nobody can
tell from what we answer. The code is random, good for minutes, for a few tries and for the account
that asked for it; of it only a hash is kept, and the transcripts show dots in its place.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot import identity, reach, words
from bot.address import addressed
from bot.facts import HERE
from bot.models import Author, Content, Customer, Message, Person, Say, Step, Turn
from bot.outbox import say as put_out
from bot.queue import phone_in
from bot.storage import conversations, customers, identities, people, proofs
from bot.storage import reach as known
from bot.storage.db import Tx
from bot.storage.outbox import HIDDEN
from bot.storage.proofs import Proof
from connectors.base import READ_OUR_STORE, Button

COMMAND: Final = "/prove"  # behind our buttons
LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
MOST: Final = 3  # codes that one account may ask for, and that may be sent to one person, within
WITHIN: Final = timedelta(hours=1)
LISTED: Final = 3  # orders
SURE: Final = ("otp", "staff")  # proofs after which a person's other orders are told
CODE: Final = re.compile(r"(?<!\d)\d{3}[ .-]?\d{3}(?!\d)", re.ASCII)
DIGITS: Final = re.compile(r"\+?[\d ().-]+", re.ASCII)
PHONE_DIGITS: Final = 9  # and more: meant for a phone; an order's code has eight
WORDS: Final = 8  # in which a code may be told


@dataclass(frozen=True)
class Before:
    """How far a customer has come, when they write."""

    proof: Proof | None
    asked: int  # codes, within the last hour
    sure: bool  # proved already, beyond what an order's papers tell
    person: Sequence[Person]  # the records of whom they are, or will be if the code is right
    orders: Sequence[Mapping[str, Any]]  # the newest of that person


async def before(
    tx: Tx, customer: Customer, commands: Sequence[str], now: datetime
) -> Before | None:
    """None when the customer proves nothing."""
    proof = await proofs.open_of(tx, customer.id)
    if proof is not None and now - (proof.asked_at or proof.created_at) > WITHIN:
        proof = None
    if proof is None and COMMAND not in commands:
        return None
    linked = await identities.of_customer(tx, customer.id)
    sure = linked is not None and linked.proof in SURE
    whose = linked if sure else proof
    person_id = whose.person_id if whose else None
    person = await people.records_of(tx, person_id) if person_id else []
    orders = await people.orders_of(tx, [each.id for each in person], LISTED) if person else []
    asked = await proofs.asked_by(tx, customer.id, now - WITHIN)
    return Before(proof, asked, sure, person, orders)


def hear(
    before: Before,
    customer: Customer,
    waiting: Sequence[Message],
    commands: Sequence[str],
    now: datetime,
) -> tuple[Turn, list[int]]:
    """What a customer's messages prove, and which of them, by their place, are the assistant's.
    One step is made at once: each has to be read before the next."""
    for place, (message, command) in enumerate(zip(waiting, commands, strict=True)):
        text = unicodedata.normalize("NFKC", message.content.text)
        turn = _begin(before, customer) if command == COMMAND else None
        if turn is None and not command and before.proof is not None:
            asks = _check if before.proof.asked_at else _phone
            turn = asks(before, before.proof, customer, text, now)
        if turn is not None:
            rest = (n for n in range(len(waiting)) if n != place)
            return turn, [n for n in rest if commands[n] != COMMAND]
    return Turn(), list(range(len(waiting)))


async def note(tx: Tx, customer: Customer, step: Step, now: datetime) -> None:
    """Write down what a customer did, and send a code if it is time."""
    if step.kind == "begin":
        await proofs.begin(tx, customer.id, now)
        return
    proof = await proofs.open_of(tx, customer.id)
    if proof is None:
        return
    match step.kind:
        case "phone":
            sent = await _send(tx, customer, step.phone, now)
            await proofs.ask(tx, proof.id, now, **sent)
        case "right":
            if proof.person_id and await proofs.end(tx, proof.id, "proved", now):
                await identity.prove_by_code(tx, customer, proof.person_id, now)
        case "late":
            await proofs.end(tx, proof.id, "late", now)
        case wrong:
            await proofs.miss(tx, proof.id)
            if wrong == "over":
                await proofs.end(tx, proof.id, "wrong", now)


# --- what is answered


def _begin(before: Before, customer: Customer) -> Turn:
    if before.sure:
        return _welcome(before, customer, None)
    if before.asked >= MOST:
        return _turn(customer, "proof_often", None, most=MOST)
    return _turn(customer, "proof_phone", Step("begin"), again=False)


def _phone(
    before: Before, proof: Proof, customer: Customer, text: str, now: datetime
) -> Turn | None:
    phone = phone_in(text)
    if not phone:
        meant = DIGITS.fullmatch(text) and len(re.sub(r"\D", "", text)) >= PHONE_DIGITS
        return _turn(customer, "proof_no_phone", None, again=False) if meant else None
    if before.asked >= MOST:
        return _turn(customer, "proof_often", None, most=MOST)
    return _turn(customer, "proof_sent", Step("phone", phone), minutes=LASTS.seconds // 60)


def _check(
    before: Before, proof: Proof, customer: Customer, text: str, now: datetime
) -> Turn | None:
    found = CODE.search(text)
    if found is None or len(text.split()) > WORDS or phone_in(text):
        return None
    assert proof.asked_at is not None
    if now >= proof.asked_at + LASTS:
        return _turn(customer, "proof_late", Step("late"))
    typed = _hash(proof.salt, re.sub(r"\D", "", found[0]))
    if hmac.compare_digest(typed, proof.hash):
        return _welcome(before, customer, Step("right"))
    left = TRIES - proof.tries - 1
    if left > 0:
        return _turn(customer, "proof_wrong", Step("wrong"), left=left)
    return _turn(customer, "proof_over", Step("over"), tries=TRIES)


def _turn(
    customer: Customer, key: str, step: Step | None, *, again: bool = True, **values: object
) -> Turn:
    text = addressed(words.say(key, customer.locale, **values), customer.profile.get("address"))
    person = Button(words.say("button_human", customer.locale), key="/request_human")
    anew = Button(words.say("button_code", customer.locale), key=COMMAND)
    buttons = (anew, person) if again and key != "proof_often" else (person,)
    say = Say(Content(text, buttons=buttons), why={"action": key})
    return Turn(says=(say,), introduced=True, proving=step)


def _welcome(before: Before, customer: Customer, step: Step | None) -> Turn:
    """Whoever has proved who they are may choose among their orders."""
    key = "proof_right" if before.orders else "proof_right_no_orders"
    lines = [words.say(key, customer.locale)]
    phones = {each.id: each.phone for each in before.person}
    buttons = []
    for order in before.orders:
        code, last4 = order["code"], phones.get(order["person_id"], "")[-4:]
        goods = ", ".join(str(each.get("name", "")) for each in order["items"]) or "…"
        day = order["ordered_at"].astimezone(HERE)
        about = {"code": code, "goods": goods, "day": f"{day.day}/{day.month}"}
        lines.append(words.say("proof_order", customer.locale, **about))
        told = {"order_code": code, **({"phone_last4": last4} if last4 else {})}
        buttons.append(Button(code, key=f"/inform{json.dumps(told)}"))
    text = addressed("\n".join(lines), customer.profile.get("address"))
    say = Say(Content(text, buttons=tuple(buttons)), why={"action": key})
    return Turn(says=(say,), introduced=True, proving=step)


# --- the code


async def _send(tx: Tx, customer: Customer, phone: str, now: datetime) -> dict[str, Any]:
    """Send a code to the person with this phone, where we may write to them now; the values to
    keep of it. Nothing for a phone of nobody, or of several people."""
    people_ids = {each.merged_into or each.id for each in await people.with_phone(tx, {phone})}
    if len(people_ids) != 1:
        return {}
    (person,) = await known.of(tx, people_ids)
    if await proofs.sent_for(tx, person.person_id, now - WITHIN) >= MOST:
        return {}
    others = [
        each
        for each in person.accounts
        if each.id != customer.id and each.channel not in READ_OUR_STORE
    ]
    way = await reach.best(tx, others, "service", now)
    if way is None or way.verdict.kind != "send":
        return {}
    # Only who is not proved yet locks another, who is: nobody waits for each other in a ring.
    other = await customers.lock(tx, way.customer.id)
    talk = await conversations.open_of(tx, other.id, lock=True)
    talk = talk or await conversations.start(tx, other.id, now)
    code, salt = f"{secrets.randbelow(10**6):06}", secrets.token_hex(16)
    text = words.say("proof_code", other.locale, code=HIDDEN, minutes=LASTS.seconds // 60)
    content = Content(addressed(text, other.profile.get("address")))
    meta = {"event": "proof_code"}
    await put_out(tx, talk, other, Author.SYSTEM, content, now, meta=meta, secret=code)
    return {"person_id": person.person_id, "salt": salt, "hash": _hash(salt, code)}


def _hash(salt: str, code: str) -> str:
    return hashlib.sha256(f"{salt}{code}".encode()).hexdigest()
