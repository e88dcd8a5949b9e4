"""bottender, which we did not write, takes our fixtures for what we take them for."""

from __future__ import annotations

import json
from pathlib import Path

from foreign import probe

FIXTURES = Path(__file__).parent.parent / "fixtures" / "messenger"
# Newer than bottender 1.5.5 are edits and the spelling policy_enforcement.
KINDS = {
    "ad_referral_in_message": ["isMessage", "isText"],
    "attachments": ["isMessage", "isImage"],
    "delivery": ["isDelivery"],
    "echo_human_page_inbox": ["isMessage", "isText", "isEcho"],
    "echo_own_bot": ["isMessage", "isText", "isEcho"],
    "get_started_with_ref": ["isPostback", "isPayload", "isReferral"],
    "message_edit": [],
    "pass_thread_control": ["isPassThreadControl"],
    "policy_enforcement": [],
    "postback_button": ["isPostback", "isPayload"],
    "quick_reply": ["isMessage", "isText", "isQuickReply", "isPayload"],
    "reaction": ["isReaction"],
    "read": ["isRead"],
    "referral_existing_thread": ["isReferral"],
    "reply_to": ["isMessage", "isText"],
    "signed_text": ["isMessage", "isText"],
    "sticker_new": ["isMessage", "isSticker", "isLikeSticker"],
    "take_thread_control": ["isTakeThreadControl"],
}


async def test_bottender_reads_the_fixtures_as_we_do() -> None:
    payloads = [json.loads((FIXTURES / f"{name}.json").read_bytes()) for name in KINDS]

    answers = await probe("messenger_events.js", payloads)

    found = {name: events[0] for name, events in zip(KINDS, answers, strict=True)}
    assert {name: set(event["kinds"]) for name, event in found.items()} == {
        name: set(kinds) for name, kinds in KINDS.items()
    }
    assert found["quick_reply"]["payload"] == "/track_order"
    assert found["postback_button"]["payload"] == "/request_human"
    assert found["signed_text"]["text"] == "Xin chào, shop còn hàng không?"


async def test_bottender_reads_a_batch_to_its_end() -> None:
    payload = json.loads((FIXTURES / "batch_two_entries.json").read_bytes())

    (events,) = await probe("messenger_events.js", [payload])

    assert [event["text"] for event in events] == [
        "Shop ơi",
        "cho hỏi giá áo thun",
        "đang nói với nhân viên",
    ]
    assert ["isStandby" in event["kinds"] for event in events] == [False, False, True]
