"""Files that travelled with messages. Their bytes lie in the database, so that every machine and
every backup has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete as delete_from
from sqlalchemy import select, update

from bot.models import StoredFile
from bot.storage.db import Tx
from bot.storage.tables import files

_facts = [column for column in files.c if column.name in StoredFile.__dataclass_fields__]


def _file(row: Any) -> StoredFile:
    return StoredFile(**{name: row[name] for name in StoredFile.__dataclass_fields__})


async def add(tx: Tx, file: StoredFile, data: bytes, customer_id: int | None = None) -> None:
    await tx.execute(
        files.insert().values(
            key=file.key,
            conversation_id=file.conversation_id,
            customer_id=customer_id,
            name=file.name,
            mime=file.mime,
            size=file.size,
            created_at=file.created_at,
            data=data,
        )
    )


async def by_key(tx: Tx, key: str) -> tuple[StoredFile, bytes] | None:
    row = (await tx.execute(select(files).where(files.c.key == key))).mappings().one_or_none()
    return (_file(row), bytes(row["data"])) if row else None


async def uploaded_by(tx: Tx, customer_id: int, keys: Sequence[str]) -> list[StoredFile]:
    """Those of the named files that this customer uploaded, in the order named."""
    query = select(*_facts).where(files.c.key.in_(keys), files.c.customer_id == customer_id)
    found = {row["key"]: _file(row) for row in (await tx.execute(query)).mappings()}
    return [found[key] for key in keys if key in found]


async def of_staff(tx: Tx, keys: Sequence[str]) -> list[StoredFile]:
    """Those of the named files that colleagues uploaded to be sent, in the order named."""
    query = select(*_facts).where(
        files.c.key.in_(keys), files.c.customer_id.is_(None), files.c.conversation_id.is_(None)
    )
    found = {row["key"]: _file(row) for row in (await tx.execute(query)).mappings()}
    return [found[key] for key in keys if key in found]


async def attach(tx: Tx, keys: Sequence[str], conversation_id: int) -> None:
    """The files now belong to a conversation."""
    await tx.execute(
        update(files).where(files.c.key.in_(keys)).values(conversation_id=conversation_id)
    )


async def delete(tx: Tx, urls: Sequence[str]) -> None:
    """The files behind these addresses; those of others are not here."""
    keys = [url.removeprefix("/files/") for url in urls]
    await tx.execute(delete_from(files).where(files.c.key.in_(keys)))


async def drop_old(tx: Tx, mime: str, before: datetime) -> None:
    """Forget files of this type that were uploaded before that and belong to no conversation."""
    loose = (files.c.customer_id.is_(None), files.c.conversation_id.is_(None))
    old = (files.c.mime == mime, files.c.created_at < before)
    await tx.execute(delete_from(files).where(*loose, *old))
