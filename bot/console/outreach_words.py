"""The words of the pages about what we write of ourselves: the care calendar, campaigns."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "app.care": {"vi": "Chăm sóc", "en": "Care"},
    "care.title": {"vi": "Lịch chăm sóc", "en": "Care calendar"},
    "care.lead": {
        "vi": "Những tin shop sẽ chủ động gửi khách trong {days} ngày tới. Trước khi gửi, mỗi tin "
        "được kiểm tra lại một lần nữa.",
        "en": "What the shop will write of itself in the next {days} days. Each message is looked "
        "at once more before it goes.",
    },
    "care.export": {"vi": "Tải CSV", "en": "Download CSV"},
    "care.total": {"vi": "{n} tin", "en": "{n} messages"},
    "care.empty": {
        "vi": "Chưa có tin nào trong những ngày này.",
        "en": "Nothing is planned for these days.",
    },
    "care.wrong_day": {
        "vi": "Ngày chưa đúng nên bộ lọc này được bỏ qua: {names}.",
        "en": "These are no days, so they were left out: {names}.",
    },
    "care.pages": {"vi": "Trang", "en": "Pages"},
    "care.previous": {"vi": "Trước", "en": "Previous"},
    "care.next": {"vi": "Tiếp", "en": "Next"},
    "care.column.time": {"vi": "Giờ gửi", "en": "Time"},
    "care.column.customer": {"vi": "Khách", "en": "Customer"},
    "care.column.channel": {"vi": "Kênh", "en": "Channel"},
    "care.column.kind": {"vi": "Loại tin", "en": "Kind"},
    "care.column.about": {"vi": "Về", "en": "About"},
    "care.column.state": {"vi": "Trạng thái", "en": "State"},
    "care.column.standing": {"vi": "Gửi được không", "en": "May it go"},
    "care.day.today": {"vi": "Hôm nay, {weekday} {date}", "en": "Today, {weekday} {date}"},
    "care.day.other": {"vi": "{weekday} {date}", "en": "{weekday} {date}"},
    # What is written.
    "outreach.thanks": {"vi": "Cảm ơn sau khi giao", "en": "Thanks after delivery"},
    "outreach.how_to": {"vi": "Hỏi thăm khi mới dùng", "en": "Help with first use"},
    "outreach.order_survey": {"vi": "Khảo sát sau mua", "en": "Survey after a purchase"},
    "outreach.csat": {"vi": "Khảo sát sau hỗ trợ", "en": "Survey after a talk"},
    "outreach.reminder": {"vi": "Nhắc khảo sát", "en": "Survey reminder"},
    "outreach.news": {"vi": "Tin ưu đãi sau mua", "en": "Offers after a purchase"},
    "outreach.delay": {"vi": "Báo đơn giao trễ", "en": "A late order"},
    "outreach.repair_delay": {"vi": "Báo sửa chữa trễ", "en": "A late repair"},
    "outreach.birthday": {"vi": "Chúc sinh nhật", "en": "Birthday"},
    "outreach.festival": {"vi": "Chúc ngày lễ", "en": "Festive greeting"},
    "outreach.campaign": {"vi": "Chiến dịch", "en": "Campaign"},
    "outreach.at_risk": {"vi": "Hỏi thăm khách chưa vui", "en": "After a bad experience"},
    "outreach.winback": {"vi": "Mời khách cũ quay lại", "en": "Win-back"},
    "care.about.code": {"vi": "đơn {code}", "en": "order {code}"},
    "care.about.repair": {"vi": "phiếu {code}", "en": "repair {code}"},
    # Where it stands.
    "care.state.waiting": {"vi": "Chờ gửi", "en": "Waiting"},
    "care.state.sent": {"vi": "Đã gửi", "en": "Sent"},
    "care.state.refused": {"vi": "Bị từ chối", "en": "Refused"},
    "care.state.cancelled": {"vi": "Đã huỷ", "en": "Cancelled"},
    "care.state.held_out": {"vi": "Nhóm đối chứng", "en": "Held out"},
    "care.will.send": {"vi": "Gửi được", "en": "May go"},
    "care.will.paid": {"vi": "Gửi được, có tính phí", "en": "May go, billed"},
    "care.will.template": {
        "vi": "Gửi được bằng tin mẫu đã duyệt",
        "en": "May go as an approved template",
    },
    "care.will.wait": {"vi": "Sẽ lùi tới {time}: {why}", "en": "Will wait until {time}: {why}"},
    "care.will.refuse": {"vi": "Sẽ không gửi: {why}", "en": "Will not go: {why}"},
    "care.was.sent": {"vi": "Đã gửi lúc {time}", "en": "Sent at {time}"},
    "care.was.refused": {"vi": "Không gửi: {why}", "en": "Not sent: {why}"},
    "care.was.cancelled": {"vi": "Đã bỏ: {why}", "en": "Dropped: {why}"},
    "care.was.cancelled_by": {"vi": "{by} đã huỷ", "en": "Cancelled by {by}"},
    "care.was.held_out": {
        "vi": "Không gửi, để đo hiệu quả chiến dịch",
        "en": "Not sent: the campaign is measured against these",
    },
    "care.moved_by": {"vi": "{by} đã dời giờ", "en": "Moved by {by}"},
    "care.moved": {"vi": "Đã lùi vì {why}", "en": "It was put off: {why}"},
    "care.open": {"vi": "Xem hội thoại", "en": "Open the conversation"},
    # Why not: every reason of permission, and our own.
    "unsent.unreachable": {
        "vi": "khách đã chặn hoặc rời kênh",
        "en": "the customer has blocked or left the channel",
    },
    "unsent.opted_out": {
        "vi": "khách đã từ chối loại tin này",
        "en": "the customer does not want this kind",
    },
    "unsent.no_consent": {
        "vi": "khách chưa đồng ý nhận loại tin này",
        "en": "the customer has not agreed to this kind",
    },
    "unsent.no_need": {
        "vi": "khách nói chưa có nhu cầu",
        "en": "the customer has no need at present",
    },
    "unsent.open_complaint": {
        "vi": "khách có khiếu nại chưa xong",
        "en": "the customer has an open complaint",
    },
    "unsent.never_written": {
        "vi": "khách chưa nhắn lần nào trên kênh này",
        "en": "the customer has never written on this channel",
    },
    "unsent.quota_used": {
        "vi": "kênh đã hết số tin của tháng",
        "en": "the channel’s messages of this month are used up",
    },
    "unsent.quiet_hours": {"vi": "giờ nghỉ ban đêm", "en": "quiet hours"},
    "unsent.often_enough": {
        "vi": "khách đã nhận đủ số tin loại này",
        "en": "the customer has had enough of this kind",
    },
    "unsent.by_hand_only": {
        "vi": "kênh chỉ còn nhận tin nhân viên viết tay",
        "en": "the channel only takes what a person writes",
    },
    "unsent.no_template": {
        "vi": "kênh chỉ còn nhận tin mẫu, shop chưa có mẫu",
        "en": "the channel only takes templates, and there is none",
    },
    "unsent.window_closed": {
        "vi": "khách im lặng đã lâu, kênh không nhận nữa",
        "en": "the customer has been silent for too long for this channel",
    },
    "unsent.too_late": {"vi": "đã quá muộn để gửi", "en": "it is too late for it"},
    "unsent.no_longer": {"vi": "việc đã thay đổi", "en": "things have changed"},
    "unsent.no_sales_today": {
        "vi": "hôm nay không gửi tin bán hàng",
        "en": "nothing that sells goes out today",
    },
    "unsent.with_person": {
        "vi": "khách đang được nhân viên hỗ trợ",
        "en": "the customer is with a person",
    },
    "unsent.talking": {"vi": "khách đang trò chuyện", "en": "the customer is talking"},
    "unsent.in_form": {
        "vi": "khách đang làm dở một yêu cầu",
        "en": "the customer is in the middle of something",
    },
    "unsent.asked_already": {
        "vi": "khách đang có khảo sát khác",
        "en": "the customer has another survey open",
    },
    "unsent.failed": {
        "vi": "trợ lý gặp lỗi nhiều lần",
        "en": "the assistant failed several times",
    },
    # What a supervisor may do.
    "care.change": {"vi": "Đổi", "en": "Change"},
    "care.at": {"vi": "Giờ gửi mới (giờ Việt Nam)", "en": "New time (in Vietnam)"},
    "care.move": {"vi": "Dời giờ", "en": "Move"},
    "care.cancel": {"vi": "Huỷ tin này", "en": "Cancel it"},
    "care.done.moved": {"vi": "Đã dời giờ gửi.", "en": "Moved."},
    "care.done.cancelled": {"vi": "Đã huỷ, tin này sẽ không gửi.", "en": "Cancelled."},
    "care.done.gone": {
        "vi": "Tin này không còn chờ gửi nữa nên không đổi được.",
        "en": "This message is not waiting any more.",
    },
    "care.done.wrong": {
        "vi": "Giờ mới phải ở phía trước, trong vòng {days} ngày.",
        "en": "The new time must lie ahead, within {days} days.",
    },
}
