"""The words of money, and the words that say that a number is none."""

import re
from typing import Final

from bot.nlu.entities.numbers import WORD
from bot.nlu.entities.reading import rule

SCALES: Final = {
    **{"d": 1, "dong": 1, "vnd": 1, "k": 10**3, "nghin": 10**3, "ngan": 10**3, "ngh": 10**3},
    **{"lit": 10**5, "xi": 10**5, "tr": 10**6, "trieu": 10**6, "triu": 10**6, "trd": 10**6},
    **{"cu": 10**6, "chai": 10**6, "ty": 10**9, "ti": 10**9, "toi": 10**9},
}
DONG: Final = frozenset({"d", "dong", "vnd"})
VOLUME: Final = frozenset({"lit", "chai"})  # measures, until the talk is of money
TRIGGERS: Final = frozenset({*SCALES, "tram"} - {"k", "d"})
MOST: Final = 10**12

TOKEN: Final = rule(
    r"(?P<figures>\d{1,3}(?: \d{3})+(?= ?(?:đ|đồng|vnđ|vnd)(?!\w))|\d+(?:[.,]\d+)*)"
    rf"|(?<![^\W\d_])(?!tư vấn)(?:(?P<word>{WORD})|(?P<half>rưỡi|rưởi)|(?P<nua>nửa)"
    r"|(?P<unit>triệu|trịu|trđ|tr|nghìn|ngàn|ngh|lít|xị|củ|chai|tỷ|t[ỉ]|t[ỏ]i|đồng(?! hồ)|vnđ|vnd"
    r"|đ|k))(?![^\W\d_])"
)

# A number before one of these is not the tail of a sum: "3 triệu 2 cái" is two of them.
COUNTED: Final = rule(
    r" ?(?:[\x01\x02]|(?:cái|chiếc|bộ|con|máy|cặp|đôi|hộp|thùng|gói|cây|sim|màu|món|đơn"
    r"|sản phẩm|sp|ngày|tháng|năm|tuần|giờ|h|gb|g|tb|inch|in|kg|km|mah|w|lít|người|khách|điểm|lần"
    r"|lượt|vòng|sao|vấn|ngoái|nay|%)(?!\w))"
)
# Nor are these ever paid with.
MEASURED: Final = rule(
    r" ?(?:mah|km|w|btu|dpi|người|khách|điểm|lượt|vòng|bước|like|view|sub|follow|mem)(?!\w)"
)
PARTS: Final = rule(r" (?:sạc|tai|loa|cáp|khoai|hành|t[ỏ]i|nước|xịt|dầu|lau|rửa|keo)(?!\w)")
K_TALK: Final = rule(
    r"(?<!\w)(?:giá|ship|phí|bớt|giảm|thêm|hết|trả|tiền|tầm|là|cọc)(?: \w{1,6})? $"
)
MONEY_TALK: Final = rule(
    r"(?<!\w)(?:giá|tiền|ship|phí|trả|bớt|giảm|cọc|chuyển|ck|tầm|khoảng|cỡ|dưới|trên|hết|nợ|hoàn|bù"
    r"|ngân sách|bán|mua|rẻ|đắt|mắc|góp|thanh toán|tốn|lấy lại|fix|sale|còn|tối đa|tối thiểu"
    r"|cao nhất|thấp nhất|ít nhất|không quá)(?!\w)"
)
VESSEL: Final = rule(
    r"(?<!\w)(?:nồi|tủ(?! \d)|bình|ấm|máy lọc|lò|thùng|nước|dung tích|loại|máy xay|phích)(?!\w)"
)
VAGUE_BEFORE: Final = rule(r"(?<!\w)(?:phần|m[ấâ]y|vài) $")
PARTICLES: Final = rule(
    r"[\W_]*(?:(?:ạ|nha|nhé|nhá|thôi|shop|em|ad|đó|á|nè|tầm|khoảng|cỡ|dạ)(?!\w)[\W_]*){0,4}"
)
DATE_NEXT: Final = re.compile(r"\s*[-/:]\s*\d")
GROUPED: Final = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
LONGEST: Final = 20  # figures; more are no sum
