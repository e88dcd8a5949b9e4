"""Zalo's keys: OAuth 2 with PKCE, by which an account's administrator lets our app in.

An access token lives 25 hours. A refresh token lives three months and serves once: it is gone
with the request, whether or not the answer comes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from connectors.base import AuthError, Tokens, UnknownOutcomeError
from connectors.http import Http, by_status

REFRESH: Final = timedelta(days=90)
SHORTEST: Final = 3600  # seconds that an access token lives when Zalo does not say
CONSENT: Final = "consent"  # the administrator has to let us in again


def new_verifier() -> str:
    """A PKCE verifier: 43 characters, as Zalo wants them. To be kept until the code comes."""
    return secrets.token_urlsafe(32)


def consent_url(values: Mapping[str, str], redirect_uri: str, verifier: str, state: str) -> str:
    """The page where the account's administrator lets our app in. It leads on to `redirect_uri`
    with a `code` that lives ten minutes, and with `oa_id` and `state`."""
    digest = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "app_id": values["ZALO_APP_ID"],
        "redirect_uri": redirect_uri,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "state": state,
    }
    return f"{values['ZALO_OAUTH_URL']}/v4/oa/permission?{urlencode(asked)}"


async def first_tokens(
    values: Mapping[str, str], code: str, verifier: str, clock: Callable[[], datetime]
) -> Tokens:
    """The tokens that a code stands for. Raises AuthError when Zalo refuses it, RetryableError
    when Zalo was not reached: the code still counts."""
    http = Http()
    try:
        return await _ask(
            http,
            values,
            clock,
            {"grant_type": "authorization_code", "code": code, "code_verifier": verifier},
        )
    finally:
        await http.close()


async def next_tokens(
    http: Http, values: Mapping[str, str], clock: Callable[[], datetime], used: Tokens
) -> Tokens:
    """The tokens that follow `used`. Raises AuthError when the administrator has to let us in
    again, RetryableError when the refresh token was certainly not used up."""
    return await _ask(
        http, values, clock, {"grant_type": "refresh_token", "refresh_token": used.refresh}
    )


async def _ask(
    http: Http, values: Mapping[str, str], clock: Callable[[], datetime], form: Mapping[str, str]
) -> Tokens:
    try:
        answer = await http.request(
            "POST",
            f"{values['ZALO_OAUTH_URL']}/v4/oa/access_token",
            headers={"secret_key": values["ZALO_APP_SECRET"]},
            data={"app_id": values["ZALO_APP_ID"], **form},
        )
        if answer.is_server_error or answer.status_code == 429:
            raise by_status(answer)
    except UnknownOutcomeError as lost:
        raise AuthError(f"consent needed: the new tokens were lost ({lost})", CONSENT) from lost
    try:
        data: Any = json.loads(answer.content)
    except (ValueError, RecursionError):
        data = None
    data = data if isinstance(data, dict) else {}
    access = data.get("access_token")
    # Refusals come with HTTP 200 too, some without a number: this alone tells them.
    if not isinstance(access, str) or not access:
        code = f"{CONSENT}/{data.get('error', '')}"
        raise AuthError(f"consent needed: {data.get('error_name', answer.status_code)}", code)
    refresh, lives = data.get("refresh_token"), str(data.get("expires_in", ""))
    now = clock()
    seconds = int(lives) if lives.isascii() and lives.isdigit() and len(lives) < 10 else SHORTEST
    return Tokens(
        access=access,
        refresh=refresh if isinstance(refresh, str) else "",
        access_until=now + timedelta(seconds=seconds),
        refresh_until=now + REFRESH,
    )
