"""The words of the weekly digest and of the page where it is looked after."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "digest.title": {"vi": "Bản tin số liệu tuần", "en": "The week in figures"},
    "digest.subject": {
        "vi": "{business}: số liệu tuần {days}",
        "en": "{business}: figures of {days}",
    },
    "digest.trial_subject": {
        "vi": "[Gửi thử] {business}: số liệu tuần {days}",
        "en": "[Test] {business}: figures of {days}",
    },
    "digest.lead": {
        "vi": "Mũi tên cho biết tăng hay giảm so với tuần trước đó.",
        "en": "Arrows compare with the week before.",
    },
    "digest.page": {"vi": "Mở trang Số liệu", "en": "Open the figures"},
    "digest.same": {"vi": "không đổi", "en": "no change"},
    "digest.points": {"vi": "{n} điểm %", "en": "{n} points"},
    "digest.thin": {"vi": "Chưa đủ mẫu", "en": "Too few rows"},
    "digest.none": {"vi": "Tuần này chưa ghi nhận.", "en": "Nothing this week."},
    "digest.questions": {
        "vi": "Câu hỏi trợ lý chưa hiểu",
        "en": "Questions the assistant did not understand",
    },
    "digest.why_you": {
        "vi": "Bạn nhận thư này vì quản lý cửa hàng đã thêm bạn vào danh sách nhận bản tin. Tên, "
        "số điện thoại và mã đơn của khách đã được lược bỏ. Không muốn nhận nữa, bạn báo quản lý "
        "bỏ địa chỉ này trong Bàn hỗ trợ → Bản tin tuần.",
        "en": "A supervisor added you to the readers of this digest. Names, phone numbers and "
        "order codes of customers are left out. To stop it, ask a supervisor to take your address "
        "out under Support desk → Weekly digest.",
    },
    "rules.section.digest": {"vi": "Bản tin tuần", "en": "Weekly digest"},
    "digest.intro": {
        "vi": "8:00 sáng thứ Hai (giờ Việt Nam), số liệu tuần vừa qua được gửi tới Slack và email "
        "bên dưới. Tên, số điện thoại, mã đơn của khách không có trong bản tin.",
        "en": "On Mondays at 8:00 (Vietnam) last week's figures go to Slack and to the addresses "
        "below, without names, numbers or codes of customers.",
    },
    "digest.on": {"vi": "Gửi bản tin mỗi tuần", "en": "Send the digest every week"},
    "digest.slack": {"vi": "Gửi vào Slack", "en": "To Slack"},
    "digest.emails": {"vi": "Email người nhận", "en": "E-mail readers"},
    "digest.emails_hint": {
        "vi": "Mỗi dòng một địa chỉ, nhiều nhất 50.",
        "en": "One address a line, 50 at most.",
    },
    "digest.no_slack": {
        "vi": "Chưa nối Slack: đặt `DIGEST_SLACK_CHANNEL` và khóa của ứng dụng Slack.",
        "en": "Slack is not set up: `DIGEST_SLACK_CHANNEL` and the Slack app's keys are missing.",
    },
    "digest.no_mail": {
        "vi": "Chưa có máy chủ gửi thư: đặt `SMTP_URL` và `MAIL_FROM`.",
        "en": "E-mail is not set up: `SMTP_URL` and `MAIL_FROM` are missing.",
    },
    "digest.next": {"vi": "Lần gửi tới: {when}", "en": "Next: {when}"},
    "digest.off": {"vi": "Bản tin đang tắt.", "en": "The digest is off."},
    "digest.try": {"vi": "Gửi thử ngay", "en": "Send a test now"},
    "digest.try_hint": {
        "vi": "Gửi bản tin tuần vừa qua tới tất cả người nhận đã lưu.",
        "en": "Sends last week's digest to everybody saved above.",
    },
    "digest.trying": {
        "vi": "Đang soạn và gửi. Tải lại trang sau ít giây để xem kết quả.",
        "en": "It is being written and sent. Load the page again in a few seconds.",
    },
    "digest.nobody": {
        "vi": "Chưa có ai nhận: hãy thêm email hoặc bật Slack, rồi lưu.",
        "en": "Nobody would get it: add an address or turn Slack on, and save.",
    },
    "digest.last": {"vi": "Bản tin gần nhất", "en": "The last digest"},
    "digest.made": {"vi": "Soạn lúc {when}", "en": "Made at {when}"},
    "digest.trial": {"vi": "Gửi thử", "en": "Test"},
    "digest.no_last": {"vi": "Chưa có bản tin nào.", "en": "There is none yet."},
    "digest.reader": {"vi": "Người nhận", "en": "Reader"},
    "digest.outcome": {"vi": "Kết quả", "en": "Outcome"},
    "digest.show": {"vi": "Xem nội dung", "en": "Read it"},
    "digest.again": {"vi": "Gửi lại nơi chưa nhận được", "en": "Send again where it failed"},
    "digest.state.sent": {"vi": "Đã gửi lúc {when}", "en": "Sent at {when}"},
    "digest.state.waiting": {"vi": "Đang gửi", "en": "On its way"},
    "digest.state.retry": {
        "vi": "Chưa gửi được ({error}), gửi lại lúc {when}",
        "en": "Not sent yet ({error}), again at {when}",
    },
    "digest.state.failed": {"vi": "Không gửi được: {error}", "en": "Failed: {error}"},
    "digest_error.not_set_up": {"vi": "chưa cài đặt", "en": "not set up"},
    "digest_error.550": {
        "vi": "máy chủ thư không nhận địa chỉ này (550)",
        "en": "the mail server refuses this address (550)",
    },
    "digest_error.535": {
        "vi": "sai tên hoặc mật khẩu máy chủ thư (535)",
        "en": "the mail server refuses the log-in (535)",
    },
    "digest.way.slack": {"vi": "Slack", "en": "Slack"},
    "rules.told.digest": {"vi": "Bản tin tuần", "en": "Weekly digest"},
    "rules.told.digest_slack": {"vi": "Bản tin tuần vào Slack", "en": "Weekly digest to Slack"},
    "rules.told.digest_emails": {"vi": "Email nhận bản tin", "en": "Readers of the digest"},
    "rules.told.on": {"vi": "bật", "en": "on"},
    "rules.told.off": {"vi": "tắt", "en": "off"},
    "rules.invalid.not_an_email": {
        "vi": "Địa chỉ email này chưa đúng, bạn xem lại giúp nhé.",
        "en": "This is not an e-mail address.",
    },
    "rules.invalid.too_many": {"vi": "Nhiều nhất 50 địa chỉ.", "en": "50 addresses at most."},
    "alert.digest": {
        "vi": "Bản tin tuần chưa tới được {n} nơi nhận.",
        "en": "The weekly digest did not reach {n} readers.",
    },
    "alert.digest_where": {
        "vi": "Xem lý do và gửi lại trong Bàn hỗ trợ → Bản tin tuần.",
        "en": "Why, and how to send it again: Support desk → Weekly digest.",
    },
}
