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
    "outreach.resume": {"vi": "Mời làm tiếp phần đang dở", "en": "Going on with a form"},
    "outreach.csat": {"vi": "Khảo sát sau hỗ trợ", "en": "Survey after a talk"},
    "outreach.reminder": {"vi": "Nhắc khảo sát", "en": "Survey reminder"},
    "outreach.news": {"vi": "Tin ưu đãi sau mua", "en": "Offers after a purchase"},
    "outreach.delay": {"vi": "Báo đơn giao trễ", "en": "A late order"},
    "outreach.repair_delay": {"vi": "Báo sửa chữa trễ", "en": "A late repair"},
    "outreach.repair_ready": {"vi": "Nhắc nhận máy đã sửa", "en": "A repair to collect"},
    "outreach.warranty": {"vi": "Nhắc sắp hết bảo hành", "en": "Warranty about to end"},
    "outreach.csi": {"vi": "Khảo sát mức hài lòng", "en": "Satisfaction survey"},
    "outreach.expectations": {"vi": "Hỏi điều khách mong đợi", "en": "What they expect"},
    "outreach.share": {"vi": "Cảm ơn khách sẵn lòng giới thiệu", "en": "Thanks to a promoter"},
    "outreach.birthday": {"vi": "Chúc sinh nhật", "en": "Birthday"},
    "outreach.festival": {"vi": "Chúc ngày lễ", "en": "Festive greeting"},
    "outreach.campaign": {"vi": "Chiến dịch", "en": "Campaign"},
    "outreach.at_risk": {"vi": "Hỏi thăm khách chưa vui", "en": "After a bad experience"},
    "outreach.winback": {"vi": "Hỏi lý do khách rời đi", "en": "Why a customer left"},
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
    "unsent.their_hours": {"vi": "ngoài giờ khách muốn nhận tin", "en": "not the person’s hours"},
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
    "unsent.restored": {
        "vi": "dữ liệu được khôi phục từ bản sao lưu, tin có thể đã gửi rồi",
        "en": "restored from a backup: it may have gone out already",
    },
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
        "vi": "khách vừa được hỏi ý kiến",
        "en": "the customer was asked only lately",
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
    # --- campaigns
    "campaign.title": {"vi": "Chiến dịch", "en": "Campaigns"},
    "campaign.lead": {
        "vi": "Một tin gửi cho nhiều khách: mỗi khách nhận nhiều nhất một lần, trên kênh khách đã "
        "đồng ý.",
        "en": "One message to many customers: once each at most, where they agreed to it.",
    },
    "campaign.new": {"vi": "Chiến dịch mới", "en": "New campaign"},
    "campaign.empty": {"vi": "Chưa có chiến dịch nào.", "en": "There are no campaigns."},
    "campaign.back": {"vi": "Tất cả chiến dịch", "en": "All campaigns"},
    "campaign.state.draft": {"vi": "Bản nháp", "en": "Draft"},
    "campaign.state.running": {"vi": "Đang gửi", "en": "Running"},
    "campaign.state.paused": {"vi": "Tạm dừng", "en": "Paused"},
    "campaign.state.done": {"vi": "Đã xong", "en": "Done"},
    "campaign.state.cancelled": {"vi": "Đã huỷ", "en": "Cancelled"},
    "campaign.counts": {
        "vi": "{sent} đã gửi · {waiting} chờ · {refused} không gửi được",
        "en": "{sent} sent · {waiting} waiting · {refused} not sent",
    },
    "campaign.name": {"vi": "Tên chiến dịch", "en": "Name"},
    "campaign.purpose": {"vi": "Mục đích", "en": "Purpose"},
    "campaign.purpose.promotion": {"vi": "Ưu đãi, bán hàng", "en": "Offers"},
    "campaign.purpose.care": {"vi": "Chăm sóc, không bán hàng", "en": "Care, nothing is sold"},
    "campaign.text": {"vi": "Nội dung", "en": "Text"},
    "campaign.text_hint": {
        "vi": "Viết với anh/chị và em; khi gửi, trợ lý đổi theo cách xưng hô của từng khách. Điền "
        "được: {names}.",
        "en": "Write to anh/chị from em; each customer is called as they like. You may use "
        "{names}.",
    },
    "campaign.honest": {
        "vi": "Xin hai phút: hỏi ba câu rồi gợi ý",
        "en": "Ask for two minutes: three questions, then a proposal",
    },
    "campaign.honest_hint": {
        "vi": "Trợ lý nói rõ mình là ai, xin chưa tới 2 phút với 3 câu hỏi, rồi giữ đúng lời. "
        "Khách bận thì được hẹn giờ gọi lại. Lời của bạn dài nhất {n} chữ.",
        "en": "The assistant says who it is, asks for less than two minutes and three questions, "
        "and keeps to it. Who is busy is offered a call. Your own words: {n} at most.",
    },
    "campaign.product": {"vi": "Mã sản phẩm", "en": "Product"},
    "campaign.product_hint": {
        "vi": "Khách hỏi “giá?” thì trợ lý trả lời về sản phẩm này.",
        "en": "“How much?” is answered about this product.",
    },
    "campaign.segment": {"vi": "Gửi cho khách nào", "en": "To whom"},
    "campaign.bought": {"vi": "Đã mua loại hàng", "en": "Has bought"},
    "campaign.stage": {"vi": "Nhóm khách", "en": "Stage"},
    "campaign.stage.prospect": {"vi": "Chưa mua lần nào", "en": "Has not bought yet"},
    "campaign.stage.customer": {"vi": "Mua trong 180 ngày qua", "en": "Bought within 180 days"},
    "campaign.stage.lapsed": {"vi": "Lâu rồi chưa quay lại", "en": "Has not come back for long"},
    "campaign.ordered_after": {"vi": "Đơn gần nhất từ ngày", "en": "Last order from"},
    "campaign.ordered_before": {"vi": "Đơn gần nhất trước ngày", "en": "Last order before"},
    "campaign.day_hint": {"vi": "VD: 01/06/2026", "en": "Like 01/06/2026"},
    "campaign.spent": {"vi": "Đã chi ít nhất (đồng)", "en": "Has spent at least (đồng)"},
    "campaign.channels": {"vi": "Kênh được dùng", "en": "Channels"},
    "campaign.channels_hint": {
        "vi": "Không chọn kênh nào nghĩa là dùng được mọi kênh.",
        "en": "None chosen means all of them.",
    },
    "campaign.holdout": {"vi": "Nhóm đối chứng (%)", "en": "Held out (%)"},
    "campaign.holdout_hint": {
        "vi": "0–20 %. Những khách này không nhận tin, để biết tin có hiệu quả thật không.",
        "en": "0–20 %. They get nothing, so that the effect can be told.",
    },
    "campaign.starts": {"vi": "Ngày gửi", "en": "Day"},
    "campaign.starts_hint": {
        "vi": "VD: 06/02/2027, hoặc mùng 1 Tết 2027. Bỏ trống là gửi ngay khi bắt đầu.",
        "en": "Like 06/02/2027 or mùng 1 Tết 2027. Empty: as soon as it is started.",
    },
    "campaign.time": {"vi": "Giờ gửi", "en": "Time"},
    "campaign.save": {"vi": "Lưu và xem thử", "en": "Save and look"},
    "campaign.preview": {"vi": "Khách sẽ thấy", "en": "As customers read it"},
    "campaign.dry": {"vi": "Xem trước khi gửi", "en": "Dry run"},
    "campaign.dry_lead": {
        "vi": "Chưa gửi gì cả. Trong nhóm có {n} khách:",
        "en": "Nothing is sent. The segment has {n} people:",
    },
    "campaign.dry.reach": {"vi": "Nhận được trên {channel}", "en": "Reached on {channel}"},
    "campaign.dry.held_out": {"vi": "Để làm nhóm đối chứng", "en": "Held out"},
    "campaign.dry.refused": {"vi": "Không gửi: {why}", "en": "Not sent: {why}"},
    "campaign.dry.billed": {"vi": "Tin phải trả phí cho kênh", "en": "Billed messages"},
    "campaign.dry.who": {"vi": "Ai không nhận được, vì sao", "en": "Who gets nothing, and why"},
    "campaign.people": {"vi": "Số khách", "en": "People"},
    "campaign.part": {"vi": "Phần", "en": "Part"},
    "campaign.do.start": {"vi": "Bắt đầu gửi", "en": "Start"},
    "campaign.do.pause": {"vi": "Tạm dừng", "en": "Pause"},
    "campaign.do.resume": {"vi": "Gửi tiếp", "en": "Go on"},
    "campaign.do.cancel": {"vi": "Huỷ chiến dịch", "en": "Cancel the campaign"},
    "campaign.decided": {"vi": "Ai đã làm gì", "en": "Who did what"},
    "campaign.cancel_sure": {
        "vi": "Những khách chưa nhận sẽ không nhận nữa, và chiến dịch không mở lại được.",
        "en": "Who has not been written to will not be, and the campaign cannot be opened again.",
    },
    "campaign.cancel_yes": {"vi": "Huỷ hẳn", "en": "Cancel it for good"},
    "campaign.result": {"vi": "Đã gửi tới đâu", "en": "How far it is"},
    "campaign.effect": {"vi": "Hiệu quả trong {n} ngày", "en": "Effect within {n} days"},
    "campaign.effect.wrote_at": {"vi": "Nhắn lại cho shop", "en": "Wrote to us"},
    "campaign.effect.ordered_at": {"vi": "Đặt hàng", "en": "Ordered"},
    "campaign.effect.sent": {"vi": "Đã nhận tin", "en": "Written to"},
    "campaign.effect.held_out": {"vi": "Đối chứng", "en": "Held out"},
    "campaign.effect.difference": {"vi": "Chênh lệch", "en": "Difference"},
    "campaign.effect.interval": {
        "vi": "95 %: từ {low} đến {high} điểm",
        "en": "95 %: {low} to {high} points",
    },
    "campaign.effect.unsure": {
        "vi": "Chưa chắc là nhờ tin nhắn",
        "en": "It may be chance",
    },
    "campaign.effect.none": {
        "vi": "Chưa đủ hai nhóm để so sánh.",
        "en": "There are not two groups to compare.",
    },
    "campaign.wrong.name": {
        "vi": "Bạn đặt tên cho chiến dịch nhé (nhiều nhất 120 chữ).",
        "en": "Give it a name of at most 120 letters.",
    },
    "campaign.wrong.purpose": {"vi": "Bạn chọn mục đích nhé.", "en": "Choose a purpose."},
    "campaign.wrong.text": {"vi": "Nội dung đang trống.", "en": "The text is empty."},
    "campaign.wrong.too_long": {
        "vi": "Nội dung dài quá 1000 chữ.",
        "en": "The text has more than 1000 letters.",
    },
    "campaign.wrong.variables": {
        "vi": "Có chỗ điền mà trợ lý không hiểu: {names}.",
        "en": "These blanks are not known: {names}.",
    },
    "campaign.wrong.sells": {
        "vi": "Tin chăm sóc không được nhắc giá, ưu đãi hay mời mua. Bạn sửa lại, hoặc chọn mục "
        "đích ưu đãi.",
        "en": "Care names no prices and offers. Change the text, or make it an offer.",
    },
    "campaign.wrong.honest": {
        "vi": "Đã xin hai phút thì lời mở đầu phải gọn: dài nhất 30 chữ.",
        "en": "Who asks for two minutes opens briefly: 30 words at most.",
    },
    "campaign.wrong.sales_day": {
        "vi": "Mùng 1 Tết chỉ gửi lời chúc, không gửi tin bán hàng.",
        "en": "On the first day of Tết there are wishes only.",
    },
    "campaign.wrong.holdout": {
        "vi": "Nhóm đối chứng từ 0 đến 20 %.",
        "en": "Hold out 0 to 20 %.",
    },
    "campaign.wrong.starts_at": {
        "vi": "Ngày giờ gửi chưa đúng, hoặc xa quá 90 ngày.",
        "en": "The day is none, is over, or is more than 90 days off.",
    },
    "campaign.wrong.ordered_after": {
        "vi": "“Đơn gần nhất từ ngày” chưa đúng.",
        "en": "“Last order from” is no day.",
    },
    "campaign.wrong.ordered_before": {
        "vi": "“Đơn gần nhất trước ngày” chưa đúng.",
        "en": "“Last order before” is no day.",
    },
    "campaign.wrong.spent": {"vi": "Số tiền chưa đúng.", "en": "That is no amount."},
    "campaign.wrong.state": {
        "vi": "Chiến dịch này vừa được người khác đổi trạng thái.",
        "en": "Somebody else has just changed the state of this campaign.",
    },
}
