"""How an administrator lets our app in: consent, codes with PKCE, tokens that are replaced."""

from __future__ import annotations

import base64
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.simulators.base import Lost, Simulator

ACCESS_SECONDS: Final = 90_000


class Consent:
    """Zalo's OAuth. A refresh token serves once, even when nobody hears the answer."""

    def __init__(self, zalo: Simulator) -> None:
        self.zalo = zalo
        self.access: dict[str, datetime] = {}  # tokens that count, and until when
        self.refresh = ""  # the one that counts
        self.codes: dict[str, str] = {}  # not used yet: their PKCE challenge

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v4/oa/permission", self._permission),
            Route("/v4/oa/access_token", self._access_token, methods=["POST"]),
        ]

    async def _permission(self, request: Request) -> Response:
        """The administrator agrees at once."""
        asked = request.query_params
        if asked.get("app_id") != self.zalo.secrets["ZALO_APP_ID"]:
            return _refused(-14002, "Invalid application")
        if not asked.get("redirect_uri"):
            return _refused(-14003, "Invalid redirect uri")
        code = secrets.token_urlsafe(24)
        self.codes[code] = asked.get("code_challenge", "")
        back = {
            "code": code,
            "oa_id": self.zalo.secrets["ZALO_OA_ID"],
            "state": asked.get("state", ""),
        }
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(back)}", 302)

    async def _access_token(self, request: Request) -> Response:
        fault = await self.zalo.fault()
        if isinstance(fault, Response):
            return fault
        form = {key: str(value) for key, value in (await request.form()).items()}
        self.zalo.calls.append(("oauth", {"grant_type": form.get("grant_type", "")}))
        if (
            request.headers.get("secret_key") != self.zalo.secrets["ZALO_APP_SECRET"]
            or form.get("app_id") != self.zalo.secrets["ZALO_APP_ID"]
        ):
            return _refused(-14004, "Invalid app id or secret key")
        if form.get("grant_type") == "authorization_code":
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            if self.codes.pop(form.get("code", ""), None) != challenge:
                return _refused(-14013, "Invalid authorization code")
            self.zalo.faults.revoked = False
        elif (
            self.zalo.faults.revoked
            or not self.refresh
            or form.get("refresh_token") != self.refresh
        ):
            return _refused(-14014, "Invalid refresh token")
        access, self.refresh = secrets.token_urlsafe(60), secrets.token_urlsafe(60)
        self.access[access] = self.zalo.clock() + timedelta(seconds=ACCESS_SECONDS)
        if fault == "lose":
            return Lost()
        return JSONResponse(
            {
                "access_token": access,
                "refresh_token": self.refresh,
                "expires_in": str(ACCESS_SECONDS),
            }
        )


def _refused(code: int, name: str) -> Response:
    return JSONResponse(
        {"error": code, "error_name": name, "error_reason": "", "error_description": name}
    )
