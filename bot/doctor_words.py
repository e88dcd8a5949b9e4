"""What the doctor says, in both languages."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    # What a line is about.
    "settings": {"vi": "Cài đặt", "en": "Settings"},
    "database": {"vi": "Cơ sở dữ liệu", "en": "Database"},
    "schema": {"vi": "Lược đồ", "en": "Schema"},
    "clock": {"vi": "Đồng hồ", "en": "Clock"},
    "disk": {"vi": "Ổ đĩa", "en": "Disk"},
    "file": {"vi": "Tệp dữ liệu", "en": "Data file"},
    "redis": {"vi": "Redis", "en": "Redis"},
    "model": {"vi": "Mô hình", "en": "Model"},
    "workers": {"vi": "Worker", "en": "Workers"},
    "queue": {"vi": "Hàng chờ", "en": "Queue"},
    "users": {"vi": "Người dùng", "en": "Users"},
    "token": {"vi": "Đăng nhập kênh", "en": "Channel login"},
    "dead": {"vi": "Tin tồn đọng", "en": "Dead letters"},
    "web": {"vi": "Trang web", "en": "Web"},
    # What was found.
    "settings.good": {"vi": "{business}, {url}", "en": "{business}, {url}"},
    "settings.bad": {
        "vi": "chưa đúng: {error}. Xem .env.example.",
        "en": "not right: {error}. See .env.example.",
    },
    "database.good": {"vi": "{kind}, trả lời trong {ms} ms", "en": "{kind}, answers in {ms} ms"},
    "database.slow": {
        "vi": "{kind} mất {ms} ms mới trả lời; xem ổ đĩa, mạng và các chương trình khác trên máy.",
        "en": "{kind} takes {ms} ms to answer; look at disk, network and what else runs there.",
    },
    "database.bad": {
        "vi": "{kind} không mở được ({error}). Kiểm tra DATABASE_URL và máy chủ cơ sở dữ liệu.",
        "en": "{kind} does not open ({error}). Look at DATABASE_URL and the database's server.",
    },
    "schema.good": {"vi": "{present}", "en": "{present}"},
    "schema.bad": {
        "vi": "đang là {present}, cần {due}. Chạy: carebot migrate",
        "en": "is {present}, due is {due}. Run: carebot migrate",
    },
    "schema.none": {"vi": "chưa có", "en": "missing"},
    "clock.good": {
        "vi": "lệch {seconds} giây so với cơ sở dữ liệu",
        "en": "{seconds} s from the database's",
    },
    "clock.same": {"vi": "cùng máy với cơ sở dữ liệu", "en": "the database's own machine"},
    "clock.bad": {
        "vi": "lệch {seconds} giây so với cơ sở dữ liệu. Bật đồng bộ giờ (NTP) trên cả hai máy.",
        "en": "{seconds} s from the database's. Let both machines keep time by NTP.",
    },
    "disk.good": {"vi": "còn trống {free}", "en": "{free} free"},
    "disk.bad": {
        "vi": "chỉ còn trống {free} ở {folder}. Xoá tệp thừa hoặc thêm dung lượng: hết chỗ thì tin "
        "của khách không lưu được.",
        "en": "only {free} free at {folder}. Delete what is not needed or add space: on a full "
        "disk no message can be stored.",
    },
    "disk.backup": {
        "vi": "còn trống {free}, ít hơn dữ liệu ({size}): không đủ chỗ cho một bản sao lưu.",
        "en": "{free} free, less than the data ({size}): no room for a backup.",
    },
    "file.good": {
        "vi": "{size}, chỉ tài khoản này đọc được",
        "en": "{size}, for this account only",
    },
    "file.open": {
        "vi": "tài khoản khác trên máy đọc được dữ liệu của khách. Chạy: chmod 600 {path}*",
        "en": "other accounts of the machine can read customers' data. Run: chmod 600 {path}*",
    },
    "file.closed": {
        "vi": "không ghi được {path}. Cho tài khoản đang chạy Carebot quyền ghi tệp và cả thư mục.",
        "en": "{path} cannot be written. Let Carebot's account write the file and its folder.",
    },
    "file.wal": {
        "vi": "nhật ký ghi {path}-wal đã tới {size}. Có chương trình giữ cơ sở dữ liệu quá lâu: "
        "tắt nó (ví dụ một cửa sổ sqlite3 đang mở), hoặc khởi động lại Carebot.",
        "en": "the write-ahead log {path}-wal has grown to {size}. A program holds the database "
        "for too long: end it (a forgotten sqlite3, perhaps), or start Carebot anew.",
    },
    "redis.good": {"vi": "trả lời", "en": "answers"},
    "redis.bad": {
        "vi": "không trả lời. Kiểm tra REDIS_URL và dịch vụ Redis; khách vẫn được trả lời như "
        "thường.",
        "en": "does not answer. Look at REDIS_URL and the Redis service; customers are answered "
        "all the same.",
    },
    "model.good": {"vi": "{name} (Rasa {rasa})", "en": "{name} (Rasa {rasa})"},
    "model.none": {
        "vi": "chưa có mô hình nào. Chạy: carebot train, rồi carebot publish",
        "en": "none in use. Run: carebot train, then carebot publish",
    },
    "model.old": {
        "vi": "{name}; nội dung đã sửa sau khi huấn luyện. Để áp dụng: carebot train",
        "en": "{name}; the content has changed since. To use it: carebot train",
    },
    "workers.good": {"vi": "{ready} đang trả lời khách", "en": "{ready} answer customers"},
    "workers.loading": {
        "vi": "{loading} đang nạp mô hình; đợi một phút rồi xem lại",
        "en": "{loading} are loading a model; look again in a minute",
    },
    "workers.none": {
        "vi": "không có worker nào. Chạy: carebot up, hoặc carebot worker",
        "en": "there is none. Run: carebot up, or carebot worker",
    },
    "queue.good": {
        "vi": "{inbox} tin chờ trợ lý, {outbox} tin chờ gửi, {handoffs} khách chờ nhân viên",
        "en": "{inbox} wait for the assistant, {outbox} for delivery, {handoffs} for a person",
    },
    "queue.stuck": {
        "vi": "khách đã chờ trợ lý {seconds} giây. Xem worker có chạy không; chạy thêm: "
        "carebot up --workers 2",
        "en": "a customer has waited {seconds} s for the assistant. See that workers run; run "
        "more: carebot up --workers 2",
    },
    "users.good": {"vi": "{number} người", "en": "{number}"},
    "users.none": {
        "vi": "chưa có ai. Chạy: carebot user add TÊN --role admin",
        "en": "nobody. Run: carebot user add NAME --role admin",
    },
    "token.soon": {
        "vi": "{channel}: hết hạn {day}. Đăng nhập lại: carebot channel login {command}",
        "en": "{channel}: ends on {day}. Log in again: carebot channel login {command}",
    },
    "token.ended": {
        "vi": "{channel}: đã hết hạn {day}. Đăng nhập lại: carebot channel login {command}",
        "en": "{channel}: ended on {day}. Log in again: carebot channel login {command}",
    },
    "dead.good": {"vi": "không có", "en": "none"},
    "dead.some": {
        "vi": "trong một ngày {failed} tin gửi lỗi, {unknown} tin chưa rõ; {set_aside} khách bị "
        "trợ lý bỏ qua. Xem: carebot dead-letters --since 1d",
        "en": "in a day {failed} not sent, {unknown} of unknown fate; {set_aside} customers set "
        "aside. See: carebot dead-letters --since 1d",
    },
    "web.good": {
        "vi": "khung chat dùng được trên {origins} (WIDGET_ORIGINS)",
        "en": "widget for pages of {origins} (WIDGET_ORIGINS)",
    },
}


def say(language: str, key: str, **values: object) -> str:
    return WORDS[key][language].format(**values)
