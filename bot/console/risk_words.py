"""The words of the page of customers who may leave."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "app.risk": {"vi": "Khách cần giữ", "en": "At risk"},
    "risk.title": {"vi": "Khách cần giữ", "en": "Customers at risk"},
    "risk.lead": {
        "vi": "Khách vừa có trải nghiệm chưa tốt trong {days} ngày qua. Mỗi người cần một nhân "
        "viên hỏi thăm trong một ngày làm việc.",
        "en": "Customers who had a bad experience within {days} days. A person should get back to "
        "each within one working day.",
    },
    "risk.why": {"vi": "Lý do", "en": "Why"},
    "risk.at": {"vi": "Lúc", "en": "When"},
    "risk.state": {"vi": "Chăm sóc lại", "en": "Follow-up"},
    "risk.open": {"vi": "Xem hội thoại", "en": "Open the talk"},
    "risk.by": {"vi": "Trước {when}", "en": "By {when}"},
    "risk.promised": {"vi": "Đã có lịch: {when}", "en": "On a list for {when}"},
    "risk.empty": {
        "vi": "{days} ngày qua không có khách nào cần giữ.",
        "en": "Nobody within {days} days.",
    },
    "risk_why.csat": {"vi": "Chấm CSAT 1–2", "en": "CSAT of 1–2"},
    "risk_why.nps": {"vi": "Chấm NPS 0–6", "en": "NPS of 0–6"},
    "risk_why.again": {"vi": "Hỏi lại cùng một việc", "en": "Came back about one matter"},
    "risk_why.breach": {"vi": "Trả lời trễ cam kết", "en": "A promise of ours was broken"},
    "risk.because.csat": {"vi": "Chấm {mark}/5 sau trò chuyện", "en": "Gave {mark}/5 for a talk"},
    "risk.because.nps": {"vi": "Chấm {mark}/10 khi hỏi NPS", "en": "Gave {mark}/10 for NPS"},
    "risk.because.again": {
        "vi": "Hỏi lại cùng một việc trong 7 ngày",
        "en": "Came back about one matter within 7 days",
    },
    "risk.because.breach": {
        "vi": "Nhân viên trả lời trễ cam kết",
        "en": "We answered later than promised",
    },
    "risk_state.open": {"vi": "Chưa ai hỏi thăm", "en": "Nobody yet"},
    "risk_state.waiting": {"vi": "Chờ hỏi thăm", "en": "Waiting"},
    "risk_state.overdue": {"vi": "Quá hạn", "en": "Overdue"},
    "risk_state.followed": {"vi": "Đã hỏi thăm", "en": "Followed up"},
    "risk_state.late": {"vi": "Đã hỏi thăm, trễ hạn", "en": "Followed up late"},
}
