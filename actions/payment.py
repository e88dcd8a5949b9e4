"""Money: what was paid, what went wrong, invoices, refunds.

The assistant never says that money has come: the accountant does.
"""

import re
from typing import Final

from rasa_sdk.executor import CollectingDispatcher

from actions import shop
from actions.forms import (
    NOT_AN_ANSWER,
    NOT_NEEDED,
    Field,
    Form,
    Heard,
    Reader,
    Request,
    Values,
    asks_back,
    entity,
    hand_off,
    register,
)
from actions.money import dong
from actions.order import ORDER_CODE, PHONE_LAST4, bare_code, proved, say_date, tell_locked
from actions.talk import Event, plain

# --- What a customer says of a payment

LEAST: Final = 1_000  # đồng; less is no payment
UNITS: Final = {"k": 1_000, "nghin": 1_000, "ngan": 1_000, "tr": 1_000_000, "trieu": 1_000_000}
PLAIN_AMOUNT: Final = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[.,]\d{3})+|\d+)\s*(k|nghìn|nghin|ngàn|ngan|tr|triệu|trieu|đ|d|đồng|vnd)?(?!\w)",
    re.IGNORECASE,
)
WHEN: Final = re.compile(
    r"\b(?:lúc |luc |hồi |hoi |khoảng |khoang |tầm )*(?:"
    r"\d{1,2}\s?(?:h|g|giờ|gio|:)\s?\d{0,2}(?:\s(?:phút|rưỡi))?"
    r"(?:\s(?:sáng|trưa|chiều|tối|sang|trua|chieu|toi))?"
    r"(?:\s(?:hôm )?(?:nay|qua|kia))?(?:\s(?:ngày )?\d{1,2}/\d{1,2})?"
    r"|(?:sáng|trưa|chiều|tối|đêm|hôm|bữa|sang|trua|chieu|toi|hom|bua)"
    r"\s(?:nay|qua|kia|hôm qua|hôm nay)"
    r"|(?:ngày )?\d{1,2}/\d{1,2}(?:/\d{2,4})?"
    r"|vừa (?:nãy|xong|mới|rồi)|vua (?:nay|xong|moi|roi)|nãy giờ|lúc nãy|hồi nãy|mới đây|nãy"
    r"|\d{1,2} phút trước)(?!\w)",
    re.IGNORECASE,
)
JUST_NOW: Final = re.compile(r"\b(?:vua|moi) (?:chuyen|ck|bank|quet|gui|tra|thanh toan)\b")
TIME_WORDS: Final = re.compile(
    r"\d|\b(?:sang|trua|chieu|toi|dem|hom|bua|nay|qua|kia|vua|moi|thu|chu nhat|tuan|hoi)\b"
)


def read_amount(heard: Heard) -> int | None:
    """An amount in đồng; a bare number only when it was asked for."""
    found = heard.first("amount")
    if isinstance(found, int) and found >= LEAST:
        return found
    said = PLAIN_AMOUNT.search(heard.text)
    if said is None or not (heard.asked or said[2] or re.search(r"[.,]", said[1])):
        return None
    if heard.first("phone") or (heard.asked and heard.first("order_code")):
        return None
    number = int(re.sub(r"\D", "", said[1])) * UNITS.get(plain(said[2] or ""), 1)
    return number if number >= LEAST else None


def read_when(heard: Heard) -> str | None:
    """When it was paid, in the customer's words: the accountant compares."""
    told = WHEN.search(heard.text)
    if told:
        return told[0].strip()
    if JUST_NOW.search(plain(heard.text)):
        return "vừa xong"
    if not heard.asked or heard.intent in NOT_AN_ANSWER or heard.text.endswith("?"):
        return None
    return heard.text[:100] if TIME_WORDS.search(plain(heard.text)) else None


def read_bill(heard: Heard) -> list[str] | None:
    """Where the pictures of the bill are. People look at them: nobody here reads them."""
    return [str(each.get("url") or each.get("name") or "") for each in heard.attachments] or None


def told_by(intent: str) -> Reader:
    """Reads what happened: the message that began the form, or the answer to the question."""

    def read(heard: Heard) -> str | None:
        if heard.intent == intent and heard.text and not heard.known.get("matter"):
            return heard.text[:500]
        another = heard.intent in NOT_AN_ANSWER or asks_back(heard)
        return heard.text[:500] if heard.asked and not another and len(heard.text) > 3 else None

    return read


PAID_ORDER: Final = Field(
    "order_code",
    entity("order_code", bare=bare_code),
    ORDER_CODE.what,
    ORDER_CODE.example,
    ask="utter_ask_paid_order",
    optional=True,
)
AMOUNT: Final = Field("amount", read_amount, "số tiền", "1.200.000 đ")
PAID_AT: Final = Field("paid_at", read_when, "thời gian thanh toán", "9 giờ 15 sáng nay")
# Never asked for in a question of its own; what is sent with any answer is kept.
BILL: Final = Field("bill", read_bill, "ảnh giao dịch", "", needed=lambda values: False)


def payment_summary(values: Values) -> Values:
    """What the accountant will read, line by line."""
    told = {slot: value for slot, value in values.items() if value not in (None, NOT_NEEDED)}
    bills = len(told.get("bill", ()))
    return {
        "order": told.get("order_code", "chưa có"),
        "sum": dong(told["amount"]) if "amount" in told else "chưa rõ",
        "when": told.get("paid_at", "chưa rõ"),
        "matter": told.get("matter", ""),
        "bill": f"đã nhận {bills} tệp" if bills else "chưa có",
    }


def report(dispatcher: CollectingDispatcher, request: Request, kind: str) -> list[Event]:
    """Leaves it with the accountant, and asks for a person."""
    values = request.values
    note = "; ".join(
        part
        for part in (
            str(values.get("matter") or ""),
            f"tệp kèm: {', '.join(values['bill'])}" if values["bill"] else "",
        )
        if part
    )
    done = shop.report_payment(
        values["order_code"] or "",
        values["amount"],
        values["paid_at"] or "",
        kind,
        note,
        request.requester,
        request.key,
    )
    dispatcher.utter_message(response="utter_payment_reported", reference=done.reference)
    return hand_off(dispatcher, request.tracker, "payment")


ValidateNotifyTransfer, SubmitNotifyTransfer = register(
    Form(
        "notify_transfer_form",
        (PAID_ORDER, AMOUNT, PAID_AT, BILL),
        lambda dispatcher, request: report(dispatcher, request, "transfer"),
        confirm="utter_confirm_transfer",
        summary=payment_summary,
        own=frozenset({"notify_transfer"}),
    )
)


def optional(field: Field, ask: str) -> Field:
    """The same thing, where not everybody can tell it."""
    return Field(field.slot, field.read, field.what, field.example, ask=ask, optional=True)


ValidatePaymentProblem, SubmitPaymentProblem = register(
    Form(
        "payment_problem_form",
        (
            Field(
                "matter",
                told_by("payment_problem"),
                "điều gặp phải",
                "bị trừ tiền hai lần",
                ask="utter_ask_payment_matter",
            ),
            PAID_ORDER,
            optional(AMOUNT, "utter_ask_problem_amount"),
            optional(PAID_AT, "utter_ask_problem_time"),
            BILL,
        ),
        lambda dispatcher, request: report(dispatcher, request, "problem"),
        confirm="utter_confirm_payment_problem",
        summary=payment_summary,
        own=frozenset({"payment_problem"}),
    )
)


# --- VAT invoices

TAX_CODE: Final = re.compile(r"(?<!\d)(\d{10}(?:\s?-\s?\d{3})?|\d{12})(?!\d)")
TAX_WORDS: Final = re.compile(r"\b(?:mst|ma so thue|ms thue)\b")
COMPANY: Final = re.compile(
    r"\b((?:công ty|cong ty|cty|doanh nghiệp|doanh nghiep|hộ kinh doanh|ho kinh doanh|trường"
    r"|hợp tác xã)\s+[^,;\n]{2,150})",
    re.IGNORECASE,
)
NOT_A_NAME: Final = re.compile(r"\b(?:duoc khong|khong|mst|ma so thue|giup|nhe|can|bat)\b")
PLACE: Final = re.compile(r"\d|\b(?:duong|phuong|xa|ngo|hem|thon|ap|khu|toa|tinh|tp|thanh pho)\b")


def read_tax_code(heard: Heard) -> str | None:
    """10 digits, 10 and 3, or 12. A tax code may look like a phone, so the words decide."""
    found = heard.first("tax_code")
    if found:
        return str(found)
    if not heard.asked and not TAX_WORDS.search(plain(heard.text)):
        return None
    said = TAX_CODE.search(re.sub(r"(?<=\d)[ .](?=\d)", "", heard.text))
    return re.sub(r"\s", "", said[1]) if said else None


def read_company(heard: Heard) -> str | None:
    """The name on the invoice."""
    named = COMPANY.search(heard.text)
    if (
        named
        and (heard.asked or heard.intent == "inform")
        and not NOT_A_NAME.search(plain(named[1]))
    ):
        return named[1].strip(" .")[:200]
    if heard.first("company_name"):
        return str(heard.first("company_name"))
    if not heard.asked or heard.intent in NOT_AN_ANSWER or asks_back(heard):
        return None
    alone = not any(heard.entities.values()) and len(heard.text) >= 3
    return heard.text[:200] if alone and re.search(r"[^\W\d]{2}", heard.text) else None


def read_invoice_address(heard: Heard) -> str | None:
    """The address on the invoice, as it is registered."""
    labelled = re.search(r"\b(?:địa chỉ|dia chi|đ/c)\s*:?\s*(?:là |la )?(.+)$", heard.text, re.I)
    text = labelled[1] if labelled else heard.text
    another = heard.intent in NOT_AN_ANSWER or heard.text.endswith("?")
    if another or not (heard.asked or labelled):
        return None
    text = re.split(r"[,;]?\s*(?:mail|email|mst|mã số thuế)\b|\S+@\S+", text, flags=re.I)[0]
    place = bool(PLACE.search(plain(text)))
    return (
        text.strip(" .,")[:200] if len(text) >= 8 and place and not TAX_CODE.search(text) else None
    )


def invoice_summary(values: Values) -> Values:
    code = values["order_code"]
    return {
        "tax": values["tax_code"],
        "company": values["company_name"],
        "where": values["address"],
        "mail": values["email"],
        "order": "chưa có" if code in (None, NOT_NEEDED) else code,
    }


def request_invoice(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Leaves the request with the shop."""
    values = request.values
    done = shop.request_invoice(
        values["order_code"] or "",
        values["tax_code"],
        values["company_name"],
        values["address"],
        values["email"],
        request.requester,
        request.key,
    )
    dispatcher.utter_message(
        response="utter_invoice_requested", reference=done.reference, mail=values["email"]
    )
    return []


ValidateInvoice, SubmitInvoice = register(
    Form(
        "invoice_form",
        (
            Field("tax_code", read_tax_code, "mã số thuế", "0100000000"),
            Field("company_name", read_company, "tên ghi trên hoá đơn", "Công ty TNHH Hoa Mai"),
            Field(
                "address",
                read_invoice_address,
                "địa chỉ ghi trên hoá đơn",
                "12 Trần Phú, phường Hải Châu, Đà Nẵng",
                ask="utter_ask_invoice_address",
            ),
            Field("email", entity("email"), "địa chỉ email", "ketoan@example.com"),
            Field(
                "order_code",
                entity("order_code", bare=bare_code),
                ORDER_CODE.what,
                ORDER_CODE.example,
                ask="utter_ask_invoice_order",
                optional=True,
            ),
        ),
        request_invoice,
        confirm="utter_confirm_invoice",
        summary=invoice_summary,
        own=frozenset({"ask_vat_invoice"}),
    )
)


# --- Refunds


def tell_refund(dispatcher: CollectingDispatcher, request: Request) -> list[Event]:
    """Where the money is; a late one opens with an apology and brings a person."""
    code, last4 = request.values["order_code"], request.values["phone_last4"]
    refund = shop.refund_status(code, last4, request.requester)
    if isinstance(refund, shop.Locked):
        tell_locked(dispatcher, refund)
        return []
    if isinstance(refund, shop.NotFound):
        dispatcher.utter_message(response="utter_refund_not_found")
        return []
    proved(dispatcher, code, last4)
    if refund.state not in ("none", "waiting", "sent", "done"):
        raise shop.ShopDown(f"unknown refund state {refund.state!r}")
    due = say_date(refund.due_on.isoformat()) if refund.due_on else ""
    about = {"code": code, "sum": dong(refund.amount), "due": due}
    if refund.overdue:
        dispatcher.utter_message(response="utter_refund_overdue", **about)
        return hand_off(dispatcher, request.tracker, "refund_overdue")
    state = refund.state if due or refund.state in ("none", "done") else f"{refund.state}_undated"
    dispatcher.utter_message(response=f"utter_refund_{state}", **about)
    return []


ValidateRefund, SubmitRefund = register(
    Form(
        "refund_form", (ORDER_CODE, PHONE_LAST4), tell_refund, own=frozenset({"ask_refund_status"})
    )
)
