"""How somebody pays: cod, bank_transfer, card, wallet, installment."""

from collections.abc import Iterator
from typing import Final

from bot.nlu.entities.found import Found
from bot.nlu.entities.reading import Reading, rule

PAYMENTS: Final = tuple(
    (method, rule(pattern))
    for method, pattern in (
        (
            "cod",
            r"(?<!\w)(?:ship cod|cod|(?:thanh toán|trả tiền|trả) (?:khi|lúc"
            r"|sau khi) (?:nhận(?: hàng)?|giao"
            r"|giao hàng)|nhận hàng (?:rồi |mới |xong )*(?:trả|thanh toán|đưa) ?(?:tiền)?"
            r"|trả tiền mặt|tiền mặt|thu hộ|nhận hàng trả tiền)(?!\w)",
        ),
        (
            "installment",
            r"(?<!\w)(?:mua góp|mua trả góp|trả góp|trả chậm|góp 0 ?%|(?<=mua )góp|kredivo"
            r"|home ?credit|fundiin|hd ?saison|fe ?credit|góp(?= (?:qua|được|\d|hàng tháng|đc|hông"
            r"|không)))(?!\w)",
        ),
        (
            "wallet",
            r"(?<!\w)(?:momo|zalo ?pay|vn ?pay|shopee ?pay|viettel ?(?:pay|money)|ví điện tử"
            r"|ví momo|apple pay|samsung pay|(?:quét|trả|qua|bằng|quẹt|dùng) ví)(?!\w)",
        ),
        (
            "card",
            r"(?<!\w)(?:thẻ (?:tín dụng|ghi nợ|visa|master(?:card)?|atm|ngân hàng|napas|jcb|credit)"
            r"|visa|master ?card|(?:quẹt|cà|bằng|qua|dùng) thẻ|thanh toán thẻ|trả thẻ|credit card"
            r"|atm)(?!\w)(?! (?:nhớ|cào|thành viên|bảo hành))",
        ),
        (
            "bank_transfer",
            r"(?<!\w)(?:chuyển khoản|chuyển qua ngân hàng|qua ngân hàng|ck khoản|internet banking"
            r"|banking|quét (?:mã )?qr|quét mã|mã qr|qr|vietqr|ck)(?!\w)(?! ?(?:\d{1,2} ?%"
            r"|bao nhiêu %))",
        ),
    )
)
PAYMENT_WORDS: Final = frozenset(
    """cod tien thanh tra gop kredivo home homecredit fundiin hd hdsaison fe fecredit momo zalo
    zalopay vn vnpay shopee shopeepay viettel viettelpay vi the visa master mastercard atm credit
    chuyen ck banking qr vietqr quet ma apple samsung nhan thu qua""".split()  # noqa: SIM905
)


def find_payments(read: Reading) -> Iterator[Found]:
    """Every way to pay."""
    if not read.has(PAYMENT_WORDS):
        return
    for method, pattern in PAYMENTS:
        for match in read.find(pattern):
            yield Found("payment_method", method, *match.span())
