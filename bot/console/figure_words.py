"""The words of the figures' pages: what each figure is called, and what it means."""

from __future__ import annotations

from typing import Final

# By a figure's name: Vietnamese and English, then what it means in both.
_FIGURES: Final[dict[str, tuple[str, str, str, str]]] = {
    "nps": (
        "NPS (mức sẵn lòng giới thiệu)",
        "NPS (loyalty)",
        "Tỷ lệ khách cho 9–10 điểm trừ tỷ lệ khách cho 0–6 điểm, từ −100 đến 100. Cho biết khách "
        "gắn bó ra sao, không phải mức hài lòng.",
        "Share of marks 9–10 minus share of marks 0–6, from −100 to 100. Tells loyalty, not "
        "satisfaction.",
    ),
    "csat": (
        "CSAT (hài lòng sau trò chuyện)",
        "CSAT (satisfied with the talk)",
        "Tỷ lệ khách chấm 4–5 trên thang 5.",
        "Share of marks 4–5 of five.",
    ),
    "csat_human": (
        "CSAT khi có nhân viên",
        "CSAT with a person",
        "Chỉ tính cuộc trò chuyện có nhân viên tham gia.",
        "Only talks that people had a part in.",
    ),
    "csat_bot": (
        "CSAT khi chỉ có trợ lý",
        "CSAT with the assistant alone",
        "Chỉ tính cuộc trò chuyện trợ lý tự lo từ đầu đến cuối.",
        "Only talks that the assistant handled alone.",
    ),
    "at_risk_followed": (
        "Được hỏi thăm trong một ngày làm việc",
        "Followed up within a working day",
        "Trong số khách có trải nghiệm chưa tốt, bao nhiêu người được nhân viên liên hệ lại kịp.",
        "Of those with a bad experience, how many a person got back to in time.",
    ),
    "csat_response": (
        "Tỷ lệ trả lời khảo sát",
        "Survey response rate",
        "Số khách đã chấm trên số khách được hỏi.",
        "Answers out of those asked.",
    ),
    "csi": (
        "CSI (chỉ số hài lòng tổng hợp)",
        "CSI (satisfaction index)",
        "Từ 0 đến 100: tốc độ 25%, thái độ 25%, sản phẩm 20%, giao hàng 15%, giải quyết 15%. Tính "
        "theo (điểm trung bình − 1) / 4.",
        "From 0 to 100: speed 25%, attitude 25%, product 20%, delivery 15%, solution 15%, each as "
        "(mean − 1) / 4.",
    ),
    "service_level": (
        "Trả lời kịp trong 5 phút",
        "Answered within 5 minutes",
        "Khách chuyển tới nhân viên trong giờ làm việc và được nhân viên trả lời trong 300 giây. "
        "Không tính khách rời đi trong vòng 10 giây.",
        "Handed off in working hours and answered by a person within 300 seconds. Who left within "
        "10 seconds is not counted.",
    ),
    "asa": (
        "Trung bình chờ câu trả lời đầu",
        "Average speed of answer",
        "Thời gian trung bình từ lúc chuyển tới nhân viên đến câu trả lời đầu tiên, tính theo giờ "
        "làm việc.",
        "Mean time from the hand-off to a person's first reply, in working time.",
    ),
    "first_reply_median": (
        "Câu trả lời đầu, trung vị",
        "First reply, median",
        "Một nửa số khách chờ ngắn hơn mức này.",
        "Half of the customers waited less.",
    ),
    "first_reply_p90": (
        "Câu trả lời đầu, 9/10 khách",
        "First reply, 90th percentile",
        "Cứ 10 khách thì 9 khách chờ không quá mức này.",
        "Nine in ten customers waited no longer.",
    ),
    "next_reply_median": (
        "Câu trả lời tiếp theo, trung vị",
        "Next reply, median",
        "Từ lúc khách nhắn tiếp đến lúc nhân viên trả lời.",
        "From what a customer writes later to a person's reply.",
    ),
    "next_reply_p90": (
        "Câu trả lời tiếp theo, 9/10 lượt",
        "Next reply, 90th percentile",
        "Cứ 10 lượt thì 9 lượt không quá mức này.",
        "Nine in ten took no longer.",
    ),
    "wait_median": (
        "Chờ trong hàng, trung vị",
        "Wait in the queue, median",
        "Đến khi có nhân viên nhận, hoặc khách rời đi.",
        "Until an agent took it, or the customer left.",
    ),
    "wait_p90": (
        "Chờ trong hàng, 9/10 khách",
        "Wait in the queue, 90th percentile",
        "Cứ 10 khách thì 9 khách chờ không quá mức này.",
        "Nine in ten waited no longer.",
    ),
    "abandon": (
        "Khách bỏ đi khi chưa ai trả lời",
        "Abandoned",
        "Khách đóng trang hoặc im lặng 30 phút mà chưa nhân viên nào trả lời.",
        "The customer closed the page or was silent for 30 minutes before any person answered.",
    ),
    "rescued": (
        "Bỏ đi rồi vẫn được trả lời",
        "Left, answered all the same",
        "Khách đã rời đi nhưng sau đó nhân viên vẫn trả lời.",
        "The customer had left, and a person answered later.",
    ),
    "resolution": (
        "Giải quyết xong",
        "Resolved",
        "Cuộc trò chuyện với nhân viên đã kết thúc và đã giải quyết.",
        "Talks with people that ended solved.",
    ),
    "fcr": (
        "Xong ngay lần đầu (FCR)",
        "First contact resolution",
        "Đã giải quyết và khách không phải hỏi lại cùng việc đó trong 7 ngày.",
        "Solved, and the customer did not come back with the same matter within 7 days.",
    ),
    "promise_kept": (
        "Giữ đúng hẹn",
        "Promises kept",
        "Lời hẹn đã đến hạn được thực hiện đúng giờ. Khách dời hẹn trước hạn thì không tính.",
        "Promises due that were kept in time. Put off by the customer before: not counted.",
    ),
    "data_answered": (
        "Trả lời yêu cầu dữ liệu cá nhân",
        "Data requests answered",
        "Trả lời trong 2 ngày làm việc.",
        "Answered within 2 working days.",
    ),
    "data_finished": (
        "Xong yêu cầu dữ liệu cá nhân",
        "Data requests finished",
        "Hoàn tất trong 15 ngày (20 ngày nếu đã báo gia hạn).",
        "Finished within 15 days (20 when extended).",
    ),
    "containment": (
        "Trợ lý tự lo trọn vẹn",
        "Contained by the assistant",
        "Không cần nhân viên, khách không quay lại trong 24 giờ, không chấm 1–2 điểm và không bỏ "
        "cuộc giữa chừng.",
        "No person, not back within 24 hours, no mark of 1–2, and not given up.",
    ),
    "fallback": (
        "Trợ lý chưa hiểu",
        "Not understood",
        "Số lượt trợ lý phải nói là chưa hiểu.",
        "Turns in which the assistant did not understand.",
    ),
    "out_of_scope": (
        "Hỏi ngoài phạm vi",
        "Out of scope",
        "Số lượt khách hỏi chuyện không thuộc cửa hàng.",
        "Turns that are not the shop's business.",
    ),
    "wrong_answer": (
        "Bot hiểu sai",
        "Wrong answers",
        "Số câu trả lời bị chấm “Bot hiểu sai” trong mẫu ngẫu nhiên mỗi tuần. Câu phải xem lại vì "
        "khiếu nại hay điểm thấp không được chọn thêm vào mẫu.",
        "Answers of the weekly random sample that are marked as misunderstood. What has to be "
        "looked at for a complaint or a low mark is not added to it.",
    ),
    "ce": (
        "Khách có tương tác (CE)",
        "Customer engagement",
        "Khách đang mua hàng có nhắn ít nhất một tin, trên tổng số khách đang mua hàng (có đơn đã "
        "thanh toán trong 180 ngày).",
        "Active customers who sent something, of all who paid for an order within 180 days.",
    ),
    "outreach_reply": (
        "Trả lời tin shop chủ động nhắn",
        "Replies to what we wrote first",
        "Khách trả lời trong 7 ngày. Nhãn dán không tính là trả lời khảo sát.",
        "Answered within 7 days. A sticker does not answer a survey.",
    ),
    "messages_per_talk": (
        "Số tin mỗi cuộc trò chuyện",
        "Messages per talk",
        "Tính tin của khách, trợ lý và nhân viên.",
        "Those of the customer, the assistant and people.",
    ),
    "conversion_last": (
        "Hỏi mua rồi mua (lần hỏi cuối)",
        "Conversion, last touch",
        "Khách hỏi mua và có đơn đã thanh toán trong 7 ngày; mỗi đơn chỉ tính cho lần hỏi gần "
        "nhất.",
        "A talk about buying, followed by a paid order within 7 days; an order counts for the last "
        "talk before it.",
    ),
    "conversion_any": (
        "Hỏi mua rồi mua (mọi lần hỏi)",
        "Conversion, any touch",
        "Như trên, nhưng tính cho mọi lần hỏi trong 7 ngày trước đơn.",
        "The same for every talk in the 7 days before an order.",
    ),
    "complaint_orders": (
        "Khiếu nại trên 100 đơn",
        "Complaints per 100 orders",
        "Mỗi vụ việc chỉ tính một lần, dù khách nhắn ở mấy kênh.",
        "A case counts once, on however many channels.",
    ),
    "complaint_talks": (
        "Khiếu nại trên 100 cuộc trò chuyện",
        "Complaints per 100 talks",
        "Mỗi vụ việc chỉ tính một lần, dù khách nhắn ở mấy kênh.",
        "A case counts once, on however many channels.",
    ),
    "complaint_repeat": (
        "Khiếu nại lặp lại",
        "Repeated complaints",
        "Cùng khách, cùng nguyên nhân trong 30 ngày.",
        "The same person and cause within 30 days.",
    ),
    "crr": (
        "Giữ chân khách (CRR)",
        "Customer retention",
        "(Khách cuối kỳ − khách mới) / khách đầu kỳ, trong 12 tháng.",
        "(Customers at the end − new ones) / those at the start, over 12 months.",
    ),
    "churn": (
        "Khách mất đi trong năm",
        "Churn in a year",
        "100% trừ tỷ lệ giữ chân.",
        "100% minus retention.",
    ),
    "tenure_1": (
        "Từ 1 năm trở lên",
        "1 year or longer",
        "Tính từ đơn đầu tiên.",
        "Since the first order.",
    ),
    "tenure_2": (
        "Từ 2 năm trở lên",
        "2 years or longer",
        "Tính từ đơn đầu tiên.",
        "Since the first order.",
    ),
    "tenure_5": (
        "Từ 5 năm trở lên",
        "5 years or longer",
        "Tính từ đơn đầu tiên.",
        "Since the first order.",
    ),
    "crr_trend": (
        "Mỗi tháng tăng giảm",
        "Change a month",
        "Độ dốc của 12 điểm giữ chân theo tháng.",
        "The slope of the twelve months.",
    ),
    "aov_mean": (
        "Trung bình một đơn",
        "Mean order",
        "Đơn đã thanh toán, không bị trả lại.",
        "Paid orders that were not returned.",
    ),
    "aov_median": (
        "Đơn ở giữa (trung vị)",
        "Median order",
        "Một nửa số đơn nhỏ hơn mức này; vài đơn rất lớn không kéo lệch.",
        "Half of the orders are smaller; a few huge ones do not move it.",
    ),
    "clv": (
        "Giá trị vòng đời dự kiến",
        "Lifetime value to come",
        "Giá trị đơn × số đơn mỗi năm × biên lợi nhuận ÷ tỷ lệ mất khách, tối đa 10 năm.",
        "Order value × orders a year × margin ÷ churn, for at most 10 years.",
    ),
    "clv_historic": (
        "Khách đã mang lại đến nay",
        "Brought so far",
        "Doanh thu trừ hàng trả, nhân biên lợi nhuận; trung bình mỗi khách trong 12 tháng.",
        "Revenue less returns, times the margin; the mean of a customer in 12 months.",
    ),
    "pareto": (
        "20% khách mua nhiều nhất mang lại",
        "The top 20% bring",
        "Phần doanh thu của nhóm khách mua nhiều nhất.",
        "Their part of the revenue.",
    ),
    "winback": (
        "Khách đã mất mà shop trò chuyện lại được",
        "Lost customers we talked with",
        "Trong 90 ngày. Nhắn mà khách không trả lời thì không tính.",
        "Within 90 days. Without an answer it does not count.",
    ),
}

# The same in time as clocks show it, nights and holidays included.
_CALENDAR: Final = ("first_reply", "next_reply", "wait")

_REST: Final[dict[str, tuple[str, str]]] = {
    "app.figures": ("Số liệu", "Figures"),
    "app.voice": ("Tiếng nói khách hàng", "Customers' voice"),
    "figures.days": ("{n} ngày qua", "Last {n} days"),
    "figures.window": (
        "Từ {first} đến hết {last}, giờ Việt Nam",
        "From {first} to the end of {last}, Vietnam time",
    ),
    "figures.whole": (
        "Tính trên toàn cửa hàng, không theo bộ lọc kênh, nhóm hay nhân viên.",
        "Of the whole shop, whatever channel, team or agent is chosen.",
    ),
    "figures.team": ("Nhóm", "Team"),
    "figures.topic": ("Chủ đề", "Topic"),
    "figures.who": ("Khách", "Customers"),
    "figures.new": ("Nhắn lần đầu", "First talk"),
    "figures.returning": ("Đã từng nhắn", "Returning"),
    "figures.apply": ("Xem", "Show"),
    "figures.csv": ("Tải CSV", "Download CSV"),
    "figures.bad_dates": (
        "Khoảng ngày chưa đúng, đang xem 30 ngày qua.",
        "These dates make no sense: the last 30 days are shown.",
    ),
    "figures.n": ("N = {n}", "N = {n}"),
    "figures.interval": ("95%: {low} đến {high}", "95%: {low} to {high}"),
    "figures.thin": ("chưa đủ mẫu", "too few"),
    "figures.rows": ("Xem các dòng", "See the rows"),
    "figures.table": ("Xem bảng số", "See the table"),
    "figures.empty": ("Chưa có số liệu trong khoảng này.", "Nothing to show for these days yet."),
    "figures.counted": ("Được tính", "Counts"),
    "figures.item": ("Dòng", "Row"),
    "figures.yes": ("Có", "Yes"),
    "figures.no": ("Không", "No"),
    "figures.back": ("Về trang số liệu", "Back to the figures"),
    "figures.first_rows": ("{n} dòng đầu.", "The first {n} rows."),
    "figures.column_n": ("N", "N"),
    "figures.column_from": ("Từ", "From"),
    "figures.column_to": ("Đến (không gồm)", "To (not included)"),
    "figures.column_name": ("Số liệu", "Figure"),
    "figures.column_value": ("Giá trị", "Value"),
    "figures.column_unit": ("Đơn vị", "Unit"),
    "figures.column_low": ("Cận dưới 95%", "95% low"),
    "figures.column_high": ("Cận trên 95%", "95% high"),
    "figures.column_note": ("Ghi chú", "Note"),
    "figures.times": ("Thời gian khách chờ", "How long customers wait"),
    "figures.told.median": ("Trung vị", "Median"),
    "figures.told.p90": ("9/10 khách", "90th percentile"),
    "figures.told.median_calendar": ("Trung vị, cả ngoài giờ", "Median, 24/7"),
    "figures.told.p90_calendar": ("9/10 khách, cả ngoài giờ", "90th percentile, 24/7"),
    "figures.time.first_reply": ("Câu trả lời đầu tiên", "First reply"),
    "figures.time.next_reply": ("Câu trả lời tiếp theo", "Next reply"),
    "figures.time.wait": ("Chờ trong hàng", "Wait in the queue"),
    "figures.time_meaning.first_reply": (
        "Từ lúc chuyển tới nhân viên.",
        "From the hand-off on.",
    ),
    "figures.time_meaning.next_reply": (
        "Từ lúc khách nhắn tiếp.",
        "From what the customer writes next.",
    ),
    "figures.time_meaning.wait": (
        "Đến khi có nhân viên nhận, hoặc khách rời đi.",
        "Until an agent took it, or the customer left.",
    ),
    "figures.day": ("Ngày", "Day"),
    "figures.month": ("Tháng", "Month"),
    "figures.nobody": ("Chưa giao cho ai", "Nobody"),
    "figures.section.voice": ("Khách nghĩ gì", "What customers think"),
    "figures.section.answering": ("Nhân viên trả lời", "How people answer"),
    "figures.section.assistant": ("Trợ lý tự động", "The assistant"),
    "figures.section.engagement": ("Tương tác và mua hàng", "Engagement and sales"),
    "figures.section.complaints": ("Khiếu nại", "Complaints"),
    "figures.section.value": ("Khách hàng trong 12 tháng", "Customers over 12 months"),
    "figures.chart.service_level": (
        "Trả lời kịp trong 5 phút, theo ngày",
        "Answered within 5 minutes, by day",
    ),
    "figures.chart.containment": ("Trợ lý tự lo trọn vẹn, theo ngày", "Contained, by day"),
    "figures.chart.agents": (
        "Trả lời kịp trong 5 phút, theo nhân viên",
        "Answered within 5 minutes, by agent",
    ),
    "figures.chart.reasons": ("Vì sao chuyển tới nhân viên", "Why a person was needed"),
    "figures.chart.causes": ("Nguyên nhân khiếu nại", "Causes of complaints"),
    "figures.chart.months": ("Giữ chân khách theo tháng", "Retention by month"),
    "figures.chart.leaving": ("Lý do khách rời đi", "Why customers leave"),
    "figures.chart.expectations": ("Điều khách mong nhất", "What customers expect most"),
    "flag.nothing": ("chưa có dữ liệu", "no data yet"),
    "flag.too_young": ("cửa hàng chưa đủ tuổi", "the shop is younger than that"),
    "flag.too_few_points": (
        "không đủ dữ liệu (cần ít nhất 6 tháng)",
        "not enough data (6 months needed)",
    ),
    "flag.no_margin": (
        "chưa có biên lợi nhuận: đang tính theo doanh thu",
        "no margin given: this is revenue",
    ),
    "flag.capped": ("tính tối đa 10 năm", "capped at 10 years"),
    "flag.reweighted": (
        "có mục chưa ai chấm, trọng số đã chia lại",
        "a part was not marked: reweighted",
    ),
    "flag.reactivated": ("gồm cả khách cũ quay lại", "people who came back included"),
    "unit.percent": ("%", "%"),
    "unit.points": ("điểm", "points"),
    "unit.dong": ("đồng", "đồng"),
    "unit.seconds": ("giây", "seconds"),
    "unit.per_100": ("trên 100", "per 100"),
    "unit.count": ("tin", "messages"),
    "unit.people": ("khách", "people"),
    "rows.conversation": ("Cuộc trò chuyện {id}", "Talk {id}"),
    "rows.handoff": ("Lần chuyển {id}", "Hand-off {id}"),
    "rows.message": ("Tin {id}", "Message {id}"),
    "rows.answer": ("Khảo sát {id}", "Survey {id}"),
    "rows.promise": ("Lời hẹn {id}", "Promise {id}"),
    "rows.person": ("Khách {id}", "Person {id}"),
    "rows.order": ("Đơn {id}", "Order {id}"),
    "rows.complaint": ("Khiếu nại {id}", "Complaint {id}"),
    "rows.outreach": ("Tin chủ động {id}", "Outreach {id}"),
    "rows.data_request": ("Yêu cầu {id}", "Request {id}"),
    "topic.buying": ("Hỏi mua", "Buying"),
    "topic.order": ("Đơn hàng", "Orders"),
    "topic.delivery": ("Giao hàng", "Delivery"),
    "topic.payment": ("Thanh toán", "Payment"),
    "topic.warranty": ("Bảo hành, kỹ thuật", "Warranty, technical"),
    "topic.returns": ("Đổi trả", "Returns"),
    "topic.complaint": ("Phàn nàn", "Complaints"),
    "topic.store": ("Cửa hàng", "Stores"),
    "topic.account": ("Tài khoản", "Accounts"),
    "topic.other": ("Việc khác", "Other"),
    "voice.intro": (
        "Tám câu hỏi cửa hàng nào cũng nên trả lời được về khách của mình. Câu nào chưa trả lời "
        "được thì ghi rõ còn thiếu gì.",
        "Eight questions that every shop should be able to answer about its customers. Where one "
        "cannot be answered yet, it says what is missing.",
    ),
    "voice.missing": ("Chưa trả lời được", "Cannot be answered yet"),
    "voice.margin": ("Biên lợi nhuận (%)", "Margin (%)"),
    "voice.margin_hint": (
        "Dùng để tính giá trị vòng đời. Bỏ trống thì tính theo doanh thu.",
        "For the lifetime value. Left empty, revenue is shown.",
    ),
    "voice.margin_bad": (
        "Biên lợi nhuận phải là số từ 0 đến 100.",
        "The margin is a number from 0 to 100.",
    ),
    "voice.question.1": (
        "Mỗi năm cửa hàng mất bao nhiêu phần trăm khách?",
        "What share of customers do we lose in a year?",
    ),
    "voice.question.2": (
        "Bao nhiêu phần trăm khách gắn bó từ 1, 2, 5 năm?",
        "What share has been with us for 1, 2, 5 years?",
    ),
    "voice.question.3": (
        "Tỷ lệ giữ chân khách đang tăng hay giảm?",
        "Is retention rising or falling?",
    ),
    "voice.question.4": (
        "Năm lý do chính khiến khách rời đi?",
        "What are the five main reasons for leaving?",
    ),
    "voice.question.5": (
        "Khách mong đợi điều gì nhất ở dịch vụ?",
        "What do customers expect most?",
    ),
    "voice.question.6": (
        "Giá trị vòng đời khách hàng là bao nhiêu?",
        "What is a customer's lifetime value?",
    ),
    "voice.question.7": ("Mỗi lần mua, khách thường chi bao nhiêu?", "What is a typical purchase?"),
    "voice.question.8": (
        "Ba tháng qua đã trò chuyện lại với ít nhất 5 khách đã rời đi chưa?",
        "Have we talked with at least 5 leavers in three months?",
    ),
    "voice.need.orders": (
        "Cần đơn hàng đã thanh toán của ít nhất một năm: nhập file đơn hàng hoặc nối phần mềm "
        "bán hàng.",
        "Paid orders of at least a year are needed: import them or connect the shop's system.",
    ),
    "voice.need.leaving": (
        "Chưa khách nào cho biết lý do rời đi: hỏi trong tin nhắn mời khách cũ quay lại.",
        "Nobody has given a reason for leaving yet: it is asked when we write to lost customers.",
    ),
    "voice.need.expectations": (
        "Chưa có câu trả lời nào cho khảo sát mong đợi.",
        "The survey about expectations has no answers yet.",
    ),
    "voice.goal_met": ("Đạt mục tiêu {goal} khách.", "The goal of {goal} is reached."),
    "voice.goal_open": (
        "Còn thiếu {left} khách so với mục tiêu {goal}.",
        "{left} more to the goal of {goal}.",
    ),
    "voice.tried": (
        "Đã nhắn {tried} khách cũ, {silent} khách chưa trả lời.",
        "{tried} tried, {silent} without an answer.",
    ),
    "voice.vague": (
        "Hơn 20% chọn “Khác”: nên thêm lựa chọn cho sát hơn.",
        "More than 20% chose “other”: the choices should be refined.",
    ),
    "voice.unreachable": (
        "Khách đã rời đi trong 12 tháng: {n}.",
        "Customers lost in 12 months: {n}.",
    ),
}

WORDS: Final[dict[str, dict[str, str]]] = {
    **{f"figure.{name}": {"vi": vi, "en": en} for name, (vi, en, _, _) in _FIGURES.items()},
    **{f"meaning.{name}": {"vi": vi, "en": en} for name, (_, _, vi, en) in _FIGURES.items()},
    **{
        f"{group}.{name}_{kind}_calendar": {"vi": f"{vi}{both[0]}", "en": f"{en}{both[1]}"}
        for name in _CALENDAR
        for kind in ("median", "p90")
        for group, (vi, en), both in (
            ("figure", _FIGURES[f"{name}_{kind}"][:2], (" (24/7)", " (24/7)")),
            (
                "meaning",
                _FIGURES[f"{name}_{kind}"][2:],
                (" Tính cả ngoài giờ.", " Out of hours included."),
            ),
        )
    },
    **{key: {"vi": vi, "en": en} for key, (vi, en) in _REST.items()},
}
