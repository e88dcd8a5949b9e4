"""Files that agents post in Slack, on their way to a customer."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot import uploads
from bot.conversation import attachment_of, storable
from bot.models import StoredFile
from bot.storage import files
from bot.storage.db import Database
from connectors.base import Attachment, PermanentError
from connectors.slack import Slack, SlackFile

MEGABYTE: Final = 1024 * 1024


class Unsent(Exception):
    """Why something does not go to the customer; `words` names the sentence that says so."""

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.words = words
        self.values = values


async def take(
    db: Database,
    slack: Slack,
    posted: Sequence[SlackFile],
    conversation_id: int,
    now: datetime,
) -> tuple[Attachment, ...]:
    """The files as we keep them: Slack's own addresses are for its members only.

    Raises Unsent, and RetryableError.
    """
    found = [await _kept(slack, file, conversation_id, now) for file in posted]
    if found:
        async with db.begin() as tx:
            for kept, data in found:
                await files.add(tx, kept, data)
    return tuple(attachment_of(kept.key, kept.name, kept.mime, kept.size) for kept, _ in found)


async def _kept(
    slack: Slack, file: SlackFile, conversation_id: int, now: datetime
) -> tuple[StoredFile, bytes]:
    try:
        if not file.url:
            raise PermanentError("not in Slack", "not_at_slack")
        if file.size > uploads.FILE_BYTES:
            raise uploads.RefusedFile("big_file")
        got = await slack.fetch(file.url)
        if len(got.data) > uploads.FILE_BYTES:
            raise uploads.RefusedFile("big_file")
        mime, data = await asyncio.to_thread(uploads.examine, got.data)
    except uploads.RefusedFile as refusal:
        limit = uploads.FILE_BYTES // MEGABYTE
        raise Unsent(f"file.{refusal.words}", name=file.name, limit=limit) from refusal
    except PermanentError as refusal:
        raise Unsent("file.elsewhere", name=file.name) from refusal
    kept = StoredFile(
        key=secrets.token_urlsafe(24),
        conversation_id=conversation_id,
        name=uploads.safe_name(storable(file.name), mime),
        mime=mime,
        size=len(data),
        created_at=now,
    )
    return kept, data
