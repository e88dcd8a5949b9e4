"""The sentences that Carebot itself says to customers, whatever the assistant was taught.

Each in Vietnamese and in English; `{place}`, `{agent}` and `{business}` are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from string import Formatter
from typing import Final

from bot.facts import HERE
from bot.menu import BACK

WEEKDAYS: Final = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

PARTS: Final = ((11, "sáng"), (13, "trưa"), (18, "chiều"), (24, "tối"))  # of a day, by their end

SENTENCES: dict[str, dict[str, str]] = {
    "introduction": {
        "vi": "Dạ em là trợ lý tự động của {business} ạ. Anh/chị muốn gặp nhân viên thì cứ gõ "
        "‘gặp nhân viên’ bất cứ lúc nào nhé.",
        "en": "Hello, I am the automated assistant of {business}. "
        "Type “talk to a person” at any time to reach our staff.",
    },
    "queued": {
        "vi": "Dạ em đã chuyển anh/chị tới nhân viên rồi ạ. Anh/chị đang ở vị trí thứ {place} "
        "trong hàng đợi, anh/chị chờ giúp em một chút nhé.",
        "en": "I have passed you on to our staff. You are number {place} in the queue; "
        "thank you for waiting.",
    },
    "survey_from": {
        "vi": "Dạ em là trợ lý tự động của {business} ạ.",
        "en": "I am the automated assistant of {business}.",
    },
    "survey_thanks": {"vi": "Dạ em cảm ơn anh/chị ạ.", "en": "Thank you."},
    "survey_low": {
        "vi": "Dạ em xin lỗi vì đã để anh/chị chưa hài lòng. Bên em sẽ có người liên hệ lại với "
        "anh/chị ạ.",
        "en": "I am sorry that we let you down. Somebody from our team will get back to you.",
    },
    "survey_skipped": {
        "vi": "Dạ không sao ạ, em cảm ơn anh/chị.",
        "en": "That is fine, thank you.",
    },
    "survey_no_mark": {
        "vi": "Dạ anh/chị chấm giúp em một số từ {low} đến {high} nhé ạ.",
        "en": "Could you give us a number from {low} to {high}?",
    },
    "survey_not_on_scale": {
        "vi": "Dạ thang điểm từ {low} đến {high} thôi ạ, anh/chị chọn giúp em một số nhé.",
        "en": "The scale goes from {low} to {high}; could you choose one number?",
    },
    "survey_reminder": {
        "vi": "Dạ em nhắc nhẹ anh/chị một câu hôm trước ạ.",
        "en": "A gentle reminder of our question.",
    },
    "task_low_mark": {
        "vi": "Khách chấm {mark}/{of}: liên hệ hỏi thăm và xử lý giúp khách",
        "en": "The customer gave {mark}/{of}: get in touch and put it right",
    },
    "task_refine": {
        "vi": "{other} trên {n} khách rời đi chọn “Lý do khác”: xem lại các lý do trong khảo sát",
        "en": "{other} of {n} lost customers chose “Something else”: review the survey’s reasons",
    },
    "task_data_request": {
        "vi": "Xử lý yêu cầu của khách về dữ liệu cá nhân, muộn nhất trong 15 ngày",
        "en": "Do what the customer asks about their personal data, within 15 days",
    },
    "button_helped": {"vi": "👍 Giúp được rồi", "en": "👍 That helped"},
    "button_no_help": {"vi": "👎 Chưa đúng ý", "en": "👎 Not what I meant"},
    "helped": {"vi": "Dạ em cảm ơn anh/chị ạ.", "en": "Thank you."},
    "no_help": {
        "vi": "Dạ em xin lỗi vì chưa trả lời đúng ý. Anh/chị nói lại theo cách khác giúp em, hoặc "
        "gặp nhân viên cũng được ạ.",
        "en": "I am sorry, that was not what you asked. Please say it in other words, or talk to "
        "our staff.",
    },
    "button_skip": {"vi": "Bỏ qua", "en": "Skip"},
    "resume": {
        "vi": "Dạ phần này mình đang làm dở, mình làm tiếp nhé anh/chị?",
        "en": "We had not finished this - shall we go on?",
    },
    "button_later": {"vi": "Để sau ạ", "en": "Not now"},
    "failed": {
        "vi": "Dạ em xin lỗi, em đang gặp trục trặc nên chưa trả lời được câu này. Em đã chuyển "
        "anh/chị tới nhân viên, anh/chị đang ở vị trí thứ {place} trong hàng đợi ạ.",
        "en": "I am sorry, something went wrong and I cannot answer this. I have passed you on to "
        "our staff; you are number {place} in the queue.",
    },
    "queued_minutes": {
        "vi": "Dạ em đã chuyển anh/chị tới nhân viên rồi ạ. Anh/chị là người thứ {place} trong "
        "hàng đợi, chờ khoảng {low}–{high} phút, anh/chị thông cảm giúp em nhé.",
        "en": "I have passed you on to our staff. You are number {place} in the queue, about "
        "{low}–{high} minutes; thank you for waiting.",
    },
    "failed_minutes": {
        "vi": "Dạ em xin lỗi, em đang gặp trục trặc nên chưa trả lời được câu này. Em đã chuyển "
        "anh/chị tới nhân viên, anh/chị là người thứ {place} trong hàng đợi, chờ khoảng "
        "{low}–{high} phút ạ.",
        "en": "I am sorry, something went wrong and I cannot answer this. I have passed you on to "
        "our staff; you are number {place} in the queue, about {low}–{high} minutes.",
    },
    "still_queued": {
        "vi": "Dạ anh/chị đang là người thứ {place} trong hàng đợi. Cảm ơn anh/chị đã kiên nhẫn "
        "chờ ạ.",
        "en": "You are now number {place} in the queue. Thank you for your patience.",
    },
    "still_queued_minutes": {
        "vi": "Dạ anh/chị đang là người thứ {place} trong hàng đợi, còn khoảng {low}–{high} phút "
        "nữa. Cảm ơn anh/chị đã kiên nhẫn chờ ạ.",
        "en": "You are now number {place} in the queue, about {low}–{high} minutes more. Thank you "
        "for your patience.",
    },
    "out_of_hours": {
        "vi": "Dạ giờ này nhân viên bên em đã nghỉ, {opens} bên em làm việc lại ạ. Anh/chị để lại "
        "số điện thoại và nội dung cần hỗ trợ, nhân viên sẽ trả lời anh/chị trước {by}.",
        "en": "Our staff have gone home; they are back {opens}. Please leave your phone number and "
        "what you need, and a colleague will answer you before {by}.",
    },
    "out_of_hours_failed": {
        "vi": "Dạ em xin lỗi, em đang gặp trục trặc nên chưa trả lời được câu này. Giờ này nhân "
        "viên bên em đã nghỉ, {opens} bên em làm việc lại ạ. Anh/chị để lại số điện thoại và nội "
        "dung cần hỗ trợ, nhân viên sẽ trả lời anh/chị trước {by}.",
        "en": "I am sorry, something went wrong and I cannot answer this, and our staff have gone "
        "home; they are back {opens}. Please leave your phone number and what you need, and a "
        "colleague will answer you before {by}.",
    },
    "contact_noted": {
        "vi": "Dạ em đã ghi lại số {contact} và chuyển cho nhân viên rồi ạ.",
        "en": "I have noted {contact} and passed it on to our staff.",
    },
    "transferred": {
        "vi": "Dạ em chuyển anh/chị sang bộ phận {team} để được hỗ trợ đúng hơn, anh/chị chờ giúp "
        "em một chút nhé.",
        "en": "I am passing you on to our {team} team, who can help you better; one moment please.",
    },
    "abandoned": {
        "vi": "Dạ bên em xin lỗi vì đã để anh/chị chờ lâu mà chưa có nhân viên nào hỗ trợ kịp. Bên "
        "em đã ghi lại và sẽ chủ động liên hệ với anh/chị; cần gấp anh/chị cứ nhắn lại vào đây ạ.",
        "en": "We are sorry that you waited so long and nobody came in time. We have noted it and "
        "will get in touch with you; if it is urgent just write here again.",
    },
    "follow_up": {  # for colleagues
        "vi": "Liên hệ lại khách đã chờ mà chưa ai trả lời: {matter}",
        "en": "Get in touch with a customer who waited in vain: {matter}",
    },
    "accepted": {
        "vi": "{agent} – nhân viên chăm sóc khách hàng – đã vào hỗ trợ anh/chị ạ.",
        "en": "{agent} from our customer care team has joined the chat.",
    },
    "returned": {
        "vi": "Dạ {agent} đã hỗ trợ anh/chị xong rồi ạ, em là trợ lý tự động xin tiếp tục. Cần gặp "
        "lại nhân viên, anh/chị cứ gõ ‘gặp nhân viên’ nhé.",
        "en": "{agent} has finished helping you; the automated assistant is back with you. Type "
        "“talk to a person” to reach our staff again.",
    },
    "taken_back": {
        "vi": "Dạ vâng, em đã huỷ chỗ chờ nhân viên rồi ạ. Anh/chị cần gì cứ nhắn em, còn muốn gặp "
        "nhân viên thì gõ ‘gặp nhân viên’ nhé.",
        "en": "All right, you are no longer waiting for our staff. Ask me anything, or type “talk "
        "to a person” if you want to reach them again.",
    },
    "kept_in_queue": {
        "vi": "Dạ vâng ạ. Việc này quan trọng nên em vẫn để nhân viên xem lại, anh/chị không cần "
        "ngồi chờ đâu ạ.",
        "en": "All right. As this matters, a colleague still looks at it; there is no need for you "
        "to wait.",
    },
    "resolved": {
        "vi": "Cuộc trò chuyện đã kết thúc. Cảm ơn anh/chị đã liên hệ shop. Cần gì thêm, "
        "anh/chị cứ nhắn lại ạ.",
        "en": "This conversation has ended. Thank you for contacting us; "
        "just write again whenever you need anything.",
    },
    "greeting": {
        "vi": "Xin chào! Em là trợ lý tự động của {business}: tra đơn hàng, tư vấn chọn máy, bảo "
        "hành, hoặc nối máy với nhân viên.",
        "en": "Hello! I am the automated assistant of {business}: orders, advice, warranty, or a "
        "person.",
    },
    "in_group": {
        "vi": "Dạ em chào cả nhà ạ. Để giữ kín thông tin đơn hàng, anh/chị nhắn riêng cho em nhé, "
        "em trả lời ngay ạ.",
        "en": "Hello everyone. To keep your order details private, please message me directly; "
        "I will answer right away.",
    },
    "media": {
        "vi": "Dạ em đã nhận được tệp anh/chị gửi ạ. Em là trợ lý tự động nên chưa xem được nội "
        "dung bên trong. Anh/chị mô tả giúp em bằng vài chữ, hoặc để em mời nhân viên xem nhé.",
        "en": "I have received your file. As an automated assistant I cannot look inside; please "
        "describe it in a few words, or I can ask a colleague to look.",
    },
    "unreadable": {
        "vi": "Dạ em chưa đọc được tin nhắn này ạ. Anh/chị nhắn lại giúp em bằng vài chữ nhé.",
        "en": "I could not read that message. Could you write it again in a few words?",
    },
    "too_long": {
        "vi": "Tin nhắn dài quá ạ. Anh/chị gửi giúp tối đa {limit} ký tự mỗi tin nhé.",
        "en": "That message is too long. Please send at most {limit} characters at a time.",
    },
    "empty": {
        "vi": "Tin nhắn đang trống ạ.",
        "en": "The message is empty.",
    },
    "too_fast": {
        "vi": "Anh/chị nhắn nhanh quá, chờ em vài giây rồi nhắn tiếp nhé.",
        "en": "That was a little fast; please wait a few seconds and go on.",
    },
    "unavailable": {
        "vi": "Đường truyền đang bận, tin nhắn sẽ được gửi lại ngay khi kết nối được ạ.",
        "en": "The service is busy; your message will be sent again as soon as it is back.",
    },
    "bad_request": {
        "vi": "Em không hiểu yêu cầu này, anh/chị tải lại trang giúp em nhé.",
        "en": "That request could not be understood; please reload the page.",
    },
    "bad_file": {
        "vi": "Em chỉ nhận ảnh (JPEG, PNG, GIF, WebP), PDF, âm thanh và video ạ.",
        "en": "Only images (JPEG, PNG, GIF, WebP), PDF, audio and video are accepted.",
    },
    "heic_file": {
        "vi": "Em chưa mở được ảnh HEIC ạ. Anh/chị gửi giúp ảnh JPEG, hoặc chụp màn hình ảnh đó "
        "rồi gửi nhé.",
        "en": "HEIC pictures cannot be opened here. Please send a JPEG, or a screenshot of it.",
    },
    "broken_image": {
        "vi": "Ảnh này không mở được, có thể tệp bị hỏng ạ. Anh/chị gửi lại hoặc chọn ảnh khác "
        "giúp em nhé.",
        "en": "This picture does not open; the file may be broken. Please send it again or choose "
        "another one.",
    },
    "huge_image": {
        "vi": "Kích thước ảnh lớn quá nên em không mở được ạ. Anh/chị thu nhỏ ảnh, hoặc chụp màn "
        "hình ảnh đó rồi gửi nhé.",
        "en": "This picture has too many pixels. Please make it smaller, or send a screenshot.",
    },
    "big_file": {
        "vi": "Tệp lớn quá ạ. Anh/chị gửi giúp tệp không quá {limit} MB nhé.",
        "en": "That file is too large. Please send at most {limit} MB.",
    },
    "bad_hash": {
        "vi": "Không xác nhận được tài khoản. Anh/chị vẫn trò chuyện bình thường được ạ.",
        "en": "Your account could not be confirmed. You can go on chatting.",
    },
    "no_progress": {
        "vi": "Dạ em xin lỗi, có lẽ câu trả lời của em chưa đúng điều anh/chị cần ạ.",
        "en": "I am sorry, my answer does not seem to be what you need.",
    },
    # A customer proves with a code who they are.
    "proof_phone": {
        "vi": "Dạ anh/chị cho em số điện thoại đã dùng khi mua hàng nhé. Nếu anh/chị từng nhắn "
        "shop ở kênh khác, em gửi mã xác nhận về đó ạ.",
        "en": "Please tell me the phone number you bought with. If you have written to us "
        "elsewhere, I will send a code there.",
    },
    "proof_no_phone": {
        "vi": "Dạ số điện thoại này chưa đúng ạ. Anh/chị nhập lại giúp em số di động 10 chữ số "
        "nhé.",
        "en": "That is not a phone number I can use. Please type your mobile number again.",
    },
    "proof_sent": {
        "vi": "Dạ nếu số này từng nhắn shop ở kênh khác, mã 6 chữ số đang được gửi về đó. Anh/chị "
        "nhập mã vào đây giúp em, mã dùng được trong {minutes} phút ạ.",
        "en": "If this number has written to us elsewhere, a 6-digit code is on its way there. "
        "Please type it here; it is good for {minutes} minutes.",
    },
    "proof_code": {  # where the person is known
        "vi": "Dạ mã xác nhận của anh/chị là {code}, dùng được trong {minutes} phút ạ. Anh/chị "
        "nhập mã ở kênh vừa xin mã và đừng đưa cho ai nhé. Nếu không phải anh/chị xin mã, anh/chị "
        "bỏ qua tin này giúp em ạ.",
        "en": "Your code is {code}, good for {minutes} minutes. Type it where you asked for it, "
        "and give it to nobody. If you did not ask for it, please ignore this message.",
    },
    "proof_wrong": {
        "vi": "Dạ mã chưa đúng ạ. Anh/chị xem lại tin nhắn mới nhất ở kênh kia, còn {left} lần "
        "nhập nhé.",
        "en": "That code is not right. Please look at the newest message there; {left} tries are "
        "left.",
    },
    "proof_over": {
        "vi": "Dạ mã đã nhập sai {tries} lần nên không dùng được nữa ạ. Anh/chị xin mã mới, hoặc "
        "để nhân viên hỗ trợ nhé.",
        "en": "The code was wrong {tries} times and is no longer good. Please ask for a new one, "
        "or let our staff help.",
    },
    "proof_late": {
        "vi": "Dạ mã này đã hết hạn rồi ạ. Anh/chị bấm xin mã mới giúp em nhé.",
        "en": "This code has run out. Please ask for a new one.",
    },
    "proof_often": {
        "vi": "Dạ anh/chị đã xin mã {most} lần trong một giờ qua. Anh/chị chờ một lát rồi thử "
        "lại, hoặc để nhân viên hỗ trợ nhé.",
        "en": "You have asked for {most} codes within an hour. Please try again later, or let our "
        "staff help.",
    },
    "proof_right": {
        "vi": "Dạ em xác nhận được anh/chị rồi ạ. Anh/chị chọn đơn cần hỗ trợ giúp em nhé.",
        "en": "Thank you, I know you now. Which order is it about?",
    },
    "proof_right_no_orders": {
        "vi": "Dạ em xác nhận được anh/chị rồi ạ. Em chưa thấy đơn hàng nào, anh/chị cần em hỗ "
        "trợ gì tiếp ạ?",
        "en": "Thank you, I know you now. I see no orders yet; how can I help?",
    },
    "proof_order": {
        "vi": "• {code}: {goods}, đặt ngày {day}",
        "en": "• {code}: {goods}, ordered on {day}",
    },
    "button_code": {"vi": "Xin mã mới", "en": "Send a new code"},
    "button_human": {"vi": "Gặp nhân viên", "en": "Talk to a person"},
    "button_bot": {"vi": BACK.title, "en": "Ask the assistant"},
}


# What the queue says. A shop may word it otherwise.
QUEUE: Final = (
    "queued",
    "queued_minutes",
    "failed",
    "failed_minutes",
    "still_queued",
    "still_queued_minutes",
    "out_of_hours",
    "out_of_hours_failed",
    "contact_noted",
    "transferred",
    "accepted",
    "returned",
    "taken_back",
    "kept_in_queue",
    "resolved",
    "abandoned",
)


def say(key: str, locale: str, own: Mapping[str, str] = {}, /, **values: object) -> str:
    """The sentence in the customer's language, Vietnamese for any we do not speak; the shop's `own`
    instead of ours where there is one."""
    forms = {**SENTENCES[key], **own}
    return forms.get(locale, forms["vi"]).format(**values)


def blanks(text: str) -> list[str]:
    """What is filled in, as it stands in the braces. Raises ValueError when they do not match."""
    return [
        name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None
    ]


def moment(at: datetime, now: datetime, locale: str) -> str:
    """A time to come, as people say it: "8:05 sáng mai", "9:00 thứ Ba (24/11)"."""
    here, today = at.astimezone(HERE), now.astimezone(HERE).date()
    clock = f"{here.hour}:{here.minute:02}"
    near = {today: ("nay", "today"), today + timedelta(days=1): ("mai", "tomorrow")}
    if here.date() in near:
        vietnamese, english = near[here.date()]
        part = next(name for end, name in PARTS if here.hour < end)
        return f"{english} at {clock}" if locale == "en" else f"{clock} {part} {vietnamese}"
    day = f"{here.day}/{here.month}"
    if locale == "en":
        return f"on {WEEKDAYS['en'][here.weekday()]} ({day}) at {clock}"
    return f"{clock} {WEEKDAYS['vi'][here.weekday()]} ({day})"
