"""What agents read in Slack, in Vietnamese and in English. Codes of ours have their names in
bot/console/words.py."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # --- a hand-off
    "alert": {
        "vi": "{name} ({channel}) cần nhân viên: {reason}",
        "en": "{name} ({channel}) needs a person: {reason}",
    },
    "reason": {"vi": "*Lý do:* {reason}", "en": "*Reason:* {reason}"},
    "matter": {"vi": "*Khách cần:* {summary}", "en": "*The matter:* {summary}"},
    "given": {"vi": "*Khách đã cho:* {facts}", "en": "*Given already:* {facts}"},
    "mood": {"vi": "*Tâm trạng:* {mood}", "en": "*Mood:* {mood}"},
    "said": {"vi": "*Vừa trao đổi:*", "en": "*Said last:*"},
    "open": {"vi": "Mở trên bàn làm việc", "en": "Open in the console"},
    "how": {
        "vi": "Bấm *Nhận* rồi trả lời ngay trong chuỗi này. Dòng bắt đầu bằng `note:` hoặc `!` chỉ "
        "đồng nghiệp thấy.",
        "en": "Press *Accept* and answer in this thread. A line that begins with `note:` or `!` is "
        "for colleagues only.",
    },
    "queued": {
        "vi": "⏳ Đang chờ nhân viên từ {time}, đã {waited}; hẹn trả lời trước {due}",
        "en": "⏳ Waiting since {time}, for {waited}; an answer is promised by {due}",
    },
    "in_app": {
        "vi": "💬 Đồng nghiệp đang trả lời trong ứng dụng {channel}",
        "en": "💬 A colleague is answering in the {channel} app",
    },
    "assigned": {
        "vi": "🎧 {by} đang hỗ trợ, nhận lúc {time}",
        "en": "🎧 {by} is helping, since {time}",
    },
    "returned": {
        "vi": "🤖 {by} đã trả lại cho trợ lý lúc {time}",
        "en": "🤖 {by} returned it to the assistant at {time}",
    },
    "resolved": {
        "vi": "✅ {by} đã đóng lúc {time}: {resolution}",
        "en": "✅ {by} closed it at {time}: {resolution}",
    },
    "ended": {"vi": "Đã kết thúc lúc {time}", "en": "Ended at {time}"},
    # --- buttons
    "accept": {"vi": "Nhận", "en": "Accept"},
    "return": {"vi": "Trả bot", "en": "Return to bot"},
    "resolve": {"vi": "Đóng với kết quả…", "en": "Close with a result…"},
    "yes": {"vi": "Đồng ý", "en": "Yes"},
    "no": {"vi": "Huỷ", "en": "Cancel"},
    "return.title": {"vi": "Trả lại cho trợ lý?", "en": "Return to the assistant?"},
    "return.lead": {
        "vi": "Trợ lý sẽ trả lời những tin tiếp theo và báo cho khách biết.",
        "en": "The assistant will answer from here on and tells the customer so.",
    },
    "resolve.title": {"vi": "Đóng cuộc trò chuyện?", "en": "Close the conversation?"},
    "resolve.lead": {
        "vi": "Khách sẽ được báo là cuộc trò chuyện đã kết thúc.",
        "en": "The customer is told that the conversation has ended.",
    },
    # --- lines of a thread
    "line.customer": {"vi": "👤 *{by}*", "en": "👤 *{by}*"},
    "line.bot": {"vi": "🤖 *Trợ lý*", "en": "🤖 *Assistant*"},
    "line.agent": {"vi": "🎧 *{by}*", "en": "🎧 *{by}*"},
    "line.note": {"vi": "📝 *{by}* (ghi chú nội bộ)", "en": "📝 *{by}* (internal note)"},
    "line.system": {"vi": "🔔 *Tin tự động gửi khách*", "en": "🔔 *Sent by the system*"},
    "carebot": {"vi": "Hệ thống", "en": "System"},
    "colleague": {"vi": "Đồng nghiệp", "en": "A colleague"},
    # --- what is not done, and why
    "stranger": {
        "vi": "Tài khoản Slack này chưa gắn với nhân viên nào nên chưa có gì được gửi hay thay "
        "đổi. Bạn nhờ quản trị chạy `carebot user add <tên> --slack-id {id}` nhé.",
        "en": "This Slack account is no agent of ours yet, so nothing was sent or changed. Ask an "
        "administrator to run `carebot user add <name> --slack-id {id}`.",
    },
    "refused.unclaimed": {
        "vi": "Tin chưa gửi cho khách vì cuộc này chưa ai nhận. Bạn bấm *Nhận* rồi gửi lại nhé.",
        "en": "Not sent: nobody has accepted this conversation. Press *Accept*, then send again.",
    },
    "refused.before": {
        "vi": "Tin này viết trước khi bạn nhận cuộc trò chuyện nên chưa gửi cho khách. Cần thì bạn "
        "gửi lại nhé.",
        "en": "You wrote this before you accepted, so it was not sent. Send it again if it is "
        "meant for the customer.",
    },
    "refused.theirs": {
        "vi": "{by} đang hỗ trợ khách này nên tin của bạn chưa gửi. Muốn nhắn riêng đồng nghiệp, "
        "bạn bắt đầu bằng `note:` nhé.",
        "en": "{by} is helping this customer, so your message was not sent. Begin with `note:` to "
        "write to colleagues.",
    },
    "refused.over": {
        "vi": "Lượt chuyển này đã kết thúc nên không có gì được gửi hay thay đổi.",
        "en": "This hand-off has ended: nothing was sent or changed.",
    },
    "refused.empty": {
        "vi": "Tin đang trống nên chưa gửi.",
        "en": "There is nothing in it to send.",
    },
    "refused.failed": {
        "vi": "Hệ thống trục trặc nên tin này chưa gửi cho khách. Bạn gửi lại nhé.",
        "en": "Something went wrong and this was not sent to the customer. Please send it again.",
    },
    "refused.press": {
        "vi": "Hệ thống trục trặc nên chưa làm được. Bạn bấm lại nhé.",
        "en": "Something went wrong. Please press again.",
    },
    "file.elsewhere": {
        "vi": "Tệp “{name}” nằm ngoài Slack nên chưa gửi được. Bạn tải lên Slack rồi gửi lại nhé.",
        "en": "“{name}” does not lie in Slack, so it was not sent. Upload it, then send again.",
    },
    "file.big_file": {
        "vi": "Tệp “{name}” lớn quá {limit} MB nên chưa gửi được.",
        "en": "“{name}” is larger than {limit} MB and was not sent.",
    },
    "file.bad_file": {
        "vi": "Tệp “{name}” chưa gửi được: chỉ gửi ảnh (JPEG, PNG, GIF, WebP), PDF, âm thanh và "
        "video.",
        "en": "“{name}” was not sent: only pictures (JPEG, PNG, GIF, WebP), PDF, audio and video.",
    },
    "file.heic_file": {
        "vi": "Ảnh “{name}” là HEIC nên nhiều máy không mở được. Bạn gửi lại bằng JPEG nhé.",
        "en": "“{name}” is a HEIC picture, which many cannot open. Send it as a JPEG.",
    },
    "file.broken_image": {
        "vi": "Ảnh “{name}” không mở được, có thể tệp bị hỏng.",
        "en": "“{name}” does not open; the file may be broken.",
    },
    "file.huge_image": {
        "vi": "Ảnh “{name}” có kích thước quá lớn. Bạn thu nhỏ rồi gửi lại nhé.",
        "en": "“{name}” has too many pixels. Make it smaller, then send again.",
    },
    "too_late.edited": {
        "vi": "Tin này đã gửi cho khách, không thu hồi được: khách vẫn thấy nội dung cũ.",
        "en": "This was already sent to the customer and cannot be taken back: they still see the "
        "old words.",
    },
    "too_late.deleted": {
        "vi": "Tin này đã gửi cho khách, không thu hồi được: xoá ở Slack thì khách vẫn thấy.",
        "en": "This was already sent to the customer and cannot be taken back: it is deleted in "
        "Slack only.",
    },
}


def say(language: str, key: str, **values: object) -> str:
    """The words for a key, filled in."""
    return WORDS[key][language].format(**values)
