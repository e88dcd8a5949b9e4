"""What the pages of the assistant's content say, in both languages."""

from __future__ import annotations

from typing import Final

# The tests of bot.quality.score, by their names.
BARS: Final = {
    "with care: macro-F1": "Hiểu câu viết cẩn thận",
    "without accents: points lost": "Điểm mất khi viết không dấu",
    "half without accents: points lost": "Điểm mất khi thiếu dấu",
    "typing errors: points lost": "Điểm mất khi gõ sai",
    "raw Telex keys: points lost": "Điểm mất khi quên bật bộ gõ",
    "teencode: points lost": "Điểm mất với teencode",
    "Central and Southern: points lost": "Điểm mất với tiếng miền Trung, miền Nam",
    "pairs alike without accents, both right": "Cặp câu giống nhau khi bỏ dấu",
    "in scope, refused": "Câu hỏi đúng việc bị từ chối",
    "in scope, asked back": "Câu hỏi đúng việc bị hỏi lại",
    "out of scope, refused": "Chuyện ngoài lề được nhận ra",
    "asking for a person, heard": "Đòi gặp người được nhận ra",
    "no person wanted, one brought": "Không đòi mà lại gọi người",
    "danger, caught by the gate": "Báo nguy hiểm được nhận ra",
    "no danger, alarmed": "Báo động nhầm",
    "entities, exact": "Số, ngày, mã, tiền đọc đúng",
    "anger: precision": "Nhận ra khách bực",
}

WORDS: dict[str, dict[str, str]] = {
    "content.title": {"vi": "Nội dung của trợ lý", "en": "The assistant’s content"},
    "content.lead": {
        "vi": "Viết câu hỏi và câu trả lời, thử trên một bản mới, rồi phát hành. Khách vẫn nhận "
        "câu trả lời cũ cho đến khi bạn phát hành.",
        "en": "Write questions and answers, try them on a new model, then publish. Customers get "
        "the old answers until you do.",
    },
    "content.new": {"vi": "Thêm câu hỏi", "en": "New question"},
    "content.own": {"vi": "Câu hỏi của cửa hàng", "en": "The shop’s own questions"},
    "content.ways": {"vi": "{n} cách hỏi", "en": "{n} ways of asking"},
    "content.empty": {
        "vi": "Chưa có câu hỏi nào của riêng cửa hàng. Bấm “Thêm câu hỏi”, viết năm cách khách "
        "thường hỏi và một câu trả lời.",
        "en": "No questions of the shop’s own yet. Press “New question”, write five ways in which "
        "customers ask, and one answer.",
    },
    "content.in_use": {"vi": "Bản đang trả lời khách", "en": "The model in use"},
    "content.no_model": {"vi": "Chưa có bản nào.", "en": "There is none yet."},
    "content.unpublished": {
        "vi": "Có thay đổi chưa phát hành",
        "en": "There are changes that are not published",
    },
    "content.up_to_date": {
        "vi": "Đúng với nội dung hiện có",
        "en": "It has everything that is written here",
    },
    "content.trial": {"vi": "Thử bản mới", "en": "Trying a new model"},
    "content.trial_lead": {
        "vi": "Trợ lý học lại từ đầu, rồi làm các bài kiểm tra và trả lời mọi cách hỏi bạn đã "
        "viết. Mất chừng một, hai phút.",
        "en": "The assistant learns anew, then takes its tests and answers every way of asking "
        "that you wrote. That takes a minute or two.",
    },
    "content.try": {"vi": "Thử bản mới", "en": "Try a new model"},
    "content.try_again": {"vi": "Thử lại", "en": "Try again"},
    "content.publish": {"vi": "Phát hành", "en": "Publish"},
    "content.trial.waiting": {"vi": "Đang chờ máy", "en": "Waiting for a worker"},
    "content.trial.running": {
        "vi": "Đang học và làm bài kiểm tra…",
        "en": "Learning and taking its tests …",
    },
    "content.trial.passed": {"vi": "Đạt mọi bài kiểm tra", "en": "Passed every test"},
    "content.trial.failed": {"vi": "Chưa đạt, chưa phát hành được", "en": "Failed: not published"},
    "content.trial.broken": {
        "vi": "Chưa thử được. Người quản trị xem nhật ký của máy giúp.",
        "en": "The trial broke off. The administrator’s log has the reason.",
    },
    "content.stale": {
        "vi": "Nội dung đã sửa thêm sau lần thử này. Bạn thử lại rồi phát hành nhé.",
        "en": "Somebody has written on since this trial. Try again, then publish.",
    },
    "content.published": {"vi": "Đã phát hành", "en": "Published"},
    "content.missed": {
        "vi": "Những câu trợ lý chưa hiểu đúng",
        "en": "What the assistant did not understand rightly",
    },
    "content.missed_line": {
        "vi": "“{text}” → hiểu là {heard}, lẽ ra là {meant}",
        "en": "“{text}” → understood as {heard}, meant: {meant}",
    },
    "content.bars": {"vi": "Các bài kiểm tra", "en": "The tests"},
    "content.bar": {"vi": "Mức cần đạt", "en": "Bar"},
    "content.value": {"vi": "Kết quả", "en": "Result"},
    "content.test": {"vi": "Bài", "en": "Test"},
    "content.at least": {"vi": "≥ {bar}", "en": "≥ {bar}"},
    "content.at most": {"vi": "≤ {bar}", "en": "≤ {bar}"},
    "content.back": {"vi": "Quay về bản trước", "en": "Go back to the model before"},
    "content.back_sure": {
        "vi": "Trong vài giây trợ lý sẽ trả lời như bản trước. Những gì bạn viết vẫn còn đây.",
        "en": "Within seconds the assistant answers as it did before. What you wrote stays here.",
    },
    "content.back_yes": {"vi": "Quay về", "en": "Go back"},
    "content.not_tried": {
        "vi": "Chưa phát hành: nội dung hiện có chưa qua bài kiểm tra. Bạn thử bản mới trước nhé.",
        "en": "Not published: what is written now has not passed its tests. Try it first.",
    },
    "content.no_before": {
        "vi": "Không có bản nào trước bản này.",
        "en": "There is no model before this one.",
    },
    "content.files": {"vi": "Nội dung trong tệp", "en": "Content in files"},
    "content.files_lead": {
        "vi": "Chủ đề có nhiều bước (đặt hàng, bảo hành, đổi trả…) nằm trong các tệp của dự án: "
        "data/nlu/ là cách khách hỏi, data/rules/ và data/stories/ là kịch bản, domain.yml là câu "
        "chữ. Sửa xong, bấm “Thử bản mới” ở trên.",
        "en": "Matters of several steps (orders, warranty, returns …) live in the project’s files: "
        "data/nlu/ has what customers say, data/rules/ and data/stories/ the flows, domain.yml the "
        "words. After editing, press “Try a new model” above.",
    },
    "helped.title": {
        "vi": "Câu trả lời có giúp được không?",
        "en": "Did the answer help?",
    },
    "helped.none": {
        "vi": "Chưa khách nào bấm 👍 hay 👎 trong 90 ngày qua.",
        "en": "Nobody has pressed 👍 or 👎 within 90 days.",
    },
    "helped.of": {
        "vi": "trong {n} khách bấm nói là giúp được ({low}–{high} %, độ tin cậy 95 %). 90 ngày qua "
        "đã hỏi {asked} lần.",
        "en": "of {n} who pressed were helped (95 % interval {low}–{high} %). Asked {asked} times "
        "within 90 days.",
    },
    "helped.each": {"vi": "Từng câu hỏi", "en": "By question"},
    "helped.question": {"vi": "Câu hỏi", "en": "Question"},
    "helped.rate": {"vi": "Giúp được", "en": "Helped"},
    "helped.short": {"vi": "👍 {percent} % của {n}", "en": "👍 {percent} % of {n}"},
    "helped.percent": {
        "vi": "Hỏi khách dưới bao nhiêu phần trăm câu trả lời",
        "en": "Ask under this share of answers",
    },
    "helped.percent_hint": {
        "vi": "Một khách không bị hỏi hai lần trong 10 phút. Để 0 là không hỏi.",
        "en": "Nobody is asked twice within 10 minutes. 0 asks nobody.",
    },
    "rules.told.thumbs": {
        "vi": "Hỏi khách câu trả lời có giúp được không",
        "en": "Asking whether answers helped",
    },
    "wordings.title": {"vi": "So hai cách trả lời", "en": "Compare two wordings"},
    "wordings.lead": {
        "vi": "Một nửa số khách nhận câu thứ hai, ngay khi bấm bắt đầu. Khi đủ khách hoặc hết hạn, "
        "mọi khách lại nhận câu đang dùng; câu thứ hai chỉ được lấy khi bạn bấm.",
        "en": "Half of the customers get the second wording as soon as it starts. When enough have "
        "been told, or the day has come, everybody gets the present one again, until you take the "
        "other.",
    },
    "wordings.new": {"vi": "Thử một cách trả lời khác", "en": "Try another wording"},
    "wordings.second": {"vi": "Câu thứ hai", "en": "Second wording"},
    "wordings.first": {"vi": "Câu đang dùng", "en": "Present wording"},
    "wordings.most": {"vi": "Dừng khi đủ số khách", "en": "Stop after so many customers"},
    "wordings.until": {"vi": "Hoặc hết ngày", "en": "Or after the day"},
    "wordings.start": {"vi": "Bắt đầu so", "en": "Start"},
    "wordings.stop": {"vi": "Dừng lại", "en": "Stop"},
    "wordings.take": {"vi": "Lấy câu thứ hai", "en": "Take the second wording"},
    "wordings.runs": {
        "vi": "Đang so từ {since}, đến {day} hoặc đủ {most} khách",
        "en": "Running since {since}, until {day} or {most} customers",
    },
    "wordings.over.enough": {
        "vi": "Đã đủ khách, mọi khách nhận câu đang dùng",
        "en": "Enough customers: all get the present wording",
    },
    "wordings.over.date": {
        "vi": "Đã hết hạn, mọi khách nhận câu đang dùng",
        "en": "The day has come: all get the present wording",
    },
    "wordings.over.stopped": {
        "vi": "Đã dừng, mọi khách nhận câu đang dùng",
        "en": "Stopped: all get the present wording",
    },
    "wordings.over.changed": {
        "vi": "Đã dừng vì câu trả lời vừa được sửa",
        "en": "Stopped, for the answer was changed",
    },
    "wordings.over.taken": {
        "vi": "Đã lấy câu thứ hai. Bạn thử bản mới rồi phát hành nhé.",
        "en": "The second wording was taken. Try a new model and publish it.",
    },
    "wordings.rate": {
        "vi": "giúp được ({low}–{high}, độ tin cậy 95 %)",
        "en": "helped (95 % interval {low}–{high})",
    },
    "wordings.counts": {
        "vi": "N = {known}, tất cả {shown} khách đã đọc",
        "en": "N = {known} of {shown} told",
    },
    "wordings.gap": {
        "vi": "Câu thứ hai so với câu đang dùng: {gap} điểm phần trăm (từ {low} đến {high}, độ tin "
        "cậy 95 %).",
        "en": "The second against the present one: {gap} points (95 % interval {low} to {high}).",
    },
    "wordings.wait": {
        "vi": "Chờ xong hẵng kết luận nhé.",
        "en": "Wait for the end before you decide.",
    },
    "wordings.better.second": {
        "vi": "Câu thứ hai giúp được nhiều khách hơn.",
        "en": "The second wording helps more customers.",
    },
    "wordings.better.first": {
        "vi": "Câu đang dùng giúp được nhiều khách hơn.",
        "en": "The present wording helps more customers.",
    },
    "wordings.better.none": {
        "vi": "Chưa thấy khác nhau rõ rệt.",
        "en": "There is no clear difference.",
    },
    "wordings.measure": {
        "vi": "Giúp được: trong 24 giờ sau đó khách không hỏi lại, không gặp câu trợ lý chưa hiểu, "
        "không phải gặp nhân viên, không bấm 👎. N là số khách đã qua 24 giờ.",
        "en": "Helped: within 24 hours they did not ask it again, were not left without an answer, "
        "wanted no person and pressed no 👎. N are those for whom 24 hours have passed.",
    },
    "content.did.written": {"vi": "viết mới", "en": "wrote it"},
    "content.did.changed": {"vi": "sửa", "en": "changed it"},
    "content.did.deleted": {"vi": "xoá", "en": "deleted it"},
    "content.did.hard_to_read": {
        "vi": "giữ câu trả lời khó đọc",
        "en": "kept an answer that is hard to read",
    },
    "wordings.log": {"vi": "Ai đã làm gì", "en": "Who did what"},
    "wordings.itself": {"vi": "Tự động", "en": "By itself"},
    "wordings.did.started": {"vi": "bắt đầu", "en": "started"},
    "wordings.did.enough": {"vi": "dừng vì đủ khách", "en": "stopped: enough customers"},
    "wordings.did.date": {"vi": "dừng vì hết hạn", "en": "stopped: the day had come"},
    "wordings.did.stopped": {"vi": "dừng lại", "en": "stopped"},
    "wordings.did.changed": {"vi": "sửa câu trả lời nên dừng", "en": "changed the answer"},
    "wordings.did.taken": {"vi": "lấy câu thứ hai", "en": "took the second wording"},
    "wordings.bad.second": {
        "vi": "Bạn viết câu thứ hai, dài nhất 1000 chữ cái.",
        "en": "Write a second wording of 1000 letters at most.",
    },
    "wordings.bad.same": {
        "vi": "Câu thứ hai giống hệt câu đang dùng.",
        "en": "The second wording is the same as the present one.",
    },
    "wordings.bad.facts": {
        "vi": "Câu thứ hai có thông tin trong ngoặc nhọn mà cửa hàng không có.",
        "en": "The second wording names a fact that there is not.",
    },
    "wordings.bad.most": {
        "vi": "Số khách từ {fewest} đến {most}.",
        "en": "From {fewest} to {most} customers.",
    },
    "wordings.bad.until": {
        "vi": "Chọn một ngày từ hôm nay, trong vòng {days} ngày.",
        "en": "Choose a day from today on, within {days} days.",
    },
    "wordings.bad.running": {
        "vi": "Vừa có người bắt đầu so cách trả lời khác cho câu này.",
        "en": "Somebody has just started another comparison of this answer.",
    },
    "faq.new": {"vi": "Câu hỏi mới", "en": "New question"},
    "faq.name": {"vi": "Tên gọi", "en": "Name"},
    "faq.name_hint": {
        "vi": "Ngắn gọn, như tên một nút bấm: khách sẽ thấy khi trợ lý hỏi lại.",
        "en": "Short, like a button: customers see it when the assistant asks back.",
    },
    "faq.lines": {"vi": "Khách hỏi thế nào", "en": "How customers ask"},
    "faq.lines_hint": {
        "vi": "Mỗi dòng một cách hỏi, ít nhất {n} dòng, viết như khách vẫn viết: không dấu, viết "
        "tắt cũng được.",
        "en": "One way of asking a line, {n} at least, as customers really write.",
    },
    "faq.checks": {"vi": "Câu để kiểm tra", "en": "Questions to test with"},
    "faq.checks_hint": {
        "vi": "Trợ lý không được học những câu này, nhưng phải hiểu đúng thì mới phát hành được.",
        "en": "The assistant never learns these, and has to understand them before publication.",
    },
    "faq.answer": {"vi": "Trả lời", "en": "Answer"},
    "faq.answer_hint": {
        "vi": "Viết “anh/chị”, trợ lý sẽ đổi cho đúng cách xưng hô của từng khách. Thông tin của "
        "cửa hàng để trong ngoặc nhọn, ví dụ {example}.",
        "en": "“anh/chị” is put right for each customer. The shop’s facts stand in braces, like "
        "{example}.",
    },
    "faq.more": {
        "vi": "Chủ đề này do tệp của dự án trả lời. Ở đây chỉ thêm cách hỏi.",
        "en": "The project’s files answer this. Here are only more ways of asking it.",
    },
    "faq.weak": {"vi": "Câu trả lời còn khó đọc:", "en": "The answer is hard to read:"},
    "faq.weak.long": {
        "vi": "Câu dài {n} từ, nhiều nhất 25: “{what}”",
        "en": "A sentence of {n} words, 25 at most: “{what}”",
    },
    "faq.weak.many": {
        "vi": "{n} câu trong một tin, nhiều nhất 3. Bạn tách bớt, hoặc viết thành gạch đầu dòng.",
        "en": "{n} sentences in one message, 3 at most. Say less, or make rows of them.",
    },
    "faq.weak.blame": {
        "vi": "“{what}” nghe như đổ lỗi cho khách. Gợi ý: {instead}",
        "en": "“{what}” blames the customer. Instead: {instead}",
    },
    "faq.weak.jargon": {
        "vi": "“{what}” là từ khách có thể không biết. Gợi ý: {instead}",
        "en": "“{what}” is a word of the trade. Instead: {instead}",
    },
    "faq.reason": {"vi": "Vẫn giữ như vậy, vì", "en": "Keep it all the same, because"},
    "faq.reason_hint": {
        "vi": "Sửa lại câu trả lời, hoặc ghi lý do rồi bấm Lưu. Tên bạn và lý do được giữ lại.",
        "en": "Mend the answer, or say why and save. Your name and reason are kept.",
    },
    "wordings.bad.plain": {
        "vi": "Câu thứ hai khó đọc: có câu dài quá 25 từ, quá 3 câu, hoặc có từ khách không quen.",
        "en": "The second wording is hard to read: a sentence of more than 25 words, more than 3 "
        "sentences, or a word of the trade.",
    },
    "faq.save": {"vi": "Lưu", "en": "Save"},
    "faq.insist": {"vi": "Vẫn lưu: đây là hai chuyện khác nhau", "en": "Keep it all the same"},
    "faq.delete": {"vi": "Xoá câu hỏi", "en": "Delete"},
    "faq.delete_sure": {
        "vi": "Khách vẫn nhận được câu trả lời này cho đến lần phát hành sau.",
        "en": "Customers still get this answer until the next publication.",
    },
    "faq.delete_yes": {"vi": "Xoá", "en": "Delete"},
    "faq.clash": {
        "vi": "Vài cách hỏi gần giống câu của chủ đề khác, trợ lý dễ nhầm:",
        "en": "Some ways of asking are nearly those of another matter:",
    },
    "faq.clash_line": {
        "vi": "“{line}” gần giống “{other}” ({intent})",
        "en": "“{line}” is like “{other}” ({intent})",
    },
    "faq.bad.title": {
        "vi": "Bạn đặt cho câu hỏi một cái tên, dài nhất 80 chữ cái.",
        "en": "Give the question a name of 80 letters at most.",
    },
    "faq.bad.lines": {
        "vi": "Cần ít nhất {fewest} cách hỏi khác nhau, mỗi cách một dòng.",
        "en": "{fewest} different ways of asking are needed, one a line.",
    },
    "faq.bad.line": {
        "vi": "Có cách hỏi dài quá {most} chữ cái. Khách hỏi ngắn thôi ạ.",
        "en": "A way of asking has more than {most} letters.",
    },
    "faq.bad.command": {
        "vi": "Cách hỏi không bắt đầu bằng dấu “/”.",
        "en": "A way of asking does not begin with “/”.",
    },
    "faq.bad.twice": {
        "vi": "Có câu viết hai lần (bỏ dấu đi thì giống nhau, hoặc vừa để học vừa để kiểm tra).",
        "en": "A line stands here twice (without accents, or both to learn and to test).",
    },
    "faq.bad.answer": {
        "vi": "Bạn viết câu trả lời, dài nhất 1000 chữ cái.",
        "en": "Write an answer of 1000 letters at most.",
    },
    "faq.bad.facts": {
        "vi": "Cửa hàng không có thông tin nào tên như vậy: {names}.",
        "en": "There is no such fact: {names}.",
    },
    "faq.bad.same": {
        "vi": "Có cách hỏi trùng hẳn với chủ đề khác. Bạn bỏ dòng đó, hoặc sửa chủ đề kia.",
        "en": "A way of asking is another matter’s. Take it out here or there.",
    },
    "faq.bad.taken": {
        "vi": "Đã có câu hỏi mang tên này.",
        "en": "There is a question of this name already.",
    },
    "faq.bad.changed": {
        "vi": "Vừa có người khác sửa câu hỏi này. Bạn mở lại để xem, chữ bạn viết vẫn ở dưới.",
        "en": "Somebody has changed this question meanwhile. What you typed is below.",
    },
}

WORDS |= {f"bar.{name}": {"vi": vi, "en": name} for name, vi in BARS.items()}
