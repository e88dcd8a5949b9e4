"""Every word the console shows, in Vietnamese and in English. `{name}` is filled in.

Keys are grouped by what they name; a code of ours (a hand-off reason, a channel) has its words
under `<group>.<code>`, and shows as it is when it has none.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from bot.console import (
    content_words,
    digest_words,
    figure_words,
    flow_words,
    records_words,
    retention_words,
    risk_words,
    unanswered_words,
)
from bot.console.intents import TITLES
from bot.console.outreach_words import WORDS as OUTREACH

LANGUAGES = ("vi", "en")
VIETNAM = timezone(timedelta(hours=7))  # no summer time there

WORDS: dict[str, dict[str, str]] = {
    # --- the frame around every page
    "app.skip": {"vi": "Tới nội dung chính", "en": "Skip to main content"},
    "app.nav": {"vi": "Điều hướng chính", "en": "Main navigation"},
    "app.inbox": {"vi": "Hộp thư", "en": "Inbox"},
    "app.transcripts": {"vi": "Hội thoại", "en": "Conversations"},
    "app.board": {"vi": "Bảng theo dõi", "en": "Live board"},
    "app.channels": {"vi": "Kênh", "en": "Channels"},
    "app.content": {"vi": "Nội dung", "en": "Content"},
    "app.logout": {"vi": "Đăng xuất", "en": "Log out"},
    "app.language": {"vi": "English", "en": "Tiếng Việt"},
    "app.more": {"vi": "Thêm", "en": "More"},
    "app.account": {"vi": "Tài khoản", "en": "Account"},
    "app.close": {"vi": "Đóng", "en": "Close"},
    "app.cancel": {"vi": "Huỷ", "en": "Cancel"},
    "role.agent": {"vi": "Nhân viên", "en": "Agent"},
    "role.editor": {"vi": "Biên tập", "en": "Editor"},
    "role.supervisor": {"vi": "Giám sát", "en": "Supervisor"},
    "role.admin": {"vi": "Quản trị", "en": "Administrator"},
    # --- whether an agent takes conversations, and how they hear of them
    "presence.label": {"vi": "Trạng thái của bạn", "en": "Your presence"},
    "presence.online": {"vi": "Sẵn sàng nhận khách", "en": "Taking customers"},
    "presence.away": {"vi": "Tạm vắng", "en": "Away"},
    "presence.off": {"vi": "Nghỉ", "en": "Off"},
    "presence.now_online": {
        "vi": "Khách đang chờ sẽ tự động chuyển đến bạn.",
        "en": "Waiting customers now come to you by themselves.",
    },
    "presence.now_away": {
        "vi": "Bạn tạm không nhận khách mới. Khách đang hỗ trợ vẫn là của bạn.",
        "en": "No new customers for now. Those you are helping stay with you.",
    },
    "presence.now_off": {
        "vi": "Bạn đã nghỉ, khách mới không chuyển đến bạn nữa.",
        "en": "You are off: no new customers come to you.",
    },
    "notify.title": {"vi": "Báo khi có việc mới", "en": "When something is new"},
    "notify.sound": {"vi": "Âm báo", "en": "Sound"},
    "notify.desktop": {"vi": "Thông báo trên màn hình", "en": "Desktop notifications"},
    "notify.assigned": {
        "vi": "Khách mới chuyển đến bạn: {name}",
        "en": "A customer for you: {name}",
    },
    "notify.whisper": {"vi": "{name} nhắc riêng bạn", "en": "{name} whispers to you"},
    "notify.refused": {
        "vi": "Trình duyệt đang chặn thông báo. Bạn cho phép trong phần cài đặt của trang nhé.",
        "en": "The browser blocks notifications. Allow them in its settings for this page.",
    },
    # --- what cannot wait
    "alarm.label": {"vi": "Việc cần xử lý ngay", "en": "What cannot wait"},
    "alarm.open": {"vi": "Mở", "en": "Open"},
    "alarm.requested": {
        "vi": "Khẩn: {name} cần người hỗ trợ ngay ({reason})",
        "en": "Urgent: {name} needs a person now ({reason})",
    },
    "alarm.warned": {
        "vi": "Sắp trễ hẹn {clock} với {name} ({who})",
        "en": "Nearly late: {clock} for {name} ({who})",
    },
    "alarm.breached": {
        "vi": "Đã trễ hẹn {clock} với {name} ({who})",
        "en": "Late: {clock} for {name} ({who})",
    },
    "alarm.requeued_silent": {
        "vi": "{by} chưa trả lời {name}. Khách đã về đầu hàng đợi.",
        "en": "{by} has not answered {name}, who is back at the front of the queue.",
    },
    "alarm.requeued_offline": {
        "vi": "{by} mất kết nối. {name} đã về đầu hàng đợi.",
        "en": "{by} is disconnected. {name} is back at the front of the queue.",
    },
    "alarm.raised": {
        "vi": "{name} được nâng lên mức {level}",
        "en": "{name} was raised to {level}",
    },
    "alarm.abandoned": {
        "vi": "{name} đã rời đi trước khi có người trả lời",
        "en": "{name} left before anybody answered",
    },
    "alarm.clock_first": {"vi": "trả lời đầu tiên", "en": "first reply"},
    "alarm.clock_next": {"vi": "trả lời tiếp", "en": "next reply"},
    "alarm.clock_resolve": {"vi": "giải quyết xong", "en": "resolution"},
    # --- the live board
    "board.fresh": {"vi": "Cập nhật lúc {time}", "en": "Updated at {time}"},
    "board.lost": {
        "vi": "Mất kết nối. Số liệu bên dưới có thể đã cũ, đang nối lại…",
        "en": "Connection lost. What you see may be old, reconnecting…",
    },
    "board.today": {"vi": "Hôm nay", "en": "Today"},
    "board.handoffs": {"vi": "Chuyển cho nhân viên", "en": "Hand-offs"},
    "board.in_time": {"vi": "Trả lời đầu đúng hẹn", "en": "First reply in time"},
    "board.breached": {"vi": "Trễ hẹn", "en": "Breaches"},
    "board.abandoned": {"vi": "Khách bỏ đi", "en": "Abandoned"},
    "board.returned": {"vi": "Trả lại cho trợ lý", "en": "Returned to the assistant"},
    "board.queue": {"vi": "Đang chờ", "en": "Waiting now"},
    "board.team": {"vi": "Nhóm", "en": "Team"},
    "board.waiting": {"vi": "Đang chờ", "en": "Waiting"},
    "board.longest": {"vi": "Lâu nhất", "en": "Longest"},
    "board.closed_waiting": {"vi": "Ngoài giờ", "en": "Out of hours"},
    "board.closed": {"vi": "Đang ngoài giờ làm", "en": "Closed now"},
    "board.late": {"vi": "Quá hẹn", "en": "Over their promise"},
    "board.late_empty": {
        "vi": "Không có cuộc nào quá hẹn. Mọi người làm tốt lắm!",
        "en": "Nothing is late. Well done, everybody!",
    },
    "board.customer": {"vi": "Khách", "en": "Customer"},
    "board.promise": {"vi": "Hẹn", "en": "Promise"},
    "board.overdue": {"vi": "Trễ", "en": "Late by"},
    "board.holder": {"vi": "Ai đang giữ", "en": "With"},
    "board.clock_first": {"vi": "Trả lời đầu tiên", "en": "First reply"},
    "board.clock_next": {"vi": "Trả lời tiếp", "en": "Next reply"},
    "board.clock_resolve": {"vi": "Giải quyết xong", "en": "Resolution"},
    "board.agents": {"vi": "Nhân viên", "en": "Agents"},
    "board.agent": {"vi": "Tên", "en": "Name"},
    "board.presence": {"vi": "Trạng thái", "en": "Presence"},
    "board.lost_agent": {"vi": "Mất kết nối", "en": "Disconnected"},
    "board.since": {"vi": "từ {time}", "en": "since {time}"},
    "board.load": {"vi": "Đang nhận", "en": "Load"},
    "board.talks": {"vi": "Khách đang hỗ trợ", "en": "Customers"},
    "board.last_reply": {"vi": "Trả lời gần nhất", "en": "Last reply"},
    "board.at_risk": {"vi": "Khách cần được chăm lại", "en": "Customers at risk"},
    "board.at_risk_lead": {
        "vi": "Từ ngày làm việc trước tới giờ, những khách này gặp chuyện không vui. Bạn liên hệ "
        "lại trong một ngày làm việc nhé.",
        "en": "A bad experience since the last working day. Somebody should write to them within "
        "one working day.",
    },
    "board.at_risk_empty": {
        "vi": "Chưa có khách nào gặp chuyện không vui.",
        "en": "Nobody has had a bad experience.",
    },
    "board.why": {"vi": "Vì sao", "en": "Why"},
    "board.state": {"vi": "Hiện nay", "en": "Now"},
    "board.at": {"vi": "Lúc", "en": "At"},
    "board.follow_up": {"vi": "Liên hệ lại", "en": "Follow-up"},
    "board.follow_up_done": {"vi": "Đã liên hệ lại", "en": "Done"},
    "board.follow_up_kept": {"vi": "Đã ghi nhận liên hệ lại.", "en": "The follow-up is noted."},
    "board.follow_up_text": {
        "vi": "Liên hệ lại khách sau chuyện không vui",
        "en": "Write to the customer again after a bad experience",
    },
    "board.followed_up": {"vi": "{by} lúc {time}", "en": "{by} at {time}"},
    "board.risk_grave": {"vi": "An toàn / pháp lý", "en": "Safety / legal"},
    "board.risk_breached": {"vi": "Trễ hẹn", "en": "Late"},
    "board.risk_abandoned": {"vi": "Bỏ đi khi chờ", "en": "Left waiting"},
    "board.risk_repeated": {"vi": "Hỏi lại cùng việc", "en": "Same matter again"},
    # --- log-in
    "login.title": {"vi": "Đăng nhập", "en": "Log in"},
    "login.lead": {
        "vi": "Bàn chăm sóc khách hàng của {business}",
        "en": "The customer-care desk of {business}",
    },
    "login.username": {"vi": "Tên đăng nhập", "en": "Username"},
    "login.password": {"vi": "Mật khẩu", "en": "Password"},
    "login.submit": {"vi": "Đăng nhập", "en": "Log in"},
    "login.wrong": {
        "vi": "Tên đăng nhập hoặc mật khẩu chưa đúng. Sai 5 lần liên tiếp, tài khoản sẽ tạm khoá "
        "15 phút.",
        "en": "The username or password is not right. After 5 wrong tries in a row the account is "
        "locked for 15 minutes.",
    },
    "login.stale": {
        "vi": "Trang đăng nhập đã cũ. Bạn đăng nhập lại giúp nhé.",
        "en": "This log-in page was too old. Please log in again.",
    },
    # --- pages that say no
    "error.forbidden.title": {"vi": "Không có quyền", "en": "Not allowed"},
    "error.forbidden": {
        "vi": "Tài khoản của bạn không được mở trang này. Cần thì bạn nhờ quản trị cấp quyền nhé.",
        "en": "Your account may not open this page. Ask an administrator if you need it.",
    },
    "error.csrf.title": {"vi": "Trang đã cũ", "en": "This page is out of date"},
    "error.csrf": {
        "vi": "Phiên làm việc đã thay đổi. Bạn tải lại trang rồi thử lại nhé.",
        "en": "Your session has changed. Reload the page and try again.",
    },
    "error.missing.title": {"vi": "Không tìm thấy", "en": "Not found"},
    "error.missing": {
        "vi": "Không có trang hoặc hội thoại này, hoặc nó đã bị xoá.",
        "en": "There is no such page or conversation, or it was erased.",
    },
    "error.unavailable.title": {"vi": "Hệ thống đang bận", "en": "The system is busy"},
    "error.unavailable": {
        "vi": "Chưa truy cập được dữ liệu. Bạn thử lại sau ít phút nhé.",
        "en": "The data cannot be reached just now. Please try again in a moment.",
    },
    "error.home": {"vi": "Về trang chính", "en": "Back to the start"},
    # --- the hand-off's pack
    "pack.title": {"vi": "Thông tin bàn giao", "en": "Hand-off notes"},
    "pack.tried": {"vi": "Đã hỏi trợ lý", "en": "Asked the assistant"},
    "pack.answered": {"vi": "Trợ lý vừa đáp", "en": "The assistant said"},
    "pack.mood": {"vi": "Tâm trạng", "en": "Mood"},
    "mood.neutral": {"vi": "Bình thường", "en": "Neutral"},
    "mood.annoyed": {"vi": "Khó chịu", "en": "Annoyed"},
    "mood.angry": {"vi": "Đang giận", "en": "Angry"},
    "given.order_code": {"vi": "Mã đơn", "en": "Order"},
    "given.repair_code": {"vi": "Phiếu sửa", "en": "Repair"},
    "given.complaint_code": {"vi": "Khiếu nại", "en": "Complaint"},
    "given.person_name": {"vi": "Họ tên", "en": "Name"},
    "given.phone": {"vi": "Điện thoại", "en": "Phone"},
    "given.email": {"vi": "Email", "en": "E-mail"},
    "given.address": {"vi": "Địa chỉ", "en": "Address"},
    "given.street": {"vi": "Số nhà, đường", "en": "Street"},
    "given.ward": {"vi": "Phường, xã", "en": "Ward"},
    "given.province": {"vi": "Tỉnh, thành", "en": "Province"},
    "given.company_name": {"vi": "Công ty", "en": "Company"},
    "given.tax_code": {"vi": "Mã số thuế", "en": "Tax code"},
    "given.item": {"vi": "Sản phẩm", "en": "Item"},
    "given.symptom": {"vi": "Tình trạng", "en": "Symptom"},
    "given.imei": {"vi": "IMEI, số máy", "en": "IMEI, serial"},
    "given.quantity": {"vi": "Số lượng", "en": "Quantity"},
    "given.paid_at": {"vi": "Thời điểm trả tiền", "en": "Paid at"},
    "given.call_day": {"vi": "Ngày gọi lại", "en": "Call on"},
    "given.call_at": {"vi": "Giờ gọi lại", "en": "Call at"},
    "given.matter": {"vi": "Sự việc", "en": "What happened"},
    "given.note": {"vi": "Ghi chú", "en": "Note"},
    # --- the shop's own records
    "card.title": {"vi": "Hồ sơ ở shop", "en": "The shop’s records"},
    "card.unknown": {
        "vi": "Chưa tìm thấy khách này trong hồ sơ của shop. Có số điện thoại hoặc mã đơn thì hồ "
        "sơ sẽ hiện ở đây.",
        "en": "The shop knows nobody like this yet. With a phone number or an order their records "
        "show here.",
    },
    "card.away": {
        "vi": "Chưa lấy được hồ sơ của shop. Bạn mở lại cuộc trò chuyện sau ít phút nhé.",
        "en": "The shop’s records cannot be reached just now. Open the talk again in a moment.",
    },
    "card.name": {"vi": "Họ tên", "en": "Name"},
    "card.phone": {"vi": "Điện thoại", "en": "Phone"},
    "card.rank": {"vi": "Hạng", "en": "Tier"},
    "card.points": {"vi": "{n} điểm", "en": "{n} points"},
    "card.vip": {"vi": "VIP", "en": "VIP"},
    "card.orders": {"vi": "Đơn gần đây", "en": "Recent orders"},
    "card.warranties": {"vi": "Bảo hành", "en": "Warranty"},
    "card.covered": {"vi": "còn đến {date}", "en": "until {date}"},
    "card.over": {"vi": "đã hết từ {date}", "en": "over since {date}"},
    "card.money": {"vi": "{amount} đ", "en": "{amount} đ"},
    # --- codes of ours
    "channel.web": {"vi": "Website", "en": "Website"},
    "channel.messenger": {"vi": "Messenger", "en": "Messenger"},
    "channel.zalo": {"vi": "Zalo OA", "en": "Zalo OA"},
    "channel.zalo_bot": {"vi": "Zalo Bot", "en": "Zalo Bot"},
    "channel.telegram": {"vi": "Telegram", "en": "Telegram"},
    "channel.slack": {"vi": "Slack", "en": "Slack"},
    "status.bot": {"vi": "Trợ lý trả lời", "en": "With the assistant"},
    "status.queued": {"vi": "Đang chờ", "en": "Waiting"},
    "status.assigned": {"vi": "Đang hỗ trợ", "en": "Being helped"},
    "status.resolved": {"vi": "Đã đóng", "en": "Closed"},
    "reason.customer_request": {"vi": "Khách muốn gặp nhân viên", "en": "Asked for a person"},
    "reason.fallback": {"vi": "Trợ lý không hiểu", "en": "Not understood"},
    "reason.complaint": {"vi": "Khách khiếu nại", "en": "Complaint"},
    "reason.assistant_failed": {"vi": "Trợ lý gặp lỗi", "en": "The assistant failed"},
    "reason.assistant_slow": {"vi": "Trợ lý trả lời quá lâu", "en": "The assistant was too slow"},
    "reason.assistant_silent": {
        "vi": "Trợ lý không có câu trả lời",
        "en": "The assistant had no answer",
    },
    "reason.backend_error": {
        "vi": "Không tra cứu được dữ liệu",
        "en": "A look-up failed",
    },
    "reason.set_aside": {
        "vi": "Tin nhắn không xử lý được",
        "en": "The message could not be handled",
    },
    "reason.frustration": {
        "vi": "Khách không hài lòng với trợ lý",
        "en": "Unhappy with the assistant",
    },
    "reason.no_progress": {"vi": "Hỏi mãi chưa xong", "en": "No progress"},
    "reason.safety": {"vi": "Nguy hiểm: an toàn của khách", "en": "Danger: the customer’s safety"},
    "reason.legal": {"vi": "Doạ kiện hoặc báo chí", "en": "Legal or press threat"},
    "reason.scam": {"vi": "Báo lừa đảo, mạo danh", "en": "Reports a scam"},
    "reason.payment": {"vi": "Kiểm tra thanh toán", "en": "Payment to check"},
    "reason.refund_overdue": {"vi": "Hoàn tiền quá hạn", "en": "Refund overdue"},
    "reason.complaint_overdue": {"vi": "Khiếu nại quá hạn", "en": "Complaint overdue"},
    "reason.flow": {"vi": "Theo kịch bản", "en": "As a flow says"},
    "reason.b2b": {"vi": "Khách doanh nghiệp", "en": "Business customer"},
    "reason.order_change": {"vi": "Đổi đơn hàng", "en": "Change to an order"},
    "reason.data_request": {"vi": "Yêu cầu về dữ liệu cá nhân", "en": "Personal data request"},
    "reason.callback": {"vi": "Khách muốn được gọi lại", "en": "Wants a call back"},
    "reason.agent_joined": {"vi": "Nhân viên chủ động vào", "en": "An agent stepped in"},
    "reason.answered_in_app": {
        "vi": "Nhân viên trả lời trong ứng dụng",
        "en": "Answered in the platform’s app",
    },
    "reason.taken_over": {"vi": "Giám sát tiếp quản", "en": "Taken over by a supervisor"},
    "resolution.abandoned": {"vi": "Khách bỏ đi khi chờ", "en": "The customer left"},
    "resolution.answered": {"vi": "Đã giải đáp", "en": "Question answered"},
    "resolution.order_handled": {"vi": "Đã xử lý đơn hàng", "en": "Order handled"},
    "resolution.complaint_handled": {"vi": "Đã xử lý khiếu nại", "en": "Complaint handled"},
    "resolution.no_answer_needed": {"vi": "Không cần trả lời", "en": "No answer needed"},
    "resolution.customer_left": {"vi": "Khách không phản hồi", "en": "Customer left"},
    "resolution.spam": {"vi": "Tin rác", "en": "Spam"},
    "resolution.other": {"vi": "Lý do khác", "en": "Other"},
    "resolution.idle": {"vi": "Tự đóng vì khách im lặng", "en": "Closed: the customer fell silent"},
    "outcome.resolved": {"vi": "Đã đóng", "en": "Closed"},
    "outcome.replayed": {"vi": "Trợ lý trả lời lại", "en": "Answered by the assistant again"},
    "outcome.taken_back": {"vi": "Khách rút yêu cầu", "en": "Taken back by the customer"},
    "outcome.idle": {"vi": "Tự kết thúc", "en": "Ended of itself"},
    "outcome.returned": {"vi": "Trả lại cho trợ lý", "en": "Returned to the assistant"},
    "outcome.abandoned": {"vi": "Khách bỏ đi", "en": "Abandoned"},
    "author.customer": {"vi": "Khách", "en": "Customer"},
    "author.bot": {"vi": "Trợ lý", "en": "Assistant"},
    "author.agent": {"vi": "Nhân viên", "en": "Agent"},
    "author.system": {"vi": "Hệ thống", "en": "System"},
    "author.in_app": {"vi": "Nhân viên (ứng dụng)", "en": "Agent (app)"},
    "author.in_this_app": {"vi": "Nhân viên ({app})", "en": "Agent ({app})"},
    "native.messenger": {"vi": "Facebook", "en": "Facebook"},
    "native.zalo": {"vi": "Zalo", "en": "Zalo"},
    "delivery.queued": {"vi": "Đang gửi", "en": "Sending"},
    "delivery.sent": {"vi": "Đã gửi", "en": "Sent"},
    "delivery.delivered": {"vi": "Đã nhận", "en": "Delivered"},
    "delivery.seen": {"vi": "Đã xem", "en": "Seen"},
    "delivery.failed": {"vi": "Không gửi được", "en": "Not delivered"},
    "delivery.unknown": {"vi": "Không rõ đã tới chưa", "en": "Delivery unknown"},
    "attachment.image": {"vi": "Hình ảnh", "en": "Picture"},
    "attachment.file": {"vi": "Tệp", "en": "File"},
    "attachment.audio": {"vi": "Ghi âm", "en": "Voice message"},
    "attachment.video": {"vi": "Video", "en": "Video"},
    "attachment.sticker": {"vi": "Nhãn dán", "en": "Sticker"},
    "attachment.location": {"vi": "Vị trí", "en": "Place"},
    "attachment.contact": {"vi": "Danh thiếp", "en": "Contact"},
    "attachment.pending": {"vi": "Đang tải {what}…", "en": "Loading the {what}…"},
    "attachment.lost": {"vi": "Không lấy được {what}", "en": "Could not get the {what}"},
    # --- what platforms told of a message
    "told.begins": {"vi": "Khách bắt đầu trò chuyện", "en": "The customer began the talk"},
    "told.recalled": {
        "vi": "Khách đã thu hồi tin nhắn này",
        "en": "The customer took this message back",
    },
    "told.edited": {"vi": "đã sửa", "en": "edited"},
    "told.before": {"vi": "Trước {time}:", "en": "Before {time}:"},
    "told.late": {"vi": "đến muộn, khách gửi lúc {time}", "en": "came late, sent at {time}"},
    "told.in_group": {"vi": "trong nhóm", "en": "in a group"},
    "told.pressed": {"vi": "bấm nút", "en": "pressed a button"},
    "told.pressed_one": {"vi": "Khách bấm một nút", "en": "The customer pressed a button"},
    "told.reaction": {"vi": "Khách thả {emoji}", "en": "The customer reacted with {emoji}"},
    # --- what did not arrive: what happened, what to do
    "failure.failed": {
        "vi": "{channel} không nhận tin này.",
        "en": "{channel} did not take this message.",
    },
    "failure.failed.next": {
        "vi": "Tin chưa tới khách. Bạn thử viết lại sau ít phút, hoặc liên hệ khách qua kênh khác.",
        "en": "The customer has not got it. Write it again in a while, or use another channel.",
    },
    "failure.unknown": {
        "vi": "{channel} không trả lời nên chưa rõ khách đã nhận được chưa.",
        "en": "{channel} gave no answer: nobody knows whether the customer has got it.",
    },
    "failure.unknown.next": {
        "vi": "Bạn xem lại trong ứng dụng {channel} trước khi gửi lại, kẻo khách nhận hai lần.",
        "en": "Look in the {channel} app before you send it again, or they may get it twice.",
    },
    "failure.empty": {
        "vi": "Tin không có nội dung nào mà {channel} hiển thị được.",
        "en": "Nothing in it can be shown on {channel}.",
    },
    "failure.empty.next": {
        "vi": "Bạn viết lại bằng chữ rồi gửi nhé.",
        "en": "Write it in words and send that.",
    },
    "failure.no_file": {
        "vi": "Không tìm thấy tệp đính kèm nên {channel} chưa nhận tin này.",
        "en": "The attached file is missing, so {channel} has not got the message.",
    },
    "failure.no_file.next": {
        "vi": "Bạn viết lại tin cho khách, không kèm tệp đó.",
        "en": "Write to the customer again without that file.",
    },
    "failure.code": {"vi": "Mã {channel}: {code}", "en": "{channel} code: {code}"},
    # --- what the assistant thought
    "why.title": {"vi": "Vì sao trợ lý nói vậy", "en": "Why the assistant said this"},
    "why.intent": {"vi": "Ý định", "en": "Intent"},
    "why.runner_up": {"vi": "Ý định thứ nhì", "en": "Runner-up"},
    "why.entities": {"vi": "Khách nêu", "en": "Customer named"},
    "why.rule": {"vi": "Luật", "en": "Rule"},
    "why.form": {"vi": "Biểu mẫu", "en": "Form"},
    "why.policy": {"vi": "Cách chọn", "en": "Policy"},
    "why.action": {"vi": "Hành động", "en": "Action"},
    "why.data": {"vi": "Dữ liệu dùng", "en": "Data used"},
    "why.model": {"vi": "Phiên bản", "en": "Version"},
    "why.error": {"vi": "Lỗi", "en": "Error"},
    # --- a customer and their hand-offs, in the inbox's panel and on the transcript page
    "who.anonymous": {"vi": "Khách #{id}", "en": "Visitor #{id}"},
    "facts.on_channel": {"vi": "Tên trên kênh", "en": "Name on the channel"},
    "facts.customer": {"vi": "Khách hàng", "en": "Customer"},
    "facts.channel": {"vi": "Kênh", "en": "Channel"},
    "facts.from_ad": {"vi": "Quảng cáo {id}", "en": "Advertisement {id}"},
    "facts.source": {"vi": "Đến từ", "en": "Came from"},
    "facts.page": {"vi": "Trang đang xem", "en": "Page"},
    "facts.first_seen": {"vi": "Nhắn lần đầu", "en": "First seen"},
    "facts.started": {"vi": "Bắt đầu", "en": "Started"},
    "facts.last_message": {"vi": "Tin gần nhất", "en": "Last message"},
    "facts.status": {"vi": "Trạng thái", "en": "Status"},
    "facts.assignee": {"vi": "Người phụ trách", "en": "Agent"},
    "facts.resolution": {"vi": "Kết quả", "en": "Result"},
    "facts.handoff": {"vi": "Chuyển cho nhân viên", "en": "Hand-off"},
    "facts.reason": {"vi": "Lý do", "en": "Reason"},
    "facts.matter": {"vi": "Khách cần", "en": "The matter"},
    "facts.requested": {"vi": "Yêu cầu lúc", "en": "Requested"},
    "facts.respond_by": {"vi": "Cần trả lời trước", "en": "Answer by"},
    "facts.accepted": {"vi": "Nhận lúc", "en": "Accepted"},
    "facts.first_reply": {"vi": "Trả lời đầu tiên", "en": "First reply"},
    "facts.closed": {"vi": "Kết thúc lúc", "en": "Ended"},
    "facts.outcome": {"vi": "Cách kết thúc", "en": "Outcome"},
    "facts.earlier": {"vi": "Những lần trước", "en": "Earlier conversations"},
    "facts.none": {"vi": "chưa có", "en": "none yet"},
    "facts.late": {"vi": "trễ hẹn", "en": "late"},
    "facts.no_earlier": {
        "vi": "Đây là lần đầu khách nhắn.",
        "en": "This is the customer’s first conversation.",
    },
    "note.whisper": {"vi": "Nhắc riêng {name}", "en": "Whisper to {name}"},
    "note.label": {"vi": "Ghi chú nội bộ", "en": "Internal note"},
    # --- the inbox
    "inbox.views": {"vi": "Danh sách", "en": "Lists"},
    "inbox.queue": {"vi": "Hàng đợi", "en": "Queue"},
    "inbox.mine": {"vi": "Của tôi", "en": "Mine"},
    "inbox.all": {"vi": "Tất cả", "en": "All"},
    "inbox.search": {"vi": "Tìm tên, nội dung…", "en": "Search name, text…"},
    "inbox.empty.queue": {
        "vi": "Chưa có ai chờ. Nghỉ tay chút nhé!",
        "en": "Nobody is waiting. Take a breath!",
    },
    "inbox.empty.mine": {
        "vi": "Bạn chưa nhận cuộc nào. Khách mới sẽ hiện ở Hàng đợi.",
        "en": "You have no conversations yet. New customers appear in the queue.",
    },
    "inbox.empty.all": {
        "vi": "Chưa có cuộc trò chuyện nào đang mở.",
        "en": "No conversation is open.",
    },
    "inbox.empty.search": {
        "vi": "Không tìm thấy “{text}” trong danh sách này.",
        "en": "“{text}” is not in this list.",
    },
    "inbox.found": {"vi": "Trong toàn bộ lịch sử", "en": "In the whole history"},
    "inbox.found.searching": {"vi": "Đang tìm…", "en": "Searching…"},
    "inbox.found.none": {
        "vi": "Không tìm thấy tin nhắn nào có “{text}”.",
        "en": "No message has “{text}”.",
    },
    "inbox.found.count": {
        "vi": "{n} tin nhắn",
        "en": "{n} messages",
    },
    "inbox.found.many": {
        "vi": "{n} tin nhắn mới nhất",
        "en": "The newest {n} messages",
    },
    "inbox.found.more": {"vi": "Xem thêm tin cũ hơn", "en": "More, older ones"},
    "inbox.found.failed": {
        "vi": "Chưa tìm được trong lịch sử. Bạn thử lại sau ít phút nhé.",
        "en": "The history could not be searched. Please try again in a moment.",
    },
    "inbox.pick": {
        "vi": "Chọn một cuộc trò chuyện",
        "en": "Choose a conversation",
    },
    "inbox.pick_hint": {
        "vi": "Dùng j / k để đi lên xuống, Enter để mở, ? để xem các phím tắt.",
        "en": "Use j / k to move, Enter to open, ? for all shortcuts.",
    },
    "inbox.loading": {"vi": "Đang tải…", "en": "Loading…"},
    "inbox.load_failed": {
        "vi": "Chưa tải được. Đang thử lại…",
        "en": "Could not load. Trying again…",
    },
    "inbox.waiting": {"vi": "chờ {time}", "en": "waiting {time}"},
    "inbox.unread": {"vi": "{n} tin chưa đọc", "en": "{n} unread"},
    "inbox.you": {"vi": "Bạn", "en": "You"},
    "inbox.back": {"vi": "Về danh sách", "en": "Back to the list"},
    "inbox.details": {"vi": "Thông tin khách", "en": "Customer details"},
    "inbox.conversation": {"vi": "Nội dung trò chuyện", "en": "Conversation"},
    "inbox.older": {"vi": "Xem tin cũ hơn", "en": "Show older messages"},
    "inbox.newer": {"vi": "Có tin mới", "en": "New messages"},
    "inbox.shortcuts": {"vi": "Phím tắt", "en": "Shortcuts"},
    "inbox.more": {
        "vi": "Chỉ hiện {n} cuộc gần nhất mà trợ lý đang trả lời.",
        "en": "Only the newest {n} conversations of the assistant are shown.",
    },
    "inbox.my_teams": {"vi": "Chỉ nhóm của tôi", "en": "My teams only"},
    "inbox.urgency_0": {"vi": "Khẩn", "en": "Urgent"},
    "inbox.urgency_1": {"vi": "Ưu tiên", "en": "Priority"},
    "inbox.late": {"vi": "Trễ {time}", "en": "{time} late"},
    "inbox.left": {"vi": "Còn {time}", "en": "{time} left"},
    "action.accept": {"vi": "Nhận", "en": "Accept"},
    "action.take_over": {"vi": "Tiếp quản", "en": "Take over"},
    "action.pass_on": {"vi": "Chuyển", "en": "Pass on"},
    "action.ask_for": {"vi": "Xin nhận", "en": "Ask for it"},
    "action.whisper": {"vi": "Nhắc riêng", "en": "Whisper"},
    "action.return": {"vi": "Trả lại cho trợ lý", "en": "Return to assistant"},
    "action.resolve": {"vi": "Đóng", "en": "Close"},
    "action.reply": {"vi": "Trả lời", "en": "Reply"},
    "action.note": {"vi": "Ghi chú", "en": "Note"},
    "action.send": {"vi": "Gửi", "en": "Send"},
    "action.save_note": {"vi": "Lưu ghi chú", "en": "Save note"},
    "action.retry": {"vi": "Gửi lại", "en": "Try again"},
    "action.discard": {"vi": "Bỏ", "en": "Discard"},
    "compose.mode": {"vi": "Kiểu tin", "en": "Kind of message"},
    "compose.reply": {"vi": "Trả lời khách", "en": "Reply to the customer"},
    "compose.note": {"vi": "Ghi chú nội bộ", "en": "Internal note"},
    "compose.reply_hint": {
        "vi": "Viết cho khách, gõ / để chèn mẫu…",
        "en": "Write to the customer; / for canned replies…",
    },
    "compose.note_hint": {
        "vi": "Chỉ đồng nghiệp thấy ghi chú này…",
        "en": "Only colleagues see this note…",
    },
    "compose.whisper": {"vi": "Nhắc riêng đồng nghiệp", "en": "Whisper to the agent"},
    "compose.whisper_hint": {
        "vi": "Chỉ {by} và giám sát thấy lời nhắc này…",
        "en": "Only {by} and supervisors see this…",
    },
    "compose.ask_for": {
        "vi": "{by} cho mình xin nhận khách này nhé.",
        "en": "{by} may I take this customer?",
    },
    "compose.keys": {"vi": "Ctrl + Enter để gửi", "en": "Ctrl + Enter to send"},
    "compose.blocked.bot": {
        "vi": "Trợ lý đang trả lời khách. Bấm Nhận nếu bạn muốn trả lời thay.",
        "en": "The assistant is answering. Press Accept to answer yourself.",
    },
    "compose.blocked.queued": {
        "vi": "Khách đang chờ. Bấm Nhận để trả lời.",
        "en": "The customer is waiting. Press Accept to answer.",
    },
    "compose.blocked.assigned": {
        "vi": "{by} đang hỗ trợ khách này. Bạn vẫn để lại ghi chú được.",
        "en": "{by} is helping this customer. You can still leave a note.",
    },
    "compose.blocked.in_app": {
        "vi": "Đồng nghiệp đang trả lời khách trong ứng dụng {app}. Bấm Nhận để trả lời tại đây.",
        "en": "A colleague is answering in the {app} app. Press Accept to answer here.",
    },
    "compose.blocked.resolved": {
        "vi": "Cuộc này đã đóng. Khách nhắn lại sẽ mở cuộc mới.",
        "en": "This conversation is closed. A new message opens a new one.",
    },
    "compose.pending": {"vi": "Đang gửi…", "en": "Sending…"},
    "compose.failed": {"vi": "Chưa gửi được", "en": "Not sent"},
    "typing.customer": {"vi": "{name} đang nhập…", "en": "{name} is typing…"},
    "typing.agent": {"vi": "{name} đang soạn trả lời…", "en": "{name} is writing a reply…"},
    "typing.bot": {"vi": "Trợ lý đang trả lời…", "en": "The assistant is answering…"},
    "live.lost": {
        "vi": "Mất kết nối. Đang nối lại… Bạn cứ viết tiếp, nội dung vẫn được giữ.",
        "en": "Connection lost. Reconnecting… Keep writing, your text is safe.",
    },
    "live.back": {"vi": "Đã nối lại.", "en": "Connected again."},
    "live.message": {"vi": "{name}: {text}", "en": "{name}: {text}"},
    "live.queued": {"vi": "Khách mới đang chờ: {name}", "en": "New customer waiting: {name}"},
    "done.accepted": {"vi": "Bạn đã nhận cuộc này.", "en": "The conversation is yours."},
    "done.passed_on": {"vi": "Đã chuyển cuộc trò chuyện.", "en": "Passed on."},
    "done.returned": {"vi": "Đã trả lại cho trợ lý.", "en": "Returned to the assistant."},
    "done.resolved": {"vi": "Đã đóng cuộc trò chuyện.", "en": "Conversation closed."},
    "dialog.resolve": {"vi": "Đóng cuộc trò chuyện", "en": "Close the conversation"},
    "dialog.resolve_lead": {
        "vi": "Chọn kết quả. Khách sẽ được báo là cuộc trò chuyện đã kết thúc.",
        "en": "Choose the result. The customer is told that the conversation has ended.",
    },
    "dialog.return": {"vi": "Trả lại cho trợ lý?", "en": "Return to the assistant?"},
    "dialog.return_lead": {
        "vi": "Trợ lý sẽ trả lời những tin tiếp theo và báo cho khách biết.",
        "en": "The assistant will answer from here on and tells the customer so.",
    },
    "dialog.take_over": {"vi": "Tiếp quản cuộc trò chuyện", "en": "Take over the conversation"},
    "dialog.take_over_lead": {
        "vi": "{by} đang hỗ trợ khách này. Lý do của bạn được lưu thành ghi chú nội bộ.",
        "en": "{by} is helping this customer. Your reason is kept as an internal note.",
    },
    "dialog.take_over_reason": {"vi": "Lý do tiếp quản", "en": "Reason"},
    "dialog.pass_on": {"vi": "Chuyển cuộc trò chuyện", "en": "Pass the conversation on"},
    "dialog.pass_on_person": {"vi": "Cho đồng nghiệp", "en": "To a colleague"},
    "dialog.pass_on_team": {"vi": "Hoặc cho một nhóm", "en": "Or to a team"},
    "dialog.pass_on_load": {"vi": "{load}/{capacity} khách", "en": "{load}/{capacity}"},
    "dialog.pass_on_reason": {
        "vi": "Lý do (lưu thành ghi chú nội bộ)",
        "en": "Reason (kept as an internal note)",
    },
    "keys.title": {"vi": "Phím tắt", "en": "Keyboard shortcuts"},
    "keys.jk": {"vi": "Xuống / lên trong danh sách", "en": "Down / up in the list"},
    "keys.enter": {"vi": "Mở cuộc trò chuyện", "en": "Open the conversation"},
    "keys.a": {"vi": "Nhận cuộc này", "en": "Accept"},
    "keys.r": {"vi": "Trả lời khách", "en": "Reply"},
    "keys.n": {"vi": "Ghi chú nội bộ", "en": "Note"},
    "keys.c": {"vi": "Chuyển cho người khác", "en": "Pass on"},
    "keys.w": {"vi": "Nhắc riêng người đang hỗ trợ", "en": "Whisper to the agent"},
    "keys.x": {"vi": "Xin nhận từ đồng nghiệp", "en": "Ask a colleague for it"},
    "keys.p": {"vi": "Tới ô trạng thái của bạn", "en": "Go to your presence"},
    "keys.slash": {"vi": "Tìm khách, tìm tin nhắn", "en": "Search customers and messages"},
    "keys.esc": {"vi": "Về danh sách / thoát ô nhập", "en": "Back to the list / leave the field"},
    "keys.send": {"vi": "Gửi", "en": "Send"},
    "keys.help": {"vi": "Mở bảng này", "en": "Open this help"},
    "keys.enabled": {"vi": "Dùng phím tắt một chữ", "en": "Use single-letter shortcuts"},
    "refused.already_taken": {"vi": "{by} đã nhận cuộc này.", "en": "{by} already has this one."},
    "refused.not_yours": {
        "vi": "Cuộc này không phải của bạn nên chưa gửi được.",
        "en": "This conversation is not yours, so nothing was sent.",
    },
    "refused.gone": {"vi": "Cuộc này đã đóng.", "en": "This conversation is closed."},
    "refused.changed": {
        "vi": "Có người vừa thay đổi cuộc này. Bạn xem lại rồi thử lần nữa nhé.",
        "en": "Somebody just changed this conversation. Look again, then retry.",
    },
    "refused.refused": {"vi": "Bạn không được làm việc này.", "en": "You may not do this."},
    "refused.invalid": {
        "vi": "Nội dung đang trống hoặc dài quá {limit} ký tự.",
        "en": "The text is empty or longer than {limit} characters.",
    },
    "refused.network": {
        "vi": "Chưa kết nối được tới máy chủ. Bạn thử lại nhé.",
        "en": "The server cannot be reached. Please try again.",
    },
    # --- how long a customer can be answered
    "window.free": {
        "vi": "{channel}: trả lời tự do đến {when}, còn {left}",
        "en": "{channel}: reply freely until {when}, {left} left",
    },
    "window.unbilled": {
        "vi": "{channel}: trả lời miễn phí đến {when}, còn {left}",
        "en": "{channel}: replies cost nothing until {when}, {left} left",
    },
    "window.by_hand": {
        "vi": "{channel}: chỉ nhân viên viết tay, đến {when}, còn {left}",
        "en": "{channel}: only what a person writes, until {when}, {left} left",
    },
    "window.paid": {
        "vi": "{channel}: mỗi tin có tính phí, đến {when}, còn {left}",
        "en": "{channel}: each message is billed, until {when}, {left} left",
    },
    "window.closed": {
        "vi": "{channel}: hết hạn trả lời từ {when}",
        "en": "{channel}: could be answered until {when}",
    },
    "window.quota": {
        "vi": "{channel}: còn {n} tin trong tháng này",
        "en": "{channel}: {n} messages left this month",
    },
    "window.today": {"vi": "{time} hôm nay", "en": "{time} today"},
    "window.tomorrow": {"vi": "{time} ngày mai", "en": "{time} tomorrow"},
    "window.yesterday": {"vi": "{time} hôm qua", "en": "{time} yesterday"},
    "window.date": {"vi": "{time} ngày {date}", "en": "{time} on {date}"},
    "window.days": {"vi": "{d} ngày {h} giờ", "en": "{d} d {h} h"},
    # --- why something may not be sent, and what may be done
    "permission.unreachable": {
        "vi": "Khách đã chặn hoặc rời kênh này nên tin không tới được.",
        "en": "The customer has blocked or left this channel: nothing reaches them here.",
    },
    "permission.opted_out": {
        "vi": "Khách đã từ chối nhận loại tin này.",
        "en": "The customer does not want messages of this kind.",
    },
    "permission.no_consent": {
        "vi": "Khách chưa đồng ý nhận loại tin này.",
        "en": "The customer has not agreed to messages of this kind.",
    },
    "permission.no_need": {
        "vi": "Khách đã nói chưa có nhu cầu, shop đang tạm ngưng mời.",
        "en": "The customer has no need at present, and we promised some quiet.",
    },
    "permission.open_complaint": {
        "vi": "Khách đang có khiếu nại chưa giải quyết xong.",
        "en": "The customer has a complaint that is still open.",
    },
    "permission.never_written": {
        "vi": "Khách chưa nhắn lần nào trên kênh này, và kênh không cho shop nhắn trước.",
        "en": "The customer has never written here, and the channel lets nobody else begin.",
    },
    "permission.quota_used": {
        "vi": "Kênh này đã gửi hết số tin của tháng.",
        "en": "This channel’s messages for the month are used up.",
    },
    "permission.quiet_hours": {
        "vi": "Đang là giờ nghỉ ban đêm của khách.",
        "en": "These are the customer’s quiet hours.",
    },
    "permission.their_hours": {
        "vi": "Khách chỉ muốn nhận tin vào khung giờ khác.",
        "en": "The customer wants to hear from us at other hours.",
    },
    "permission.often_enough": {
        "vi": "Khách vừa nhận đủ số tin loại này trong một ngày.",
        "en": "The customer has had enough messages of this kind for a day.",
    },
    "permission.by_hand_only": {
        "vi": "Quá hạn trả lời tự động: kênh này chỉ còn nhận tin do nhân viên viết tay.",
        "en": "Too late for the assistant: the channel only takes what a person writes.",
    },
    "permission.no_template": {
        "vi": "Quá hạn trả lời tự do: kênh này chỉ còn nhận tin mẫu đã duyệt, và shop chưa có mẫu "
        "cho việc này.",
        "en": "Too late for free text: the channel only takes approved templates, and there is "
        "none for this.",
    },
    "permission.window_closed": {
        "vi": "Khách im lặng đã lâu nên kênh này không nhận thêm tin của shop.",
        "en": "The customer has been silent for so long that the channel takes nothing more.",
    },
    "permission.instead": {"vi": "Cách hợp lệ: {way}", "en": "What you can do: {way}"},
    "instead.unreachable": {
        "vi": "gọi điện, hoặc nhắn qua kênh khác mà khách đang dùng với shop.",
        "en": "call, or write on another channel that the customer uses with us.",
    },
    "instead.opted_out": {
        "vi": "không gửi loại tin này nữa, chỉ trả lời khi khách hỏi.",
        "en": "send none of this kind, and answer when the customer asks.",
    },
    "instead.no_consent": {
        "vi": "khi khách nhắn tới, hỏi khách có muốn nhận không rồi lưu câu trả lời.",
        "en": "when they write, ask whether they would like them, and record the answer.",
    },
    "instead.no_need": {
        "vi": "chờ hết thời gian tạm ngưng, hoặc tư vấn khi khách chủ động hỏi.",
        "en": "wait until the quiet time ends, or advise when the customer asks.",
    },
    "instead.open_complaint": {
        "vi": "giải quyết khiếu nại trước, xong rồi mới gửi.",
        "en": "settle the complaint first, then send.",
    },
    "instead.never_written": {
        "vi": "gửi khách đường dẫn hoặc mã QR của kênh để khách nhắn trước.",
        "en": "give the customer the channel’s link or QR code, so that they write first.",
    },
    "instead.quota_used": {
        "vi": "gọi điện hoặc nhắn qua kênh khác; nâng gói, hoặc chờ sang tháng.",
        "en": "call or use another channel; buy a larger plan, or wait for the next month.",
    },
    "instead.quiet_hours": {
        "vi": "để sáng mai, khi hết giờ nghỉ rồi gửi.",
        "en": "send when the quiet hours end in the morning.",
    },
    "instead.their_hours": {
        "vi": "để đến khung giờ khách đã chọn rồi gửi.",
        "en": "send it at the hours that the customer chose.",
    },
    "instead.often_enough": {
        "vi": "để hôm sau rồi gửi.",
        "en": "send it on another day.",
    },
    "instead.by_hand_only": {
        "vi": "nhờ nhân viên nhận cuộc trò chuyện và tự viết câu trả lời.",
        "en": "have an agent take the conversation and write the answer.",
    },
    "instead.no_template": {
        "vi": "đăng ký tin mẫu với nền tảng, hoặc gọi điện cho khách.",
        "en": "have a template approved by the platform, or call the customer.",
    },
    "instead.window_closed": {
        "vi": "gọi điện hoặc nhắn khách qua kênh khác. Khi khách nhắn lại, bạn trả lời được ngay.",
        "en": "call, or write on another channel. Once the customer writes again, you can answer.",
    },
    # --- how our accounts on the platforms stand
    "alert.label": {"vi": "Tình trạng kênh", "en": "How the channels stand"},
    "alert.paused": {
        "vi": "Kênh {channel} đang tạm dừng từ {when}:",
        "en": "{channel} has been paused since {when}:",
    },
    "alert.refused": {
        "vi": "nền tảng không nhận tin của shop.",
        "en": "the platform takes nothing from us.",
    },
    "alert.refused.next": {
        "vi": "Quản trị chạy `carebot doctor` để xem kênh đang vướng gì.",
        "en": "An administrator should run `carebot doctor` to see what is wrong.",
    },
    "alert.kept": {
        "vi": "Tin nhắn được giữ lại và tự gửi tiếp khi kênh hoạt động.",
        "en": "Messages are kept and go out by themselves once the channel works.",
    },
    "alert.ending": {
        "vi": "Quyền truy cập {channel} sẽ hết hạn lúc {when}.",
        "en": "The access to {channel} ends at {when}.",
    },
    "alert.ended": {
        "vi": "Quyền truy cập {channel} đã hết hạn từ {when}.",
        "en": "The access to {channel} ended at {when}.",
    },
    "alert.log_in": {
        "vi": "Quản trị chạy `carebot channel login {name}` để tin nhắn không gián đoạn.",
        "en": "An administrator should run `carebot channel login {name}` so that messages go on.",
    },
    "alert.notice": {
        "vi": "{channel} báo lúc {when}:",
        "en": "{channel} told us at {when}:",
    },
    "channels.title": {"vi": "Kênh", "en": "Channels"},
    "channels.empty": {
        "vi": "Chưa kênh nào được kết nối. Quản trị chạy `carebot channel add` để thêm kênh.",
        "en": "No channel is connected. An administrator adds one with `carebot channel add`.",
    },
    "channels.state": {"vi": "Tình trạng", "en": "State"},
    "channels.well": {"vi": "Hoạt động", "en": "Well"},
    "channels.paused": {"vi": "Tạm dừng", "en": "Paused"},
    "channels.paused_at": {"vi": "Dừng từ", "en": "Since"},
    "channels.heard": {"vi": "Sự kiện gần nhất", "en": "Last event"},
    "channels.token": {"vi": "Quyền truy cập đến", "en": "Access until"},
    "channels.unread": {"vi": "Sự kiện chưa đọc được", "en": "Events not understood"},
    "channels.notice": {"vi": "Thông báo gần nhất", "en": "Last notice"},
    "clock.today": {"vi": "{time}", "en": "{time}"},
    "clock.date": {"vi": "{time} ngày {date}", "en": "{time} on {date}"},
    # --- time, short
    "time.seconds": {"vi": "{n} giây", "en": "{n}s"},
    "time.minutes": {"vi": "{n} phút", "en": "{n} min"},
    "time.hours": {"vi": "{h} giờ {m} phút", "en": "{h} h {m} min"},
    "time.days": {"vi": "{n} ngày", "en": "{n} d"},
    "time.today": {"vi": "Hôm nay", "en": "Today"},
    "time.yesterday": {"vi": "Hôm qua", "en": "Yesterday"},
    # --- customers who are in no figure
    "left_out.label": {"vi": "Tính vào số liệu", "en": "Counted in the figures"},
    "left_out.counted": {"vi": "Có", "en": "Yes"},
    "left_out.test": {"vi": "Không: khách thử, nội bộ", "en": "No: trial or colleague"},
    "left_out.spam": {"vi": "Không: spam, quấy rối", "en": "No: spam"},
    "left_out.save": {"vi": "Lưu", "en": "Save"},
    "left_out.by": {"vi": "{what} · {name}, {at}", "en": "{what} · {name}, {at}"},
    # --- judging a week's sample of answers
    "sample.title": {"vi": "Chấm câu trả lời", "en": "Judge answers"},
    "sample.lead": {
        "vi": "Mỗi tuần {size} câu trả lời của trợ lý được chọn ngẫu nhiên. Tỷ lệ “Bot hiểu sai” "
        "chỉ tính trên mẫu này.",
        "en": "{size} answers of the assistant are drawn at random every week. The rate of wrong "
        "answers counts these alone.",
    },
    "sample.weeks": {"vi": "Chọn tuần", "en": "Weeks"},
    "sample.week": {"vi": "Tuần {first} – {last}", "en": "Week {first} – {last}"},
    "sample.progress": {"vi": "đã chấm {done}/{of} câu", "en": "{done} of {of} judged"},
    "sample.before": {"vi": "Tuần trước", "en": "Week before"},
    "sample.after": {"vi": "Tuần sau", "en": "Week after"},
    "sample.all": {"vi": "Các câu trong mẫu", "en": "The sample"},
    "sample.item": {"vi": "Câu {n}", "en": "Answer {n}"},
    "sample.unmarked": {"vi": "chưa chấm", "en": "not judged"},
    "sample.verdict.right": {"vi": "Đúng", "en": "Right"},
    "sample.verdict.wrong": {"vi": "Bot hiểu sai", "en": "Misunderstood"},
    "sample.verdict.clumsy": {"vi": "Đúng nhưng dở", "en": "Right but poor"},
    "sample.by": {"vi": "{name} chấm lúc {at}", "en": "Judged by {name}, {at}"},
    "sample.hint": {
        "vi": "Bấm phím 1, 2 hoặc 3 để chấm, phím mũi tên để chuyển câu.",
        "en": "Press 1, 2 or 3 to judge, the arrow keys to move.",
    },
    "sample.previous": {"vi": "Câu trước", "en": "Previous"},
    "sample.next": {"vi": "Câu sau", "en": "Next"},
    "sample.open": {"vi": "Xem cả cuộc", "en": "Whole talk"},
    "sample.done": {
        "vi": "Bạn đã chấm xong tuần này, cảm ơn bạn.",
        "en": "This week is done, thank you.",
    },
    "sample.figures": {"vi": "Xem số liệu", "en": "See the figures"},
    "sample.nothing": {
        "vi": "Tuần này trợ lý chưa trả lời câu nào.",
        "en": "The assistant answered nothing in this week.",
    },
    "sample.trouble": {"vi": "Cần xem lại", "en": "To be looked at"},
    "sample.trouble_lead": {
        "vi": "Cuộc trò chuyện có khiếu nại hoặc bị chấm thấp trong tuần. Xem để sửa, không chấm "
        "thêm vào mẫu.",
        "en": "Talks of the week with a complaint or a low mark: to be mended, not added to the "
        "sample.",
    },
    "sample.no_trouble": {
        "vi": "Tuần này không có cuộc nào cần xem lại.",
        "en": "Nothing to be looked at in this week.",
    },
    "sample.trouble.complaint": {"vi": "Có khiếu nại", "en": "Complaint"},
    "sample.trouble.mark": {"vi": "Khách chấm 1–2 điểm", "en": "Mark of 1–2"},
    # --- the supervisor's list
    "list.title": {"vi": "Hội thoại", "en": "Conversations"},
    "list.filters": {"vi": "Bộ lọc", "en": "Filters"},
    "list.text": {"vi": "Nội dung", "en": "Text"},
    "list.text_hint": {"vi": "Gõ không dấu cũng được", "en": "Accents do not matter"},
    "list.any": {"vi": "Tất cả", "en": "Any"},
    "list.channel": {"vi": "Kênh", "en": "Channel"},
    "list.agent": {"vi": "Nhân viên", "en": "Agent"},
    "list.status": {"vi": "Trạng thái", "en": "Status"},
    "list.reason": {"vi": "Lý do chuyển", "en": "Hand-off reason"},
    "list.from": {"vi": "Từ ngày", "en": "From"},
    "list.to": {"vi": "Đến ngày", "en": "To"},
    "list.apply": {"vi": "Lọc", "en": "Apply"},
    "list.clear": {"vi": "Bỏ lọc", "en": "Clear"},
    "list.customer": {"vi": "Khách", "en": "Customer"},
    "list.last": {"vi": "Tin gần nhất", "en": "Last message"},
    "list.first_reply": {"vi": "Chờ trả lời", "en": "First reply"},
    "list.first_reply_hint": {
        "vi": "Từ lúc chuyển tới tin đầu tiên của nhân viên",
        "en": "From the hand-off to the agent’s first message",
    },
    "list.empty": {"vi": "Chưa có hội thoại nào.", "en": "No conversations yet."},
    "list.empty_filtered": {
        "vi": "Không có hội thoại nào khớp bộ lọc.",
        "en": "No conversation matches these filters.",
    },
    "list.newest": {"vi": "Về đầu danh sách", "en": "Back to the newest"},
    "list.older": {"vi": "Cũ hơn", "en": "Older"},
    "list.pages": {"vi": "Trang", "en": "Pages"},
    "list.left_out": {
        "vi": "Bỏ qua bộ lọc không hợp lệ: {names}.",
        "en": "These filters were not understood: {names}.",
    },
    # --- one transcript
    "transcript.title": {"vi": "Hội thoại #{id}", "en": "Conversation #{id}"},
    "transcript.back": {"vi": "Danh sách hội thoại", "en": "All conversations"},
    "transcript.export": {"vi": "Tải về", "en": "Download"},
    "transcript.text": {"vi": "Văn bản", "en": "Text"},
    "transcript.json": {"vi": "JSON", "en": "JSON"},
    "transcript.open": {"vi": "Mở trong hộp thư", "en": "Open in the inbox"},
    "transcript.messages": {"vi": "Tin nhắn", "en": "Messages"},
    "transcript.no_handoff": {
        "vi": "Trợ lý tự trả lời, không chuyển cho ai.",
        "en": "The assistant answered by itself.",
    },
    "export.by": {"vi": "Xuất bởi {name} lúc {time}", "en": "Exported by {name} at {time}"},
    "export.unmasked": {
        "vi": "Tệp có dữ liệu cá nhân chưa che. Vui lòng giữ kín.",
        "en": "This file holds unmasked personal data. Keep it safe.",
    },
    # --- canned replies
    "app.canned": {"vi": "Mẫu trả lời", "en": "Canned replies"},
    "canned.title": {"vi": "Mẫu trả lời", "en": "Canned replies"},
    "canned.lead": {
        "vi": "Những câu hay dùng. Khi trả lời khách, gõ / rồi vài chữ của lệnh tắt hoặc tiêu đề "
        "để chèn.",
        "en": "Replies that are used often. While answering, type / and a few letters of the "
        "shortcut or the title to insert one.",
    },
    "canned.new": {"vi": "Thêm mẫu", "en": "New reply"},
    "canned.edit": {"vi": "Sửa mẫu /{shortcut}", "en": "Edit /{shortcut}"},
    "canned.back": {"vi": "Danh sách mẫu", "en": "All canned replies"},
    "canned.find": {"vi": "Tìm mẫu", "en": "Find a reply"},
    "canned.find_hint": {"vi": "bảo hành, bh…", "en": "bảo hành, bh…"},
    "canned.empty": {
        "vi": "Chưa có mẫu nào. Bộ mẫu ban đầu được nạp lại khi máy chủ web khởi động.",
        "en": "There are no replies. The first set is loaded again when the web server starts.",
    },
    "canned.empty_found": {
        "vi": "Không có mẫu nào khớp với “{text}”.",
        "en": "No reply fits “{text}”.",
    },
    "canned.shortcut": {"vi": "Lệnh tắt", "en": "Shortcut"},
    "canned.shortcut_hint": {
        "vi": "Chữ thường không dấu, ví dụ bao-hanh.",
        "en": "Small letters without accents, like bao-hanh.",
    },
    "canned.name": {"vi": "Tiêu đề", "en": "Title"},
    "canned.text": {"vi": "Nội dung", "en": "Text"},
    "canned.text_hint": {
        "vi": "Viết như nói với “anh/chị” và xưng “em”: khi gửi, hai từ này tự đổi theo cách xưng "
        "hô với khách (cô – cháu, bác – cháu…).",
        "en": "Write to “anh/chị” from “em”: when sent, both become the words that fit the "
        "customer (cô – cháu, bác – cháu…).",
    },
    "canned.team": {"vi": "Dùng cho", "en": "For"},
    "canned.everybody": {"vi": "Mọi nhóm", "en": "Everybody"},
    "canned.files": {"vi": "Ảnh, tệp gửi kèm", "en": "Pictures and files"},
    "canned.keep_file": {"vi": "Giữ {name}", "en": "Keep {name}"},
    "canned.upload": {"vi": "Thêm ảnh, tệp", "en": "Add pictures or files"},
    "canned.upload_hint": {
        "vi": "Nhiều nhất {limit} tệp, tổng cộng không quá 10 MB.",
        "en": "At most {limit} files, 10 MB together.",
    },
    "canned.variables": {"vi": "Chỗ điền tự động", "en": "Variables"},
    "canned.variables_hint": {
        "vi": "Bấm để chèn vào nội dung. Chỗ nào chưa điền được thì mẫu chưa gửi được.",
        "en": "Press one to insert it. A reply with a variable that stays empty cannot be sent.",
    },
    "canned.facts": {"vi": "Thông tin của shop", "en": "Facts of the shop"},
    "canned.preview": {"vi": "Khách sẽ đọc", "en": "What the customer reads"},
    "canned.preview_for": {
        "vi": "Ví dụ với khách {name}.",
        "en": "As an example for {name}.",
    },
    "canned.unfilled": {
        "vi": "Chưa điền được: {names}",
        "en": "Nothing to fill in for: {names}",
    },
    "canned.save": {"vi": "Lưu", "en": "Save"},
    "canned.delete": {"vi": "Xoá mẫu này", "en": "Delete this reply"},
    "canned.delete_sure": {
        "vi": "Xoá hẳn mẫu “{title}”?",
        "en": "Delete “{title}” for good?",
    },
    "canned.delete_yes": {"vi": "Xoá", "en": "Delete"},
    "canned.bad.shortcut_empty": {
        "vi": "Lệnh tắt đang để trống.",
        "en": "The shortcut is empty.",
    },
    "canned.bad.shortcut": {
        "vi": "Lệnh tắt chỉ gồm chữ cái, chữ số và dấu gạch, nhiều nhất {limit} ký tự.",
        "en": "A shortcut has letters, digits and dashes only, {limit} at most.",
    },
    "canned.bad.taken": {
        "vi": "Lệnh tắt /{shortcut} đã có mẫu khác dùng. Bạn chọn lệnh khác nhé.",
        "en": "Another reply already has the shortcut /{shortcut}. Choose another one.",
    },
    "canned.bad.title_empty": {"vi": "Tiêu đề đang để trống.", "en": "The title is empty."},
    "canned.bad.title_long": {
        "vi": "Tiêu đề dài quá {limit} ký tự.",
        "en": "The title is longer than {limit} letters.",
    },
    "canned.bad.text_empty": {
        "vi": "Mẫu chưa có nội dung, cũng chưa có ảnh hay tệp nào.",
        "en": "The reply has neither a text nor a file.",
    },
    "canned.bad.text_long": {
        "vi": "Nội dung dài quá {limit} ký tự.",
        "en": "The text is longer than {limit} letters.",
    },
    "canned.bad.variable": {
        "vi": "Không có chỗ điền tự động nào tên là {names}.",
        "en": "There is no variable called {names}.",
    },
    "canned.bad.files": {
        "vi": "Một mẫu gửi kèm được nhiều nhất {limit} tệp.",
        "en": "A reply carries {limit} files at most.",
    },
    "canned.bad.file": {
        "vi": "Tệp {name} không dùng được: chỉ nhận ảnh (JPEG, PNG, GIF, WebP), PDF, âm thanh và "
        "video còn mở được.",
        "en": "{name} cannot be used: only images (JPEG, PNG, GIF, WebP), PDF, audio and video "
        "that open are taken.",
    },
    "variable.xung_ho": {"vi": "cách gọi khách", "en": "what the customer is called"},
    "variable.khach": {"vi": "tên khách", "en": "the customer’s name"},
    "variable.nhan_vien": {"vi": "tên bạn", "en": "your name"},
    "variable.shop": {"vi": "tên shop", "en": "the shop’s name"},
    "variable.ma_don": {"vi": "mã đơn gần nhất", "en": "the last order’s code"},
    "compose.canned": {"vi": "Mẫu trả lời", "en": "Canned replies"},
    "compose.canned_none": {
        "vi": "Không có mẫu nào khớp. Esc để đóng.",
        "en": "No reply fits. Esc closes this.",
    },
    "compose.attached": {"vi": "Gửi kèm", "en": "Sent along"},
    "compose.detach": {"vi": "Bỏ {name}", "en": "Remove {name}"},
    "refused.unresolved": {
        "vi": "Chưa gửi được vì còn chỗ chưa điền: {names}. Bạn điền hoặc xoá đi rồi gửi nhé.",
        "en": "Not sent: {names} is not filled in. Fill it in or remove it, then send.",
    },
    # --- promises of a time
    "app.today": {"vi": "Việc hôm nay", "en": "Today"},
    "today.title": {"vi": "Việc hôm nay", "en": "To do today"},
    "today.whose": {"vi": "Việc của ai", "en": "Whose"},
    "today.mine": {"vi": "Của tôi", "en": "Mine"},
    "today.team": {"vi": "Nhóm tôi", "en": "My team"},
    "today.all": {"vi": "Tất cả", "en": "All"},
    "today.group.overdue": {"vi": "Quá hẹn", "en": "Overdue"},
    "today.group.today": {"vi": "Hôm nay", "en": "Today"},
    "today.group.later": {"vi": "Sắp tới", "en": "Later"},
    "today.by_bot": {"vi": "Trợ lý hẹn", "en": "Promised by the assistant"},
    "today.rate": {
        "vi": "đúng hẹn {kept}/{due} lời hẹn trong {days} ngày qua",
        "en": "{kept} of {due} promises kept in the last {days} days",
    },
    "today.rate_none": {
        "vi": "Chưa có lời hẹn nào tới hạn trong {days} ngày qua.",
        "en": "No promise fell due in the last {days} days.",
    },
    "today.rate_hint": {
        "vi": "Đúng hẹn: đánh dấu xong muộn nhất {minutes} phút sau giờ hẹn. Lời hẹn không cần nữa "
        "thì không tính.",
        "en": "Kept: marked done at most {minutes} minutes after its time. Dropped ones do not "
        "count.",
    },
    "today.empty.mine": {
        "vi": "Bạn không còn lời hẹn nào. Nghỉ tay chút nhé!",
        "en": "You have no promises open. Take a breath!",
    },
    "today.empty.team": {
        "vi": "Nhóm mình không còn lời hẹn nào.",
        "en": "Your team has no promises open.",
    },
    "today.empty.all": {
        "vi": "Không còn lời hẹn nào với khách.",
        "en": "There are no promises open.",
    },
    "promise.callback": {"vi": "Gọi lại", "en": "Call back"},
    "promise.follow_up": {"vi": "Báo lại", "en": "Get back"},
    "promise.refine": {"vi": "Xem lại khảo sát", "en": "Review a survey"},
    "promise.visit": {"vi": "Hẹn gặp", "en": "Meet"},
    "promise.data_request": {"vi": "Dữ liệu cá nhân", "en": "Personal data"},
    "promise.kept": {"vi": "Đã xong", "en": "Done"},
    "promise.dropped": {"vi": "Không cần nữa", "en": "Not needed"},
    "promise.open": {"vi": "Hẹn với khách", "en": "Promises"},
    "promise.none": {"vi": "Chưa hẹn gì.", "en": "Nothing is promised."},
    "promise.add": {"vi": "Thêm hẹn", "en": "Add a promise"},
    "promise.offer": {
        "vi": "Đặt lịch hẹn: {what} {when}?",
        "en": "Note a promise: {what} {when}?",
    },
    "promise.save": {"vi": "Lưu", "en": "Save"},
    "promise.skip": {"vi": "Bỏ qua", "en": "Skip"},
    "promise.what": {"vi": "Việc cần làm", "en": "What"},
    "promise.what_hint": {
        "vi": "Gọi báo kết quả kiểm tra loa",
        "en": "Call about the loudspeaker check",
    },
    "promise.kind": {"vi": "Loại hẹn", "en": "Kind"},
    "promise.due": {"vi": "Giờ hẹn (giờ Việt Nam)", "en": "When (Vietnam time)"},
    "promise.bad_due": {
        "vi": "Giờ hẹn phải ở phía trước, trong vòng 90 ngày.",
        "en": "The time must lie ahead, within 90 days.",
    },
    "done.promised": {"vi": "Đã ghi lời hẹn.", "en": "The promise is noted."},
    "done.promise_over": {"vi": "Đã cập nhật lời hẹn.", "en": "The promise is updated."},
    "due.today": {"vi": "{time} hôm nay", "en": "{time} today"},
    "due.tomorrow": {"vi": "{time} ngày mai", "en": "{time} tomorrow"},
    "due.day": {"vi": "{time} {weekday} {date}", "en": "{time} {weekday} {date}"},
    "weekday.0": {"vi": "thứ Hai", "en": "Mon"},
    "weekday.1": {"vi": "thứ Ba", "en": "Tue"},
    "weekday.2": {"vi": "thứ Tư", "en": "Wed"},
    "weekday.3": {"vi": "thứ Năm", "en": "Thu"},
    "weekday.4": {"vi": "thứ Sáu", "en": "Fri"},
    "weekday.5": {"vi": "thứ Bảy", "en": "Sat"},
    "weekday.6": {"vi": "Chủ nhật", "en": "Sun"},
    # --- mentions, tags, what came of a conversation
    "inbox.mentions": {"vi": "Nhắc tới tôi", "en": "Mentions of me"},
    "inbox.empty.mentions": {
        "vi": "Chưa ai nhắc tới bạn. Trong ghi chú, gõ @ để nhắc đồng nghiệp.",
        "en": "Nobody has mentioned you. In a note, type @ to mention a colleague.",
    },
    "live.mentioned": {
        "vi": "{by} nhắc tới bạn: {text}",
        "en": "{by} mentioned you: {text}",
    },
    "compose.colleagues": {"vi": "Đồng nghiệp", "en": "Colleagues"},
    "tag.tags": {"vi": "Nhãn", "en": "Tags"},
    "tag.add": {"vi": "Thêm nhãn", "en": "Add a tag"},
    "tag.remove": {"vi": "Bỏ nhãn {tag}", "en": "Remove the tag {tag}"},
    "tag.empty": {"vi": "Nhãn đang để trống.", "en": "The tag is empty."},
    "tag.long": {"vi": "Nhãn dài nhất 64 ký tự.", "en": "A tag has 64 letters at most."},
    "tag.many": {
        "vi": "Một cuộc trò chuyện gắn được nhiều nhất 20 nhãn.",
        "en": "A conversation has 20 tags at most.",
    },
    "dialog.outcome": {
        "vi": "Ghi thêm cách xử lý (không bắt buộc)",
        "en": "What came of it (optional)",
    },
    "dialog.outcome_hint": {
        "vi": "Lưu thành ghi chú nội bộ, khách không thấy.",
        "en": "Kept as an internal note; the customer never sees it.",
    },
    # --- the desk's rules
    "app.rules": {"vi": "Bàn hỗ trợ", "en": "Support desk"},
    "rules.title": {"vi": "Bàn hỗ trợ", "en": "Support desk"},
    "rules.section.hours": {"vi": "Giờ làm việc", "en": "Hours"},
    "rules.section.routing": {"vi": "Phân luồng", "en": "Routing"},
    "rules.section.teams": {"vi": "Nhóm", "en": "Teams"},
    "rules.section.agents": {"vi": "Nhân viên", "en": "Agents"},
    "rules.section.targets": {"vi": "Cam kết, phân công", "en": "Targets, assignment"},
    "rules.section.sentences": {"vi": "Câu chữ", "en": "Wording"},
    "rules.section.history": {"vi": "Lịch sử thay đổi", "en": "History"},
    "rules.save": {"vi": "Lưu", "en": "Save"},
    "rules.saved": {
        "vi": "Đã lưu, có hiệu lực ngay.",
        "en": "Saved and in force from now on.",
    },
    "rules.not_saved": {"vi": "Chưa lưu được.", "en": "Not saved."},
    "rules.somebody": {"vi": "Có người", "en": "Somebody"},
    "rules.overtaken": {
        "vi": "{by} vừa lưu phần này lúc {when}, trong khi bạn đang sửa.",
        "en": "{by} saved this part at {when} while you were editing it.",
    },
    "rules.overtaken_kept": {
        "vi": "Những gì bạn nhập vẫn còn nguyên bên dưới, chưa lưu. Thay đổi vừa được lưu:",
        "en": "What you typed is still below and not saved. What has been saved meanwhile:",
    },
    "rules.overtaken_next": {
        "vi": "Bấm Lưu để dùng bản của bạn, hoặc",
        "en": "Save to use your version, or",
    },
    "rules.overtaken_theirs": {
        "vi": "bỏ bản của bạn và xem bản vừa lưu",
        "en": "drop yours and see what was saved",
    },
    # what is wrong with what was typed
    "rules.invalid.not_an_object": {
        "vi": "Phần này bị hỏng, bạn tải lại trang rồi nhập lại nhé.",
        "en": "This part is broken; reload the page and type it again.",
    },
    "rules.invalid.not_a_list": {
        "vi": "Danh sách này bị hỏng, bạn tải lại trang rồi nhập lại nhé.",
        "en": "This list is broken; reload the page and type it again.",
    },
    "rules.invalid.not_a_boolean": {
        "vi": "Chỉ chọn có hoặc không.",
        "en": "This can only be yes or no.",
    },
    "rules.invalid.unknown": {
        "vi": "Không có mục “{name}”.",
        "en": "There is no such entry: “{name}”.",
    },
    "rules.invalid.not_a_day": {"vi": "Bạn chọn ngày giúp nhé.", "en": "Choose a date."},
    "rules.invalid.not_a_time": {
        "vi": "Nhập cả giờ mở và giờ đóng, ví dụ 08:00 – 12:00.",
        "en": "Give both the opening and the closing time, such as 08:00 – 12:00.",
    },
    "rules.invalid.backwards": {
        "vi": "Giờ đóng phải sau giờ mở. Làm qua nửa đêm thì chọn “đến nửa đêm”, rồi thêm khung "
        "giờ từ 00:00 cho hôm sau.",
        "en": "It must close after it opens. To work past midnight choose “until midnight” and add "
        "hours from 00:00 to the next day.",
    },
    "rules.invalid.overlap": {
        "vi": "Khung giờ này trùng với một khung khác trong ngày.",
        "en": "These hours overlap others of the same day.",
    },
    "rules.invalid.twice": {
        "vi": "Đã có một mục như vậy rồi.",
        "en": "There is one like this already.",
    },
    "rules.invalid.never_open": {
        "vi": "Chưa có giờ nào mở cửa, khách sẽ chờ mãi. Bạn đặt ít nhất một khung giờ trong tuần.",
        "en": "It would never open and customers would wait for ever. Set some hours in the week.",
    },
    # hours
    "rules.hours_shop": {"vi": "Giờ chung của shop", "en": "The shop’s hours"},
    "rules.hours_whose": {"vi": "Giờ của nhóm", "en": "Hours of a team"},
    "rules.hours_own": {"vi": "giờ riêng", "en": "own hours"},
    "rules.hours_shared": {
        "vi": "Nhóm {team} đang làm theo giờ chung của shop.",
        "en": "The team {team} works the shop’s hours.",
    },
    "rules.hours_make_own": {"vi": "Đặt giờ riêng cho nhóm", "en": "Give it hours of its own"},
    "rules.hours_make_shared": {
        "vi": "Bỏ giờ riêng, theo giờ chung",
        "en": "Go back to the shop’s hours",
    },
    "rules.open_until": {
        "vi": "Đang mở, nghỉ lúc {when}.",
        "en": "Open now; closes {when}.",
    },
    "rules.opens": {"vi": "Đang nghỉ, mở lại lúc {when}.", "en": "Closed now; opens {when}."},
    "rules.always_open": {"vi": "Mở suốt ngày đêm.", "en": "Open day and night."},
    "rules.week": {"vi": "Trong tuần", "en": "The week"},
    "rules.copy_monday": {
        "vi": "Chép giờ thứ Hai cho cả tuần",
        "en": "Use Monday’s hours all week",
    },
    "rules.from": {"vi": "từ", "en": "from"},
    "rules.to": {"vi": "đến", "en": "until"},
    "rules.to_midnight": {"vi": "đến nửa đêm", "en": "until midnight"},
    "rules.add_stretch": {"vi": "Thêm khung giờ", "en": "Add hours"},
    "rules.drop_stretch": {"vi": "Bỏ khung giờ này", "en": "Remove these hours"},
    "rules.holidays_title": {"vi": "Nghỉ lễ, Tết", "en": "Public holidays"},
    "rules.holidays": {
        "vi": "Nghỉ các ngày lễ, Tết theo lịch nhà nước, kể cả ngày nghỉ bù",
        "en": "Closed on Vietnam’s public holidays, days off in lieu included",
    },
    "rules.holidays_coming": {
        "vi": "Các ngày nghỉ trong một năm tới ({n} đợt)",
        "en": "The coming year’s holidays ({n})",
    },
    "rules.holidays_hint": {
        "vi": "Lịch nghỉ Tết và hoán đổi ngày nghỉ năm sau được chốt vào cuối năm. Khác lịch này "
        "thì bạn thêm vào “Ngày đặc biệt”.",
        "en": "The government fixes Tết and exchanged days every autumn. Where they differ, add "
        "them under “Special days”.",
    },
    "rules.days_title": {"vi": "Ngày đặc biệt", "en": "Special days"},
    "rules.days_hint": {
        "vi": "Nghỉ hoặc làm giờ khác trong một ngày nhất định. Ngày ghi ở đây thay cho giờ trong "
        "tuần và cả lịch nghỉ lễ.",
        "en": "Closed, or other hours, on one certain day. It goes before the week’s hours and "
        "before holidays.",
    },
    "rules.day_number": {"vi": "Ngày đặc biệt {n}", "en": "Special day {n}"},
    "rules.day_past": {"vi": "đã qua", "en": "past"},
    "rules.closed_all_day": {"vi": "Nghỉ cả ngày", "en": "Closed all day"},
    "rules.add_day": {"vi": "Thêm ngày", "en": "Add a day"},
    "rules.drop_day": {"vi": "Bỏ ngày này", "en": "Remove this day"},
    # the rules in words
    "rules.told.hours": {"vi": "Giờ chung", "en": "Shop hours"},
    "rules.told.hours_of": {"vi": "Giờ của {team}", "en": "Hours of {team}"},
    "rules.told.holidays": {"vi": "ngày lễ, Tết", "en": "public holidays"},
    "rules.told.closed": {"vi": "Nghỉ", "en": "Closed"},
    "rules.told.open": {"vi": "Làm việc như thường", "en": "Open as usual"},
    "rules.told.team": {"vi": "Nhóm {code}", "en": "Team {code}"},
    "rules.told.default_team": {"vi": "Nhóm mặc định", "en": "Default team"},
    "rules.told.agent": {"vi": "Nhân viên {name}", "en": "Agent {name}"},
    "rules.told.teams": {"vi": "nhóm {names}", "en": "in {names}"},
    "rules.told.skills": {"vi": "kỹ năng {names}", "en": "skills {names}"},
    "rules.told.capacity": {"vi": "nhận tối đa {n} cuộc", "en": "at most {n} conversations"},
    "rules.told.rule": {"vi": "Luật “{name}”", "en": "Rule “{name}”"},
    "rules.told.order": {"vi": "Thứ tự luật", "en": "Order of the rules"},
    "rules.told.calendar": {"vi": "Cách tính thời hạn", "en": "Clock of the targets"},
    "rules.told.weight": {"vi": "Một cuộc qua {channel} tính là", "en": "Weight of {channel}"},
    "rules.told.tags": {"vi": "Nhãn", "en": "Tags"},
    "rules.told.becomes": {"vi": "thành", "en": "becomes"},
    "rules.told.gone": {"vi": "(đã bỏ)", "en": "(removed)"},
    "rules.told.reasons": {"vi": "lý do: {names}", "en": "reason: {names}"},
    "rules.told.words": {"vi": "khách nhắc tới {names}", "en": "the customer mentions {names}"},
    "rules.told.quoted": {"vi": "“{text}”", "en": "“{text}”"},
    "rules.told.or": {"vi": ", hoặc ", "en": ", or "},
    "rules.told.and": {"vi": "; và ", "en": "; and "},
    "rules.told.channels": {"vi": "qua {names}", "en": "on {names}"},
    "rules.told.languages": {"vi": "khách dùng {names}", "en": "in {names}"},
    "rules.told.vip": {"vi": "khách VIP", "en": "a VIP customer"},
    "rules.told.repeats": {
        "vi": "hỏi từ lần thứ {n} trong 7 ngày",
        "en": "asked at least {n} times within 7 days",
    },
    "rules.told.to_team": {"vi": "nhóm {team}", "en": "team {team}"},
    "rules.told.priority": {"vi": "mức {name}", "en": "priority {name}"},
    "rules.told.raises": {"vi": "gấp hơn {n} bậc", "en": "{n} step(s) more urgent"},
    "rules.told.needs": {"vi": "cần kỹ năng {names}", "en": "needs {names}"},
    "language.vi": {"vi": "tiếng Việt", "en": "Vietnamese"},
    "language.en": {"vi": "tiếng Anh", "en": "English"},
    "rules.priority.0": {"vi": "Ngay lập tức", "en": "At once"},
    "rules.priority.1": {"vi": "Gấp", "en": "Urgent"},
    "rules.priority.2": {"vi": "Thường", "en": "Usual"},
    "rules.priority.3": {"vi": "Chờ được", "en": "May wait"},
    "rules.calendar.business": {
        "vi": "Chỉ tính trong giờ làm việc",
        "en": "Only while the desk is open",
    },
    "rules.calendar.always": {
        "vi": "Tính cả ngoài giờ, suốt ngày đêm",
        "en": "Day and night, open or not",
    },
    "rules.unit.minutes": {"vi": "{n} phút", "en": "{n} min"},
    "rules.unit.days": {"vi": "{n} ngày", "en": "{n} days"},
    "rules.unit.talks": {"vi": "{n} cuộc", "en": "{n} conversations"},
    "rules.number.first_reply": {"vi": "Trả lời lần đầu trong", "en": "First reply within"},
    "rules.number.next_reply": {"vi": "Trả lời tiếp theo trong", "en": "Next reply within"},
    "rules.number.resolve": {"vi": "Giải quyết xong trong", "en": "Resolved within"},
    "rules.number.capacity": {"vi": "Mỗi người nhận cùng lúc", "en": "Conversations per agent"},
    "rules.number.partial_after": {
        "vi": "Chấp nhận một phần kỹ năng sau",
        "en": "One skill is enough after",
    },
    "rules.number.anyone_after": {
        "vi": "Chuyển cho nhóm khác sau",
        "en": "Any team may have it after",
    },
    "rules.number.sticky_days": {
        "vi": "Gặp lại đúng người cũ trong vòng",
        "en": "The same agent again within",
    },
    "rules.number.silent_after": {
        "vi": "Nhân viên im lặng thì lấy lại sau",
        "en": "Taken back from a silent agent after",
    },
    "rules.number.offline_after": {
        "vi": "Coi là mất kết nối sau",
        "en": "Taken for disconnected after",
    },
    "rules.number.ageing": {
        "vi": "Chờ lâu được thêm một bậc sau",
        "en": "Waiting counts as one step after",
    },
    "rules.number.tell_every": {
        "vi": "Báo lại vị trí chờ mỗi",
        "en": "The place is told again every",
    },
    "rules.number.abandon_after": {
        "vi": "Coi như khách bỏ đi sau khi im lặng",
        "en": "Taken for gone after a silence of",
    },
    # routing
    "rules.routing_lead": {
        "vi": "Đọc từ trên xuống: luật đầu tiên hợp và có tên nhóm sẽ quyết định nhóm. Luật nào "
        "hợp cũng góp vào mức ưu tiên và kỹ năng. Không luật nào hợp thì về nhóm {team}.",
        "en": "Read from the top: the first rule that fits and names a team decides the team. All "
        "that fit add to priority and skills. When none fits it goes to {team}.",
    },
    "rules.routing_empty": {
        "vi": "Chưa có luật nào. Mọi khách về nhóm {team}.",
        "en": "There are no rules. Everybody goes to {team}.",
    },
    "rules.routing_back": {"vi": "Các luật phân luồng", "en": "All routing rules"},
    "rules.rule_new": {"vi": "Thêm luật", "en": "New rule"},
    "rules.rule_edit": {"vi": "Sửa luật số {n}", "en": "Edit rule {n}"},
    "rules.rule_name": {"vi": "Tên luật", "en": "Name of the rule"},
    "rules.rule_name_hint": {"vi": "Ví dụ: Hỏi hoá đơn", "en": "Such as: Invoices"},
    "rules.rule_up": {"vi": "Đưa lên", "en": "Move up"},
    "rules.rule_down": {"vi": "Đưa xuống", "en": "Move down"},
    "rules.rule_delete": {"vi": "Xoá luật này", "en": "Delete this rule"},
    "rules.rule_delete_hint": {
        "vi": "Khách mới sẽ không còn được phân theo luật này. Cần lại thì bạn khôi phục trong "
        "Lịch sử thay đổi.",
        "en": "New customers are no longer routed by it. You can bring it back under History.",
    },
    "rules.rule_delete_sure": {"vi": "Xoá luật", "en": "Delete the rule"},
    "rules.when": {"vi": "Khi nào", "en": "When"},
    "rules.when_hint": {
        "vi": "Mục nào có chọn thì đều phải đúng; trong một mục chỉ cần một ý. Lý do và từ khoá "
        "cùng nói về việc của khách nên chỉ cần một trong hai.",
        "en": "Every part that you fill in must hold; of the choices within one, any will do. "
        "Reasons and words both name the matter, so one of the two is enough.",
    },
    "rules.when_reasons": {"vi": "Lý do chuyển cho nhân viên", "en": "Reason of the hand-off"},
    "rules.when_words": {"vi": "Khách nhắc tới", "en": "The customer mentions"},
    "rules.when_words_hint": {
        "vi": "Mỗi dòng một từ hoặc cụm từ. Khách gõ không dấu, “hoa don”, cũng tính là “hoá đơn”.",
        "en": "A word or phrase on each line. Capitals and accents do not matter.",
    },
    "rules.when_channels": {"vi": "Nhắn qua kênh", "en": "Channel"},
    "rules.when_languages": {"vi": "Ngôn ngữ của khách", "en": "The customer’s language"},
    "rules.when_customer": {"vi": "Khách hàng", "en": "Customer"},
    "rules.when_repeats": {
        "vi": "Hỏi lại từ lần thứ",
        "en": "Asked again, from time number",
    },
    "rules.when_repeats_hint": {
        "vi": "Số lần cần nhân viên về cùng một việc trong 7 ngày. Để trống nếu không xét.",
        "en": "How often they needed a person on one matter within 7 days. Empty: does not count.",
    },
    "rules.then": {"vi": "Thì làm gì", "en": "Then"},
    "rules.then_hint": {
        "vi": "Chọn ít nhất một việc.",
        "en": "Choose at least one.",
    },
    "rules.then_team": {"vi": "Chuyển tới nhóm", "en": "Goes to the team"},
    "rules.then_no_team": {"vi": "Để luật sau quyết định", "en": "A later rule decides"},
    "rules.then_no_priority": {"vi": "Không đổi", "en": "Unchanged"},
    "rules.then_raise": {"vi": "Gấp hơn mấy bậc", "en": "More urgent by steps"},
    "rules.then_skills": {"vi": "Cần kỹ năng", "en": "Needs skills"},
    "rules.team": {"vi": "Nhóm", "en": "Team"},
    "rules.priority_label": {"vi": "Mức ưu tiên", "en": "Priority"},
    "rules.skills": {"vi": "Kỹ năng", "en": "Skills"},
    "rules.skills_none": {"vi": "không cần", "en": "none needed"},
    "rules.skills_known": {
        "vi": "Cách nhau bằng dấu phẩy. Đang có: {names}.",
        "en": "Separated by commas. There are: {names}.",
    },
    "rules.skills_hint": {
        "vi": "Cách nhau bằng dấu phẩy, ví dụ: tiếng Anh, loa karaoke.",
        "en": "Separated by commas, such as: English, karaoke.",
    },
    "rules.language_of": {"vi": "Ngôn ngữ", "en": "Language"},
    "rules.vip": {"vi": "Khách VIP", "en": "VIP customer"},
    "rules.try": {"vi": "Thử xem", "en": "Try it"},
    "rules.try_lead": {
        "vi": "Dán tin nhắn của khách để xem sẽ về nhóm nào. Không có gì được gửi hay lưu lại.",
        "en": "Paste a customer’s message and see where it would go. Nothing is sent or kept.",
    },
    "rules.try_text": {"vi": "Tin nhắn của khách", "en": "The customer’s message"},
    "rules.try_hint": {
        "vi": "Ví dụ: shop xuất hoá đơn giúp chị đơn hôm qua",
        "en": "Such as: please send me the invoice for yesterday’s order",
    },
    "rules.try_repeats": {"vi": "Lần thứ mấy trong 7 ngày", "en": "Time within 7 days"},
    "rules.try_button": {"vi": "Thử", "en": "Try"},
    "rules.decides": {"vi": "hợp, quyết định nhóm", "en": "fits and decides the team"},
    "rules.decides_default": {
        "vi": "vì không luật nào có tên nhóm hợp",
        "en": "as no rule with a team fits",
    },
    "rules.fits": {"vi": "hợp", "en": "fits"},
    "rules.fits_too": {
        "vi": "hợp, nhưng nhóm đã do luật phía trên quyết định",
        "en": "fits, but a rule above has decided the team",
    },
    "rules.spoken": {"vi": "khách nhắc: {names}", "en": "mentioned: {names}"},
    "rules.misses": {"vi": "không hợp:", "en": "does not fit:"},
    "rules.miss.matter": {
        "vi": "khác lý do và không nhắc từ nào",
        "en": "another reason, and none of its words",
    },
    "rules.miss.channel": {"vi": "khác kênh", "en": "another channel"},
    "rules.miss.language": {"vi": "khác ngôn ngữ", "en": "another language"},
    "rules.miss.vip": {"vi": "không phải khách VIP", "en": "no VIP customer"},
    "rules.miss.repeats": {"vi": "chưa đủ số lần hỏi lại", "en": "not asked often enough"},
    "rules.doubts": {
        "vi": "{n} luật cần xem lại (vẫn được lưu và đang áp dụng):",
        "en": "{n} rule(s) to look at again (saved and in force all the same):",
    },
    "rules.doubt.never": {
        "vi": "Không bao giờ hợp: không có lý do, từ khoá, kênh hay ngôn ngữ nào nhận biết được.",
        "en": "Can never fit: it names no reason, word, channel or language that is known.",
    },
    "rules.doubt.shadowed": {
        "vi": "Không bao giờ có tác dụng, vì luật “{name}” phía trên đã nhận hết. Đưa luật này lên "
        "trên hoặc bỏ đi.",
        "en": "Never decides anything: “{name}” above always comes first. Move it up or remove it.",
    },
    "rules.doubt.team_shadowed": {
        "vi": "Không bao giờ chọn được nhóm, vì luật “{name}” phía trên đã chọn trước.",
        "en": "Never decides the team: “{name}” above always does.",
    },
    "rules.doubt.no_member": {
        "vi": "Nhóm {name} chưa có ai.",
        "en": "Nobody is in the team {name}.",
    },
    "rules.doubt.no_skilled": {
        "vi": "Chưa nhân viên nào có kỹ năng “{name}”.",
        "en": "No agent has the skill “{name}”.",
    },
    "rules.invalid.no_such_team": {
        "vi": "Không còn nhóm này. Bạn chọn nhóm khác.",
        "en": "There is no such team any more. Choose another.",
    },
    "rules.invalid.no_team": {"vi": "Cần ít nhất một nhóm.", "en": "There must be a team."},
    "rules.invalid.no_name": {"vi": "Bạn đặt tên giúp nhé.", "en": "It needs a name."},
    "rules.invalid.no_condition": {
        "vi": "Chọn ít nhất một điều kiện, không thì luật này hợp với mọi khách.",
        "en": "Choose at least one condition; without any it would fit everybody.",
    },
    "rules.invalid.no_such_condition": {
        "vi": "Không có điều kiện “{name}”.",
        "en": "There is no condition “{name}”.",
    },
    "rules.invalid.no_such_priority": {
        "vi": "Không có mức ưu tiên này.",
        "en": "There is no such priority.",
    },
    "rules.invalid.no_effect": {
        "vi": "Luật này chưa làm gì: chọn nhóm, mức ưu tiên, số bậc hoặc kỹ năng.",
        "en": "The rule does nothing yet: choose a team, a priority, steps or skills.",
    },
    "rules.invalid.not_a_number": {
        "vi": "Nhập một số nguyên phù hợp.",
        "en": "Enter a whole number that makes sense here.",
    },
    "rules.invalid.not_a_weight": {
        "vi": "Nhập số lớn hơn 0 và không quá 10.",
        "en": "Enter a number above 0 and up to 10.",
    },
    # teams and agents
    "rules.teams_lead": {
        "vi": "Mỗi khách cần hỗ trợ được giao cho một nhóm. Nhóm mặc định nhận những việc không "
        "luật nào biết.",
        "en": "Every hand-off goes to a team. The default team takes what no rule knows.",
    },
    "rules.teams_back": {"vi": "Các nhóm", "en": "All teams"},
    "rules.team_new": {"vi": "Thêm nhóm", "en": "New team"},
    "rules.team_default": {"vi": "mặc định", "en": "default"},
    "rules.team_others": {
        "vi": "{n} người chưa vào nhóm nào đang nhận khách của nhóm.",
        "en": "{n} people who are in no team answer for it.",
    },
    "rules.team_anybody": {
        "vi": "Khách của nhóm được giao cho bất kỳ ai đang rảnh.",
        "en": "Anybody who is free gets its customers.",
    },
    "rules.team_rules": {"vi": "{n} luật chuyển tới đây", "en": "{n} rule(s) send customers here"},
    "rules.team_vi": {"vi": "Tên tiếng Việt", "en": "Vietnamese name"},
    "rules.team_en": {"vi": "Tên tiếng Anh", "en": "English name"},
    "rules.team_name_hint": {
        "vi": "Khách sẽ đọc tên này, ví dụ “bộ phận kỹ thuật”.",
        "en": "Customers read this name.",
    },
    "rules.team_code": {"vi": "Mã nhóm", "en": "Code"},
    "rules.team_code_hint": {
        "vi": "Chữ thường không dấu, số và gạch dưới. Để trống thì đặt theo tên.",
        "en": "Small letters, digits and underscores. Empty: made from the name.",
    },
    "rules.team_is_default": {
        "vi": "Đây là nhóm mặc định: nhận những việc không luật nào biết.",
        "en": "This is the default team: it takes what no rule knows.",
    },
    "rules.team_make_default": {
        "vi": "Đặt làm nhóm mặc định",
        "en": "Make it the default team",
    },
    "rules.team_members": {"vi": "Ai thuộc nhóm này", "en": "Who belongs to it"},
    "rules.team_delete": {"vi": "Xoá nhóm này", "en": "Delete this team"},
    "rules.team_delete_hint": {
        "vi": "Mọi người trong nhóm sẽ rời nhóm, giờ riêng của nhóm cũng mất. Khách đang chờ nhóm "
        "này vẫn được nhóm khác nhận.",
        "en": "Its people leave it and its own hours are gone. Another team takes whoever waits.",
    },
    "rules.team_delete_sure": {"vi": "Xoá nhóm", "en": "Delete the team"},
    "rules.invalid.team_is_default": {
        "vi": "Không xoá được nhóm mặc định. Bạn đặt nhóm khác làm mặc định trước.",
        "en": "The default team cannot be deleted. Make another team the default first.",
    },
    "rules.invalid.team_in_use": {
        "vi": "Chưa xoá được vì còn luật chuyển khách tới nhóm này. Bạn sửa luật trước:",
        "en": "It cannot be deleted while rules send customers here. Change them first:",
    },
    "rules.invalid.no_such_user": {
        "vi": "Không còn nhân viên này.",
        "en": "There is no such agent any more.",
    },
    "rules.invalid.not_a_word": {
        "vi": "Từ khoá phải có chữ hoặc số.",
        "en": "A word needs letters or digits.",
    },
    "rules.invalid.not_a_code": {
        "vi": "Mã nhóm chỉ gồm chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ.",
        "en": "A code has small letters, digits and underscores, and begins with a letter.",
    },
    "rules.invalid.not_a_level": {
        "vi": "Chọn mức từ 1 đến 3.",
        "en": "Choose a level from 1 to 3.",
    },
    "rules.agents_lead": {
        "vi": "Mỗi người nhận cùng lúc tối đa {n} cuộc, trừ khi đặt riêng.",
        "en": "Everybody has at most {n} conversations at once, unless set otherwise.",
    },
    "rules.agents_weights": {"vi": "Đổi mức chung và hệ số kênh", "en": "Change it, or weights"},
    "rules.agents_back": {"vi": "Tất cả nhân viên", "en": "All agents"},
    "rules.agent_teams": {"vi": "Thuộc nhóm", "en": "Teams"},
    "rules.agent_no_team": {"vi": "mọi nhóm (chưa xếp nhóm)", "en": "every team (in none)"},
    "rules.agent_no_team_hint": {
        "vi": "Chưa chọn nhóm nào thì nhận khách của mọi nhóm.",
        "en": "Whoever is in no team answers for all of them.",
    },
    "rules.agent_skills_hint": {
        "vi": "Ai đủ kỹ năng mà luật yêu cầu được giao trước. Bằng việc nhau thì người mức cao hơn "
        "được giao. Xoá tên để bỏ một kỹ năng.",
        "en": "Whoever has the skills a rule asks for comes first; of equals, the higher level. "
        "Clear a name to remove a skill.",
    },
    "rules.load": {"vi": "{n} / {of} cuộc", "en": "{n} of {of}"},
    "rules.agent_load": {"vi": "Đang nhận / tối đa", "en": "Load / limit"},
    "rules.agent_capacity": {"vi": "Nhận cùng lúc tối đa", "en": "At most at once"},
    "rules.agent_capacity_hint": {
        "vi": "Số cuộc trò chuyện. Để trống thì theo mức chung ({n} cuộc).",
        "en": "Conversations. Empty: as for everybody ({n}).",
    },
    "rules.skill_number": {"vi": "Kỹ năng {n}", "en": "Skill {n}"},
    "rules.skill_level": {"vi": "Mức của kỹ năng {n}", "en": "Level of skill {n}"},
    "rules.skill_add": {"vi": "Thêm kỹ năng", "en": "Add a skill"},
    "rules.level.1": {"vi": "1 – biết", "en": "1 – some"},
    "rules.level.2": {"vi": "2 – khá", "en": "2 – good"},
    "rules.level.3": {"vi": "3 – thạo", "en": "3 – expert"},
    "rules.presence_label": {"vi": "Trạng thái", "en": "Presence"},
    "rules.presence.online": {"vi": "Sẵn sàng", "en": "Online"},
    "rules.presence.away": {"vi": "Tạm vắng", "en": "Away"},
    "rules.presence.off": {"vi": "Không nhận khách", "en": "Off"},
    "rules.presence.gone": {"vi": "Mất kết nối", "en": "Disconnected"},
    # numbers
    "rules.sla": {"vi": "Cam kết với khách", "en": "What customers are promised"},
    "rules.assignment": {"vi": "Phân công", "en": "Who gets whom"},
    "rules.queue": {"vi": "Hàng đợi", "en": "The queue"},
    "rules.means.first_reply": {
        "vi": "Từ lúc khách cần nhân viên tới câu trả lời đầu tiên. Nhân viên được nhắc khi đã qua "
        "80% thời gian; quá hạn thì báo giám sát.",
        "en": "From the hand-off to an agent’s first message. The agent is warned when 80% has "
        "passed; supervisors hear of a breach.",
    },
    "rules.means.next_reply": {
        "vi": "Mỗi khi khách nhắn thêm trong lúc nhân viên đang hỗ trợ.",
        "en": "Whenever the customer writes again while an agent helps.",
    },
    "rules.means.resolve": {
        "vi": "Từ lúc khách cần nhân viên tới lúc đóng. Không tính lúc đang chờ khách trả lời.",
        "en": "From the hand-off to its end. It stands still while we wait for the customer.",
    },
    "rules.means.capacity": {
        "vi": "Nhận đủ số này thì không được giao thêm. Đặt riêng cho từng người ở mục Nhân viên.",
        "en": "Nobody is given more. Can be set for each person under Agents.",
    },
    "rules.means.partial_after": {
        "vi": "Chờ tới mức này mà chưa ai đủ kỹ năng rảnh, ai có một phần kỹ năng cũng nhận được.",
        "en": "After so long without anybody who has all the skills, some of them will do.",
    },
    "rules.means.anyone_after": {
        "vi": "Chờ tới mức này, ai trong nhóm cũng nhận được; cả nhóm không ai rảnh thì nhóm khác "
        "nhận.",
        "en": "After so long anybody of the team may have it, and else any other team.",
    },
    "rules.means.sticky_days": {
        "vi": "Khách quay lại trong thời gian này được giao cho người đã hỗ trợ lần trước, nếu họ "
        "cùng nhóm và đang rảnh. Đặt 0 để tắt.",
        "en": "Customers who come back get who helped them last, if of the team and free. 0: off.",
    },
    "rules.means.silent_after": {
        "vi": "Nhận khách mà không trả lời: khách về lại đầu hàng đợi và giám sát được báo.",
        "en": "An agent who does not answer loses the talk: it goes to the front of the queue.",
    },
    "rules.means.offline_after": {
        "vi": "Trang làm việc của nhân viên không còn tín hiệu: không giao thêm, khách đang chờ "
        "trả lời được chuyển cho người khác.",
        "en": "Without a sign of their console an agent gets nobody; who waits goes to another.",
    },
    "rules.means.ageing": {
        "vi": "Cứ chờ thêm ngần này, khách được xếp như gấp hơn một bậc, nên không ai bị bỏ quên.",
        "en": "Waiting so long makes up for one step of priority, so nobody is forgotten.",
    },
    "rules.means.tell_every": {
        "vi": "Khách đang chờ được báo mình đứng thứ mấy và còn khoảng bao lâu.",
        "en": "Customers in the queue hear their place and about how long it takes.",
    },
    "rules.means.abandon_after": {
        "vi": "Khách im lặng lâu như vậy khi chưa ai trả lời: tính là một lần lỡ khách và có người "
        "liên hệ lại.",
        "en": "Silent for so long before anybody answered: counted as lost, and followed up.",
    },
    "rules.weights": {"vi": "Một cuộc qua mỗi kênh tính là mấy", "en": "Weight of each channel"},
    "rules.weights_hint": {
        "vi": "Bình thường là 1. Kênh khách trả lời chậm có thể tính 0,5; kênh cần trả lời liên "
        "tục có thể tính 1,5.",
        "en": "Usually 1. A slow channel may count 0.5, one that keeps people busy 1.5.",
    },
    "rules.tags_label": {
        "vi": "Nhãn nhân viên được chọn khi gắn cho cuộc trò chuyện",
        "en": "Tags that agents choose from",
    },
    "rules.tags_hint": {
        "vi": "Mỗi dòng một nhãn. Bỏ nhãn ở đây không xoá nhãn đã gắn.",
        "en": "One on each line. Conversations keep the tags they have.",
    },
    # history
    "rules.history_lead": {
        "vi": "Ai đổi gì, lúc nào. Mỗi lần lưu là một bản; khôi phục bản cũ cũng được ghi lại.",
        "en": "Who changed what, and when. Going back to an earlier version is told here, too.",
    },
    "rules.history_empty": {
        "vi": "Chưa ai đổi gì. Bàn hỗ trợ đang dùng bộ luật có sẵn.",
        "en": "Nothing was changed yet: the rules are those that every shop starts with.",
    },
    "rules.by_nobody": {"vi": "Hệ thống", "en": "System"},
    "rules.no_change": {"vi": "Không khác bản trước.", "en": "No different from the one before."},
    "rules.in_force": {"vi": "đang áp dụng", "en": "in force"},
    "rules.same_as_now": {
        "vi": "Giống hệt bản đang áp dụng.",
        "en": "The same as what is in force.",
    },
    "rules.restore": {"vi": "Khôi phục bản này", "en": "Restore this version"},
    "rules.restore_hint": {
        "vi": "So với bản đang áp dụng, khôi phục sẽ đổi:",
        "en": "Compared with what is in force, this changes:",
    },
    "rules.restored": {"vi": "Khôi phục bản cũ", "en": "An earlier version restored"},
    # wording
    "rules.sentences_lead": {
        "vi": "Những câu hàng đợi tự nói với khách. Viết với “anh/chị” và “em”: khách xưng cô, "
        "chú, bác thì câu tự đổi theo.",
        "en": "What the queue itself says to customers. Vietnamese is written to “anh/chị” from "
        "“em” and changes by itself for customers who are called otherwise.",
    },
    "rules.sentences_back": {"vi": "Tất cả các câu", "en": "All sentences"},
    "rules.sentence_own": {"vi": "đã sửa", "en": "changed"},
    "rules.sentence_in.vi": {"vi": "Tiếng Việt", "en": "Vietnamese"},
    "rules.sentence_in.en": {"vi": "Tiếng Anh", "en": "English"},
    "rules.sentence_blanks": {
        "vi": "Chỗ trống trong câu, câu nào cũng phải có đủ:",
        "en": "Blanks, all of which must be in the sentence:",
    },
    "rules.sentence_no_blanks": {
        "vi": "Câu này không có chỗ trống nào.",
        "en": "This sentence has no blanks.",
    },
    "rules.sentence_preview": {"vi": "Khách sẽ đọc", "en": "Customers will read"},
    "rules.sentence_preview_aunt": {
        "vi": "Khách xưng cô sẽ đọc",
        "en": "A customer called “cô” will read",
    },
    "rules.sentence_try": {"vi": "Xem thử", "en": "Preview"},
    "rules.sentence_default": {"vi": "Về câu có sẵn", "en": "Back to the default"},
    "rules.sentence.queued": {"vi": "Vào hàng đợi", "en": "Enters the queue"},
    "rules.sentence.queued_minutes": {
        "vi": "Vào hàng đợi, biết phải chờ bao lâu",
        "en": "Enters the queue, the wait is known",
    },
    "rules.sentence.failed": {
        "vi": "Vào hàng đợi vì trợ lý gặp lỗi",
        "en": "Enters the queue after a failure",
    },
    "rules.sentence.failed_minutes": {
        "vi": "Vào hàng đợi vì trợ lý gặp lỗi, biết phải chờ bao lâu",
        "en": "Enters the queue after a failure, the wait is known",
    },
    "rules.sentence.still_queued": {"vi": "Vẫn đang chờ", "en": "Still waiting"},
    "rules.sentence.still_queued_minutes": {
        "vi": "Vẫn đang chờ, biết còn bao lâu",
        "en": "Still waiting, the wait is known",
    },
    "rules.sentence.out_of_hours": {"vi": "Ngoài giờ làm việc", "en": "Out of hours"},
    "rules.sentence.out_of_hours_failed": {
        "vi": "Ngoài giờ làm việc, trợ lý gặp lỗi",
        "en": "Out of hours, after a failure",
    },
    "rules.sentence.contact_noted": {
        "vi": "Đã ghi lại số liên hệ",
        "en": "The contact has been noted",
    },
    "rules.sentence.transferred": {"vi": "Chuyển sang nhóm khác", "en": "Passed to another team"},
    "rules.sentence.accepted": {"vi": "Nhân viên vào hỗ trợ", "en": "An agent has joined"},
    "rules.sentence.returned": {"vi": "Trả lại cho trợ lý", "en": "Returned to the assistant"},
    "rules.sentence.taken_back": {
        "vi": "Khách không cần nhân viên nữa",
        "en": "The customer needs nobody any more",
    },
    "rules.sentence.kept_in_queue": {
        "vi": "Khách muốn thôi nhưng việc quan trọng",
        "en": "They want to leave, but it matters",
    },
    "rules.sentence.resolved": {"vi": "Đóng cuộc trò chuyện", "en": "The conversation is closed"},
    "rules.sentence.abandoned": {
        "vi": "Khách bỏ đi khi chưa ai trả lời",
        "en": "The customer left unanswered",
    },
    "rules.blank.place": {"vi": "đứng thứ mấy trong hàng", "en": "the place in the queue"},
    "rules.blank.low": {"vi": "chờ ít nhất mấy phút", "en": "the least minutes"},
    "rules.blank.high": {"vi": "chờ nhiều nhất mấy phút", "en": "the most minutes"},
    "rules.blank.opens": {"vi": "lúc làm việc lại", "en": "when we open again"},
    "rules.blank.by": {"vi": "hẹn trả lời trước lúc nào", "en": "the promised time"},
    "rules.blank.contact": {"vi": "số khách để lại", "en": "the contact they left"},
    "rules.blank.team": {"vi": "tên nhóm", "en": "the team"},
    "rules.blank.agent": {"vi": "tên nhân viên", "en": "the agent"},
    "rules.told.sentence": {"vi": "Câu “{name}” ({locale})", "en": "“{name}” ({locale})"},
    "rules.invalid.missing_blank": {
        "vi": "Câu thiếu chỗ trống {{{name}}}.",
        "en": "The blank {{{name}}} is missing.",
    },
    "rules.invalid.unknown_blank": {
        "vi": "Câu này không có chỗ trống {{{name}}}.",
        "en": "This sentence has no blank {{{name}}}.",
    },
    "rules.invalid.bad_braces": {
        "vi": "Dấu ngoặc nhọn chưa đóng mở đúng cặp.",
        "en": "The curly braces do not match.",
    },
    "rules.invalid.too_long": {
        "vi": "Câu dài quá 1000 ký tự, bạn rút ngắn giúp nhé.",
        "en": "It is longer than 1,000 characters; please shorten it.",
    },
    # --- end of the desk's rules
    # --- suggested answers
    "suggest.title": {"vi": "Gợi ý trả lời", "en": "Suggested answers"},
    "suggest.faq": {"vi": "Hỏi đáp: {title}", "en": "FAQ: {title}"},
    "suggest.talk": {"vi": "{by} đã trả lời, cuộc #{id}", "en": "{by} answered so, #{id}"},
}

WORDS |= records_words.WORDS
WORDS |= figure_words.WORDS
WORDS |= content_words.WORDS
WORDS |= flow_words.WORDS
WORDS |= {f"intent.{code}": {"vi": vi, "en": en} for code, (vi, en) in TITLES.items()}
WORDS |= OUTREACH
WORDS |= digest_words.WORDS
WORDS |= retention_words.WORDS
WORDS |= risk_words.WORDS
WORDS |= unanswered_words.WORDS

# What the inbox's own scripts say.
FOR_SCRIPTS = (
    "action.",
    "alarm.",
    "app.close",
    "attachment.",
    "author.",
    "card.",
    "board.",
    "channel.",
    "clock.",
    "compose.",
    "delivery.",
    "dialog.",
    "done.",
    "due.",
    "facts.",
    "failure.code",
    "given.",
    "inbox.",
    "instead.",
    "intent.",
    "live.",
    "mood.",
    "native.",
    "note.",
    "notify.",
    "outcome.",
    "pack.",
    "permission.",
    "presence.",
    "promise.",
    "reason.",
    "refused.",
    "resolution.",
    "status.",
    "suggest.",
    "tag.",
    "time.",
    "told.",
    "typing.",
    "weekday.",
    "who.",
    "why.",
    "window.",
)


def say(language: str, key: str, **values: object) -> str:
    """The words for a key, filled in."""
    return WORDS[key][language].format(**values)


def name_of(language: str, group: str, code: str) -> str:
    """The words for a code of ours, or the code itself when it has none."""
    forms = WORDS.get(f"{group}.{code}")
    return forms[language] if forms else code.replace("_", " ")


def refusal(language: str, reason: str) -> tuple[str, str]:
    """One of permission.REASONS in words: what stands in the way, and what may be done."""
    way = say(language, f"instead.{reason}")
    return say(language, f"permission.{reason}"), say(language, "permission.instead", way=way)


def in_app(language: str, channel: str) -> str:
    """Who said something in a platform's own app: which colleague, no platform tells."""
    return say(language, "author.in_this_app", app=name_of(language, "native", channel))


def source(language: str, told: object) -> str:
    """Where a customer came from, as connectors tell it."""
    kind, _, name = str(told or "").partition(":")
    return say(language, "facts.from_ad", id=name) if kind == "ad" and name else str(told or "")


def why_not(language: str, reason: str) -> str:
    """The same as one text."""
    return " ".join(refusal(language, reason))


def for_scripts(language: str) -> dict[str, str]:
    return {key: forms[language] for key, forms in WORDS.items() if key.startswith(FOR_SCRIPTS)}


def moment(time: datetime | None) -> str:
    """A time as a supervisor reads it, in Vietnam."""
    return time.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M") if time else ""


def clock(language: str, time: datetime, now: datetime) -> str:
    """The hour, with its day unless that is today."""
    here = time.astimezone(VIETNAM)
    key = "today" if here.date() == now.astimezone(VIETNAM).date() else "date"
    return say(language, f"clock.{key}", time=f"{here:%H:%M}", date=f"{here:%d/%m/%Y}")


def due(language: str, time: datetime, now: datetime) -> str:
    """When something is due: its hour, and its day as people say it."""
    here = time.astimezone(VIETNAM)
    ahead = (here.date() - now.astimezone(VIETNAM).date()).days
    key = {0: "today", 1: "tomorrow"}.get(ahead, "day")
    weekday = say(language, f"weekday.{here.weekday()}")
    return say(language, f"due.{key}", time=f"{here:%H:%M}", weekday=weekday, date=f"{here:%d/%m}")


def duration(language: str, span: timedelta) -> str:
    """A span of time in its one or two greatest units."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 60:
        return say(language, "time.seconds", n=seconds)
    if seconds < 3600:
        return say(language, "time.minutes", n=seconds // 60)
    if seconds < 86400:
        return say(language, "time.hours", h=seconds // 3600, m=seconds % 3600 // 60)
    return say(language, "time.days", n=seconds // 86400)
