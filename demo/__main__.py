"""`python -m demo`: the demo shop alone. SHOP_PORT, SHOP_DATA, PUBLIC_URL (Carebot's) and
RECORDS_SECRET apply."""

import os
from datetime import datetime, timezone
from pathlib import Path

import uvicorn

from demo.shop import CAREBOT, build

if __name__ == "__main__":
    uvicorn.run(
        build(
            data_dir=Path(os.environ.get("SHOP_DATA", "var/shop")),
            now=lambda: datetime.now(timezone.utc),
            carebot_url=os.environ.get("PUBLIC_URL", CAREBOT).rstrip("/"),
            records_secret=os.environ.get("RECORDS_SECRET", ""),
        ),
        host=os.environ.get("SHOP_HOST", "127.0.0.1"),
        port=int(os.environ.get("SHOP_PORT", "8090")),
        ws="none",
        log_level="warning",
    )
