"""What the page of unanswered questions says, in both languages."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "unanswered.title": {"vi": "Câu hỏi chưa trả lời được", "en": "Unanswered questions"},
    "unanswered.lead": {
        "vi": "Những câu trợ lý chưa hiểu hoặc trả lời chưa giúp được khách, gom theo ý. Tên, số "
        "điện thoại và mã số đã được che.",
        "en": "What the assistant did not understand, or answered in vain, put together by what "
        "was asked. Names, phone numbers and codes are hidden.",
    },
    "unanswered.invites": {
        "vi": "Khách hỏi gì mà trợ lý chưa trả lời được: thêm cách hỏi, hoặc viết câu hỏi mới.",
        "en": "What customers asked in vain: add a way of asking, or write a new question.",
    },
    "unanswered.look": {"vi": "Xem từng câu", "en": "Go through them"},
    "unanswered.period": {"vi": "Khoảng thời gian", "en": "Period"},
    "unanswered.today": {"vi": "Hôm nay", "en": "Today"},
    "unanswered.order": {"vi": "Thứ tự", "en": "Order"},
    "unanswered.order.new": {"vi": "Mới nhất trước", "en": "Newest first"},
    "unanswered.order.big": {"vi": "Nhiều khách hỏi trước", "en": "Most asked first"},
    "unanswered.all": {"vi": "Các câu còn lại", "en": "All that are open"},
    "unanswered.left": {"vi": "Còn {n} ý chưa xử lý", "en": "{n} still open"},
    "unanswered.count": {
        "vi": "{messages} tin nhắn của {askers} khách",
        "en": "{messages} messages of {askers} customers",
    },
    "unanswered.span": {
        "vi": "lần đầu {first}, gần nhất {last}",
        "en": "first {first}, last {last}",
    },
    "unanswered.came_back": {
        "vi": "Đã xử lý {at}, nay có khách mới hỏi",
        "en": "Settled {at}, and asked by somebody new",
    },
    "unanswered.ways": {"vi": "Khách còn hỏi", "en": "Other ways of asking"},
    "unanswered.open": {"vi": "Mở hội thoại gần nhất", "en": "Open the last conversation"},
    "unanswered.accept": {"vi": "Đúng là “{topic}”", "en": "It is “{topic}”"},
    "unanswered.relabel": {
        "vi": "Thuộc một câu hỏi đã có",
        "en": "It belongs to a question we have",
    },
    "unanswered.relabel_hint": {"vi": "Gõ tên câu hỏi", "en": "Type its name"},
    "unanswered.add": {"vi": "Thêm cách hỏi", "en": "Add"},
    "unanswered.draft": {"vi": "Viết câu hỏi mới", "en": "Write a new question"},
    "unanswered.out_of_scope": {"vi": "Ngoài phạm vi", "en": "Out of scope"},
    "unanswered.skip": {"vi": "Bỏ qua", "en": "Skip"},
    "unanswered.hint": {
        "vi": "Bấm phím số để chọn, ↑ ↓ để sang câu khác. Cách hỏi thêm vào có hiệu lực sau khi "
        "bạn thử bản mới và phát hành.",
        "en": "Press a number to decide, ↑ ↓ for another one. New ways of asking count from the "
        "next publication on.",
    },
    "unanswered.none": {
        "vi": "Không còn câu nào chưa xử lý trong khoảng này.",
        "en": "Nothing is open in this period.",
    },
    "unanswered.no_topic": {
        "vi": "Chưa có câu hỏi nào tên như vậy. Bạn chọn một tên trong danh sách nhé.",
        "en": "There is no question of this name. Choose one of the list.",
    },
    "unanswered.column.sample": {"vi": "Câu mẫu", "en": "Sample"},
    "unanswered.column.messages": {"vi": "Số tin nhắn", "en": "Messages"},
    "unanswered.column.askers": {"vi": "Số khách", "en": "Customers"},
    "unanswered.column.first": {"vi": "Lần đầu", "en": "First"},
    "unanswered.column.last": {"vi": "Gần nhất", "en": "Last"},
    "unanswered.column.channels": {"vi": "Kênh", "en": "Channels"},
    "unanswered.column.why": {"vi": "Vì sao", "en": "Why"},
    "unanswered.column.guess": {"vi": "Trợ lý đoán", "en": "Guess"},
    "unanswered_why.fallback": {"vi": "Trợ lý chưa hiểu", "en": "Not understood"},
    "unanswered_why.out_of_scope": {"vi": "Trợ lý cho là ngoài lề", "en": "Taken as off topic"},
    "unanswered_why.neither": {
        "vi": "Hỏi lại mà khách nói không phải",
        "en": "Neither of what was offered",
    },
    "unanswered_why.handed_over": {"vi": "Khách phải gặp người", "en": "Went to a person"},
    "unanswered_why.no_help": {"vi": "Khách bấm chưa đúng ý", "en": "Marked as no help"},
}
