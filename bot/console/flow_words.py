"""What the page of a flow says, in both languages."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "flow.own": {"vi": "Kịch bản của cửa hàng", "en": "The shop’s own flows"},
    "flow.new": {"vi": "Thêm kịch bản", "en": "New flow"},
    "flow.empty": {
        "vi": "Kịch bản là khi trợ lý phải hỏi khách vài câu rồi mới trả lời được: đăng ký dùng "
        "thử, hẹn giờ lắp máy, chọn gói bảo trì…",
        "en": "A flow is for what takes a few questions before the answer: a trial at home, a date "
        "for an installation, a plan to choose …",
    },
    "flow.questions": {"vi": "trợ lý hỏi {n} câu", "en": "{n} questions"},
    "flow.new_title": {"vi": "Kịch bản mới", "en": "New flow"},
    "flow.name": {"vi": "Tên kịch bản", "en": "Name"},
    "flow.lines": {"vi": "Khách nói thế nào", "en": "How customers begin it"},
    "flow.steps": {"vi": "Các bước", "en": "Steps"},
    "flow.as_rows": {"vi": "Từng dòng", "en": "Rows"},
    "flow.as_text": {"vi": "Văn bản", "en": "Text"},
    "flow.view": {"vi": "Cách soạn", "en": "Write as"},
    "flow.text": {"vi": "Kịch bản", "en": "The flow"},
    "flow.text_hint": {
        "vi": "Việc nằm trong “Nếu” thì lùi vào hai dấu cách. Muốn xuống dòng trong câu trả lời, "
        "bắt đầu dòng sau bằng dấu |.",
        "en": "What belongs to a “Nếu” stands two spaces deeper. A line that begins with | goes on "
        "with the text above.",
    },
    "flow.add": {"vi": "Thêm bước", "en": "Add a step"},
    "flow.keys": {
        "vi": "Phím tắt: Enter thêm dòng · Alt + ↑ ↓ chuyển dòng · Alt + → ← đưa vào, ra khỏi "
        "“Nếu” · Backspace ở dòng trống để xoá",
        "en": "Keys: Enter adds a row · Alt + ↑ ↓ moves it · Alt + → ← puts it into a “Nếu” or out "
        "· Backspace in an empty row deletes it",
    },
    "flow.kind": {"vi": "Loại bước, dòng {n}", "en": "Kind of step, row {n}"},
    "flow.say": {"vi": "Trợ lý nói gì", "en": "What the assistant says"},
    "flow.ask": {"vi": "Trợ lý hỏi gì", "en": "What the assistant asks"},
    "flow.kept_as": {"vi": "ghi vào", "en": "keep as"},
    "flow.ask_name": {"vi": "Ghi vào", "en": "Keep as"},
    "flow.ask_kind": {"vi": "Khách trả lời bằng", "en": "The answer is"},
    "flow.options": {"vi": "Các lựa chọn, cách nhau bằng /", "en": "Choices, with / between them"},
    "flow.if_name": {"vi": "Câu trả lời nào", "en": "Which answer"},
    "flow.if_how": {"vi": "So sánh", "en": "Compare"},
    "flow.more": {"vi": "trở lên", "en": "or more"},
    "flow.if_value": {"vi": "Giá trị", "en": "Value"},
    "flow.up": {"vi": "Đưa lên", "en": "Move up"},
    "flow.down": {"vi": "Đưa xuống", "en": "Move down"},
    "flow.deeper": {"vi": "Đưa vào trong “Nếu”", "en": "Into the “Nếu” above"},
    "flow.shallower": {"vi": "Đưa ra ngoài “Nếu”", "en": "Out of the “Nếu”"},
    "flow.remove": {"vi": "Xoá dòng", "en": "Delete row"},
    "flow.play": {"vi": "Chạy thử", "en": "Try it out"},
    "flow.play_lead": {
        "vi": "Thử ngay khi đang viết, chưa cần lưu. Trợ lý bắt đầu bằng câu khách nói đầu tiên.",
        "en": "Before anything is saved. It begins with the first thing that customers say.",
    },
    "flow.restart": {"vi": "Thử lại từ đầu", "en": "From the beginning"},
    "flow.reply": {"vi": "Khách trả lời", "en": "The customer says"},
    "flow.end_person": {"vi": "Chuyển cho nhân viên", "en": "Handed to a person"},
    "flow.end_done": {"vi": "Hết kịch bản", "en": "End of the flow"},
    "flow.end_aside": {
        "vi": "Chuyện khác: trợ lý trả lời chuyện đó trước, rồi hỏi lại",
        "en": "Another matter: the assistant answers it first, then asks again",
    },
    "flow.problems": {"vi": "Chưa lưu được, bạn sửa giúp:", "en": "Not saved yet, please mend:"},
    "flow.at": {"vi": "Dòng {line}: {text}", "en": "Line {line}: {text}"},
    "flow.help": {"vi": "Viết kịch bản thế nào", "en": "How to write a flow"},
    "flow.example": {"vi": "Một kịch bản mẫu", "en": "An example"},
    "flow.delete": {"vi": "Xoá kịch bản", "en": "Delete"},
    "flow.delete_sure": {
        "vi": "Khách vẫn gặp kịch bản này cho đến lần phát hành sau.",
        "en": "Customers still meet this flow until the next publication.",
    },
    "flow.bad.no_title": {
        "vi": "Kịch bản chưa có tên. Viết ở dòng đầu, ví dụ “Tên: Đăng ký dùng thử”.",
        "en": "The flow has no name. Write “Tên: …” in the first line.",
    },
    "flow.bad.title_twice": {
        "vi": "Kịch bản chỉ có một tên. Bạn bỏ bớt một dòng “Tên:”.",
        "en": "A flow has one name. Take out one “Tên:”.",
    },
    "flow.bad.no_steps": {
        "vi": "Chưa có bước nào. Thêm ít nhất một dòng “Bot đáp:”.",
        "en": "There is no step yet. Add a “Bot đáp:”.",
    },
    "flow.bad.unknown": {
        "vi": "Không rõ dòng này là gì. Bắt đầu bằng một trong: Khách nói, Bot đáp, Hỏi, Nếu, Còn "
        "lại, Gặp nhân viên, Kết thúc.",
        "en": "A line begins with Khách nói, Bot đáp, Hỏi, Nếu, Còn lại, Gặp nhân viên or Kết "
        "thúc.",
    },
    "flow.bad.empty": {
        "vi": "Sau “{about}:” chưa có chữ nào.",
        "en": "Nothing stands after “{about}:”.",
    },
    "flow.bad.long": {
        "vi": "Dài quá {about} chữ cái. Bạn tách làm hai câu nhé.",
        "en": "More than {about} letters. Write two lines of it.",
    },
    "flow.bad.indent": {
        "vi": "Dòng này lùi vào mà phía trên không có “Nếu”. Bạn đưa ra sát lề.",
        "en": "This line stands deeper without a “Nếu” above it. Move it out.",
    },
    "flow.bad.question": {
        "vi": "Câu hỏi cần chỗ ghi câu trả lời, ví dụ: Hỏi: Anh/chị cần máy nào ạ? → «máy» (chữ)",
        "en": "A question says where its answer is kept: Hỏi: … → «máy» (chữ)",
    },
    "flow.bad.name": {
        "vi": "Đặt tên cho câu trả lời trong dấu « », dài nhất {about} chữ cái.",
        "en": "Name the answer between « », in {about} letters at most.",
    },
    "flow.bad.name_twice": {
        "vi": "Tên và dòng đã dùng tên đó: {about}. Bạn đặt tên khác, hoặc đưa câu hỏi ra ngoài "
        "“Nếu” để hỏi chung.",
        "en": "That name is taken (name, line): {about}. Take another, or ask before the ways "
        "part.",
    },
    "flow.bad.kind": {
        "vi": "Không có kiểu trả lời “{about}”. Chọn: chữ, một trong: A / B, có/không, số, số điện "
        "thoại, ngày.",
        "en": "No answer is a “{about}”. Choose chữ, một trong: A / B, có/không, số, số điện thoại "
        "or ngày.",
    },
    "flow.bad.options": {
        "vi": "Cần từ 2 đến {about} lựa chọn khác nhau, cách nhau bằng dấu /.",
        "en": "2 to {about} different choices are needed, with / between them.",
    },
    "flow.bad.options_alike": {
        "vi": "Có hai lựa chọn giống nhau khi bỏ dấu, khách gõ không dấu sẽ lẫn.",
        "en": "Two choices are the same without accents.",
    },
    "flow.bad.condition": {
        "vi": "Viết như: Nếu «máy» là máy xay: hoặc, với số: Nếu «số người» từ 6 trở lên: hay "
        "dưới 6:",
        "en": "Write Nếu «máy» là máy xay: or with numbers Nếu «số người» từ 6 trở lên: / dưới 6:",
    },
    "flow.bad.unknown_name": {
        "vi": "Chưa hỏi «{about}» ở các bước phía trên (câu hỏi nằm trong một “Nếu” khác thì không "
        "tính).",
        "en": "«{about}» has not been asked on the way here.",
    },
    "flow.bad.no_parting": {
        "vi": "«{about}» là câu trả lời tự do, không rẽ nhánh được. Đổi câu hỏi sang “một trong”, "
        "“có/không” hoặc “số”.",
        "en": "«{about}» may be anything. Ways part at một trong, có/không and số only.",
    },
    "flow.bad.value": {
        "vi": "Không có lựa chọn này. Đã viết, và các lựa chọn: {about}.",
        "en": "There is no such choice. Written, and the choices: {about}.",
    },
    "flow.bad.number": {
        "vi": "“{about}” không phải là số viết bằng chữ số.",
        "en": "“{about}” is no number in figures.",
    },
    "flow.bad.nothing_inside": {
        "vi": "Chưa có việc gì bên trong. Viết ở dòng dưới, lùi vào hai dấu cách.",
        "en": "Nothing stands inside. Write it below, two spaces deeper.",
    },
    "flow.bad.deep": {
        "vi": "Rẽ nhánh nhiều tầng quá, khách khó theo. Bạn tách thành hai kịch bản.",
        "en": "The ways part too often. Make two flows of it.",
    },
    "flow.bad.else_alone": {
        "vi": "“Còn lại” phải đứng ngay sau một “Nếu”, cùng độ lùi.",
        "en": "“Còn lại” stands right after a “Nếu”, as deep as it.",
    },
    "flow.bad.too_much": {
        "vi": "Sau “{about}” không viết gì thêm. Việc tiếp theo viết ở dòng dưới.",
        "en": "Nothing more stands after “{about}”. What follows goes below.",
    },
    "flow.bad.too_late": {
        "vi": "“{about}” chỉ viết ở đầu kịch bản, trước các bước.",
        "en": "“{about}” stands at the beginning only.",
    },
    "flow.bad.never_reached": {
        "vi": "Phía trên đã kết thúc hoặc gặp nhân viên, dòng này không bao giờ tới. Bạn bỏ đi, "
        "hoặc đưa ra ngoài “Nếu”.",
        "en": "The flow has ended above; nobody comes here. Take it out, or out of the “Nếu”.",
    },
    "flow.bad.silent": {
        "vi": "Có trường hợp khách trả lời «{about}» xong thì trợ lý im lặng. Thêm “Bot đáp” hoặc "
        "“Gặp nhân viên” ở cuối.",
        "en": "Some who answered «{about}» hear nothing more. Add a “Bot đáp” or a “Gặp nhân viên” "
        "at the end.",
    },
    "flow.bad.marks": {
        "vi": "Câu khách nói không dùng các dấu ngoặc ( ) [ ].",
        "en": "What customers say has no brackets.",
    },
    "flow.bad.taken": {
        "vi": "Đã có kịch bản hoặc câu hỏi mang tên này.",
        "en": "A flow or a question has this name already.",
    },
    "flow.bad.changed": {
        "vi": "Vừa có người khác sửa kịch bản này. Bạn mở lại để xem, chữ bạn viết vẫn ở dưới.",
        "en": "Somebody has changed this flow meanwhile. What you typed is below.",
    },
}
