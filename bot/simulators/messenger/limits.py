"""What Meta's Graph API takes and refuses, as of v25.0."""

from __future__ import annotations

from typing import Any, Final

from starlette.responses import JSONResponse, Response

from bot.simulators.base import Json

TEXT: Final = 2000
METADATA: Final = 1000
PAYLOAD: Final = 1000
QUICK: Final = 13
TITLE: Final = 20
BUTTONS: Final = 3
TEMPLATE_TEXT: Final = 640
CARDS: Final = 10
CARD_LINE: Final = 80
UPLOAD: Final = 25 * 1024 * 1024
KINDS: Final = ("image", "audio", "video", "file")
TAGS: Final = ("HUMAN_AGENT",)  # the others are gone since 2026-04-27
GREETING: Final = 160
ICE_BREAKERS: Final = 4
MENU_TITLE: Final = 30


class GraphError(Exception):
    """A refusal, as the Graph API words it."""

    def __init__(self, message: str, code: int = 100, subcode: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.subcode, self.status = code, subcode, status

    def answer(self, headers: dict[str, str]) -> Response:
        error: Json = {
            "message": f"(#{self.code}) {self}",
            "type": "OAuthException",
            "code": self.code,
            "fbtrace_id": "AbCdEfGhIjKlMnOpQrStUvW",
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        return JSONResponse({"error": error}, self.status, headers)


def check_message(message: Any, uploaded: bool) -> None:
    """Raises GraphError unless this may be the `message` of a send."""
    message = part(message, "message")
    strange = message.keys() - {"text", "attachment", "quick_replies", "metadata"}
    if strange:
        raise GraphError(f"Invalid keys {sorted(strange)} were found in param message")
    if ("text" in message) == ("attachment" in message):
        raise GraphError("Param message must have either text or attachment")
    if "text" in message:
        text(message, "text", TEXT)
    else:
        _check_attachment(part(message["attachment"], "attachment"), uploaded)
    if "metadata" in message:
        text(message, "metadata", METADATA)
    if "quick_replies" in message:
        for reply in items(message, "quick_replies", QUICK):
            if reply.get("content_type") == "text":
                text(reply, "title", TITLE)
                text(reply, "payload", PAYLOAD)
            elif reply.get("content_type") not in ("user_phone_number", "user_email"):
                raise GraphError("Param content_type is not a quick reply's")


def _check_attachment(attachment: Json, uploaded: bool) -> None:
    payload = part(attachment.get("payload"), "payload")
    if attachment.get("type") == "template":
        _check_template(payload)
    elif attachment.get("type") not in KINDS:
        raise GraphError("Param type must be one of image, audio, video, file, template")
    elif not uploaded and "attachment_id" not in payload:
        _check_url(payload)


def _check_template(payload: Json) -> None:
    kind = payload.get("template_type")
    if kind == "button":
        text(payload, "text", TEMPLATE_TEXT)
        check_buttons(payload)
    elif kind == "generic":
        for element in items(payload, "elements", CARDS):
            text(element, "title", CARD_LINE)
            if "subtitle" in element:
                text(element, "subtitle", CARD_LINE)
            if "buttons" in element:
                check_buttons(element)
            if len(element) < 2:
                raise GraphError("Incomplete element data: title and at least one other", 100)
    else:
        raise GraphError("Param template_type is not one of this pretend platform's")


def check_buttons(holder: Json) -> None:
    """Raises GraphError unless these are the buttons of a template."""
    for button in items(holder, "buttons", BUTTONS):
        text(button, "title", TITLE)
        if button.get("type") == "web_url":
            _check_url(button)
        elif button.get("type") in ("postback", "phone_number"):
            text(button, "payload", PAYLOAD)
        else:
            raise GraphError("Param type is not a button's")


def check_profile(profile: Json) -> None:
    """Raises GraphError unless a page may have this greeting, menu and so on."""
    for greeting in profile.get("greeting", ()):
        text(part(greeting, "greeting"), "text", GREETING)
    for group in profile.get("ice_breakers", ()):
        items(part(group, "ice_breakers"), "call_to_actions", ICE_BREAKERS)
    menus = profile.get("persistent_menu", ())
    if menus and "get_started" not in profile:
        raise GraphError("You must set a Get Started button if you also wish to use a menu")
    if menus and not any(menu.get("locale") == "default" for menu in menus):
        raise GraphError("Param persistent_menu must have a default locale")
    for menu in menus:
        for entry in items(menu, "call_to_actions", 20):
            text(entry, "title", MENU_TITLE)


def _check_url(holder: Json) -> None:
    if not text(holder, "url", 4000).startswith(("http://", "https://")):
        raise GraphError("Param url should represent a valid URL")


def part(value: Any, name: str) -> Json:
    """The value, which must be an object."""
    if not isinstance(value, dict):
        raise GraphError(f"Param {name} must be an object")
    return value


def text(holder: Json, name: str, limit: int) -> str:
    """The text of this name, which must be there and within the limit."""
    value = holder.get(name)
    if not isinstance(value, str) or not value.strip():
        raise GraphError(f"Param {name} must be a non-empty string")
    if len(value) > limit:
        raise GraphError(f"Length of param {name} must be less than or equal to {limit}")
    return value


def items(holder: Json, name: str, limit: int) -> list[Json]:
    """The objects of this name, one at least."""
    value = holder.get(name)
    if not isinstance(value, list) or not 1 <= len(value) <= limit:
        raise GraphError(f"Param {name} must have 1 to {limit} items")
    return [part(each, name) for each in value]
