"""The words of how long data is kept, and of what is held."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "rules.section.retention": {"vi": "Lưu giữ dữ liệu", "en": "Keeping data"},
    "retention.intro": {
        "vi": "Mỗi đêm từ 2 giờ, dữ liệu đã quá hạn được xoá dần từng ít một. Nhật ký quyết định, "
        "sự đồng ý của khách và đơn hàng thì giữ mãi. Cuộc trò chuyện đang được giữ lại, hoặc của "
        "khách còn khiếu nại, còn yêu cầu về dữ liệu hay còn lời hẹn chưa xong thì chưa xoá.",
        "en": "Every night from 2 a.m. what was kept long enough is deleted, a little at a time. "
        "The log of decisions, consents and orders are kept for good. Conversations that are held, "
        "or of customers with an open complaint, data request or promise, stay.",
    },
    "retention.days": {"vi": "{n} ngày", "en": "{n} days"},
    "retention.unit": {"vi": "ngày", "en": "days"},
    "retention.least": {"vi": "Ít nhất {n} ngày.", "en": "At least {n} days."},
    "retention.transcripts": {"vi": "Nội dung trò chuyện", "en": "Conversations"},
    "retention.means.transcripts": {
        "vi": "Tính từ tin cuối của cuộc đã kết thúc. Số liệu của những ngày cũ hơn hạn này sẽ "
        "không còn đủ; trang Số liệu báo rõ khi gặp.",
        "en": "From the last message of one that has ended. Figures of days before that are then "
        "no longer complete; the figures page says so.",
    },
    "retention.files": {"vi": "Ảnh và tệp", "en": "Photos and files"},
    "retention.means.files": {
        "vi": "Của khách gửi và nhân viên trả lời. Tệp của câu trả lời mẫu thì giữ nguyên.",
        "en": "Of customers and of agents' replies. Those of canned replies stay.",
    },
    "retention.raw": {"vi": "Sự kiện không đọc được", "en": "Unreadable events"},
    "retention.means.raw": {
        "vi": "Bản gốc từ Zalo, Messenger… mà hệ thống chưa hiểu.",
        "en": "As they came from a platform, when we could not read them.",
    },
    "retention.live_log": {"vi": "Nhật ký màn hình", "en": "Log of screens"},
    "retention.means.live_log": {
        "vi": "Để màn hình mất mạng nối lại đúng chỗ.",
        "en": "From which screens catch up when they were offline.",
    },
    "retention.platform_ids": {"vi": "Mã tin đã gửi", "en": "Ids of what we sent"},
    "retention.means.platform_ids": {
        "vi": "Mã của Zalo, Messenger… để nhận báo “đã nhận”, “đã xem”.",
        "en": "The platforms' ids, by which receipts are known.",
    },
    "retention.slack": {"vi": "Sự kiện từ Slack", "en": "Events of Slack"},
    "retention.means.slack": {
        "vi": "Để Slack báo lại thì không làm hai lần.",
        "en": "So that a repetition does nothing twice.",
    },
    "retention.codes": {"vi": "Lần xác minh bằng mã", "en": "Proofs with a code"},
    "retention.means.codes": {
        "vi": "Lúc nào, khách nào, có đúng không. Mã thì không lưu.",
        "en": "When, of whom, how it ended. The code itself is never kept.",
    },
    "retention.messages": {"vi": "Tin nhắn", "en": "Messages"},
    "retention.archived": {
        "vi": "Trước khi xoá, nội dung trò chuyện được chép vào thư mục lưu trữ của máy chủ.",
        "en": "Before they are deleted, conversations are written to the server's archive.",
    },
    "retention.not_archived": {
        "vi": "Nội dung xoá rồi thì không còn bản nào, trừ bản sao lưu. Muốn lưu trữ riêng, đặt "
        "`ARCHIVE_DIR` trên máy chủ.",
        "en": "What is deleted is gone, except in backups. To archive it first, set `ARCHIVE_DIR` "
        "on the server.",
    },
    "retention.nights": {"vi": "Những lần xoá gần đây", "en": "The last nights"},
    "retention.night": {"vi": "Lúc", "en": "When"},
    "retention.gone": {"vi": "Đã xoá", "en": "Deleted"},
    "retention.nothing": {"vi": "Không có gì quá hạn", "en": "Nothing was due"},
    "retention.unfinished": {"vi": "đang làm dở", "en": "not finished"},
    "retention.no_nights": {"vi": "Chưa có lần nào.", "en": "None yet."},
    "retention.holds": {"vi": "Đang được giữ lại", "en": "Held"},
    "retention.no_holds": {
        "vi": "Không có cuộc nào. Để giữ lại, mở nội dung cuộc trò chuyện và chọn “Giữ lại”.",
        "en": "None. To hold one, open its transcript and choose “Hold”.",
    },
    "retention.hold": {"vi": "Giữ lại", "en": "Hold"},
    "retention.hold_label": {
        "vi": "Không xoá khi hết hạn, vì",
        "en": "Not deleted when its time is over, because",
    },
    "retention.hold_what": {"vi": "Giữ", "en": "Hold"},
    "retention.hold_talk": {"vi": "Cuộc này", "en": "This conversation"},
    "retention.hold_customer": {
        "vi": "Mọi cuộc của khách này",
        "en": "All of this customer's",
    },
    "retention.held": {"vi": "{reason} · {name}, {at}", "en": "{reason} · {name}, {at}"},
    "retention.release": {"vi": "Thôi giữ", "en": "Release"},
    "retention.release_of": {"vi": "Thôi giữ: {name}", "en": "Release: {name}"},
    "retention.cleared": {
        "vi": "Nội dung cuộc này đã xoá {at} vì hết hạn lưu giữ.",
        "en": "What was said here was deleted {at}: its time was over.",
    },
    "retention.figures": {
        "vi": "{n} cuộc trò chuyện trong những ngày này đã hết hạn lưu giữ và không còn nội dung: "
        "số liệu tính từ nội dung thấp hơn thực tế.",
        "en": "{n} conversations of these days were kept no longer and have no words left: figures "
        "counted from words are too low.",
    },
    "told.files_gone": {
        "vi": "Tệp đã xoá vì hết hạn lưu giữ",
        "en": "The file was deleted: its time was over",
    },
    "rules.invalid.too_few_days": {
        "vi": "Số ngày này ngắn quá, hệ thống cần lâu hơn.",
        "en": "That is too short: it is needed for longer.",
    },
}
