"""The words of the shop's records: people, their history, tables that are read in."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    # --- people
    "wish.title": {"vi": "Kênh và giờ muốn nhận tin", "en": "Where and when to write"},
    "wish.hint": {
        "vi": "Tin shop chủ động gửi (chăm sóc, khảo sát, ưu đãi, chúc mừng) sẽ theo lựa chọn này. "
        "Khách nhắn thì vẫn trả lời ngay.",
        "en": "What we send of ourselves (care, surveys, offers, greetings) follows this. Who "
        "writes is answered at once.",
    },
    "wish.channel": {"vi": "Kênh", "en": "Channel"},
    "wish.any": {"vi": "Kênh nào cũng được", "en": "Any"},
    "wish.opens": {"vi": "Từ", "en": "From"},
    "wish.closes": {"vi": "Đến", "en": "To"},
    "wish.save": {"vi": "Lưu", "en": "Save"},
    "person.refused.bad_wish": {
        "vi": "Chưa lưu được: chọn kênh khách đang dùng, và khung giờ có phần nằm trong "
        "7:00–22:00, giờ bắt đầu trước giờ kết thúc (hoặc bỏ trống cả hai).",
        "en": "Not saved: choose a channel that they use, and hours that begin before they end and "
        "lie partly between 7:00 and 22:00 (or neither).",
    },
    "app.people": {"vi": "Khách hàng", "en": "Customers"},
    "people.title": {"vi": "Khách hàng", "en": "Customers"},
    "people.lead": {
        "vi": "{count} người trong sổ của cửa hàng, gồm cả đơn hàng, sửa chữa và khiếu nại của họ.",
        "en": "{count} people in the shop's books, with their orders, repairs and complaints.",
    },
    "people.find": {"vi": "Tìm", "en": "Find"},
    "people.find_hint": {
        "vi": "Tên, số điện thoại hoặc mã khách",
        "en": "Name, phone or customer number",
    },
    "people.imports": {"vi": "Nhập dữ liệu", "en": "Import"},
    "people.empty": {
        "vi": "Chưa có khách hàng nào. Bạn nhập sổ khách hàng hoặc đơn hàng từ tệp CSV nhé.",
        "en": "No customers yet. Import your customers or orders from a CSV file.",
    },
    "people.empty_found": {
        "vi": "Không tìm thấy ai khớp với “{text}”.",
        "en": "Nobody matches “{text}”.",
    },
    "people.name": {"vi": "Khách hàng", "en": "Customer"},
    "people.channels": {"vi": "Kênh đã xác nhận", "en": "Proved channels"},
    "people.orders": {"vi": "Đơn hàng", "en": "Orders"},
    "people.last_order": {"vi": "Mua gần nhất", "en": "Last order"},
    "people.nameless": {"vi": "Chưa có tên", "en": "No name"},
    "people.older": {"vi": "Trang sau", "en": "Next page"},
    "people.first": {"vi": "Về trang đầu", "en": "First page"},
    "people.pages": {"vi": "Các trang", "en": "Pages"},
    # --- one person
    "person.back": {"vi": "Tất cả khách hàng", "en": "All customers"},
    "person.facts": {"vi": "Thông tin", "en": "Details"},
    "person.number": {"vi": "Mã khách", "en": "Number"},
    "person.phone": {"vi": "Điện thoại", "en": "Phone"},
    "person.email": {"vi": "Email", "en": "E-mail"},
    "person.birthday": {"vi": "Sinh nhật", "en": "Birthday"},
    "person.company": {"vi": "Công ty", "en": "Company"},
    "person.tax_code": {"vi": "Mã số thuế", "en": "Tax code"},
    "person.since": {"vi": "Có trong sổ từ", "en": "In the books since"},
    "person.accounts": {"vi": "Tài khoản trên các kênh", "en": "Accounts on channels"},
    "person.no_accounts": {
        "vi": "Chưa có tài khoản nào được xác nhận là người này.",
        "en": "No account is proved to be this person.",
    },
    "person.unlink": {"vi": "Gỡ", "en": "Unlink"},
    "person.unlink_of": {"vi": "Gỡ tài khoản {name}", "en": "Unlink {name}"},
    "person.link": {"vi": "Xác nhận", "en": "Confirm"},
    "person.link_of": {
        "vi": "Xác nhận tài khoản {name} là người này",
        "en": "Confirm that {name} is this person",
    },
    "person.records": {"vi": "Hồ sơ đã gộp", "en": "Merged records"},
    "person.split": {"vi": "Tách ra", "en": "Split"},
    "person.split_of": {"vi": "Tách hồ sơ {name}", "en": "Split off {name}"},
    "person.merge": {"vi": "Gộp vào đây", "en": "Merge into this"},
    "person.merge_of": {"vi": "Gộp hồ sơ {name} vào đây", "en": "Merge {name} into this record"},
    "person.alike": {"vi": "Có thể cũng là người này", "en": "May be this person too"},
    "person.alike_hint": {
        "vi": "Chỉ là gợi ý theo số điện thoại và mã đơn. Chưa có gì được nối khi bạn chưa xác "
        "nhận.",
        "en": "Only suggestions by phone and order. Nothing is linked until you confirm.",
    },
    "person.find_other": {"vi": "Gộp với hồ sơ khác", "en": "Merge with another record"},
    "person.find_other_hint": {
        "vi": "Tên, số điện thoại hoặc mã khách",
        "en": "Name, phone or number",
    },
    "person.found_nobody": {"vi": "Không tìm thấy hồ sơ nào khác.", "en": "No other record found."},
    "person.history": {"vi": "Lịch sử", "en": "History"},
    "person.history_empty": {
        "vi": "Chưa có gì về người này.",
        "en": "Nothing is told of this person yet.",
    },
    "person.older": {"vi": "Cũ hơn", "en": "Older"},
    "person.profile": {"vi": "Hồ sơ khách", "en": "Customer record"},
    "proof.order": {"vi": "Khách báo đúng mã đơn và số điện thoại", "en": "Gave order and phone"},
    "proof.otp": {"vi": "Khách nhập đúng mã xác nhận", "en": "Typed the code we sent"},
    "proof.staff": {"vi": "Nhân viên xác nhận", "en": "Confirmed by staff"},
    "proof.by": {"vi": "{name} xác nhận", "en": "Confirmed by {name}"},
    "person.refused.linked": {
        "vi": "Tài khoản này đã được xác nhận là người khác. Bạn gỡ ở hồ sơ kia trước nhé.",
        "en": "This account is proved to be somebody else. Unlink it there first.",
    },
    "person.refused.merged": {
        "vi": "Một trong hai hồ sơ đã được gộp rồi. Bạn mở hồ sơ chính rồi thử lại nhé.",
        "en": "One of the two is merged already. Open the main record and try again.",
    },
    "person.refused.holds": {
        "vi": "Hồ sơ kia đang có hồ sơ khác gộp vào. Bạn tách ra trước, hoặc gộp theo chiều ngược "
        "lại.",
        "en": "Other records are merged into that one. Split them first, or merge the other way.",
    },
    "person.refused.same": {"vi": "Đây là cùng một hồ sơ.", "en": "This is the same record."},
    "person.refused.gone": {
        "vi": "Việc này vừa được người khác làm rồi.",
        "en": "Somebody has just done this.",
    },
    "person.refused.missing": {"vi": "Không còn hồ sơ này.", "en": "This record is gone."},
    # --- their history
    "history.order.ordered": {"vi": "Đặt đơn {code}", "en": "Ordered {code}"},
    "history.order.paid": {"vi": "Thanh toán đơn {code}", "en": "Paid for {code}"},
    "history.order.delivered": {"vi": "Đã giao đơn {code}", "en": "{code} was delivered"},
    "history.order.returned": {"vi": "Trả hàng đơn {code}", "en": "Returned {code}"},
    "history.repair.received": {"vi": "Gửi sửa, phiếu {code}", "en": "Sent for repair, {code}"},
    "history.repair.returned": {"vi": "Trả máy, phiếu {code}", "en": "Repaired, {code}"},
    "history.complaint.opened": {"vi": "Khiếu nại {code}", "en": "Complained, {code}"},
    "history.complaint.answered": {
        "vi": "Đã phản hồi khiếu nại {code}",
        "en": "Complaint {code} was answered",
    },
    "history.complaint.closed": {"vi": "Đóng khiếu nại {code}", "en": "Complaint {code} closed"},
    "history.talk": {"vi": "Trò chuyện trên {channel}", "en": "Talked on {channel}"},
    "history.messages": {"vi": "{count} tin nhắn", "en": "{count} messages"},
    "history.open_talk": {"vi": "Xem hội thoại", "en": "Read the talk"},
    "history.survey.asked": {"vi": "Được hỏi {kind}", "en": "Asked for {kind}"},
    "history.survey.ended": {"vi": "Trả lời {kind}: {mark}", "en": "Answered {kind}: {mark}"},
    "history.survey.silent": {"vi": "Không trả lời {kind}", "en": "Did not answer {kind}"},
    "history.survey.declined": {"vi": "Từ chối {kind}", "en": "Declined {kind}"},
    "history.consent.yes": {"vi": "Đồng ý nhận tin: {purpose}", "en": "Said yes to {purpose}"},
    "history.consent.no": {"vi": "Không nhận tin: {purpose}", "en": "Said no to {purpose}"},
    "history.consent.not_now": {
        "vi": "Chưa muốn nhận tin: {purpose}",
        "en": "Not now: {purpose}",
    },
    "history.outreach.sent": {"vi": "Shop nhắn trước: {kind}", "en": "We wrote first: {kind}"},
    "history.outreach.refused": {"vi": "Không gửi: {kind}", "en": "Not sent: {kind}"},
    "history.outreach.cancelled": {"vi": "Đã huỷ: {kind}", "en": "Cancelled: {kind}"},
    "history.outreach.held_out": {
        "vi": "Không gửi (nhóm đối chứng): {kind}",
        "en": "Held out: {kind}",
    },
    "history.identity.linked": {
        "vi": "Xác nhận tài khoản {name}",
        "en": "{name} was proved to be this person",
    },
    "history.identity.unlinked": {"vi": "Gỡ tài khoản {name}", "en": "{name} was unlinked"},
    "history.identity.merged": {"vi": "Gộp hồ sơ {name}", "en": "{name} was merged into this"},
    "history.identity.split": {"vi": "Tách hồ sơ {name}", "en": "{name} was split off"},
    "history.identity.doubted": {
        "vi": "{name} báo đúng đơn {order} của người này",
        "en": "{name} proved this person's order {order}",
    },
    "history.by": {"vi": "{name} thực hiện", "en": "by {name}"},
    "history.by_customer": {"vi": "khách tự chứng minh", "en": "proved by the customer"},
    "purpose.reply": {"vi": "trả lời", "en": "replies"},
    "purpose.service": {"vi": "báo đơn hàng", "en": "order news"},
    "purpose.care": {"vi": "chăm sóc sau mua", "en": "care after purchase"},
    "purpose.survey": {"vi": "khảo sát", "en": "surveys"},
    "purpose.promotion": {"vi": "khuyến mãi", "en": "promotions"},
    "purpose.birthday": {"vi": "chúc sinh nhật", "en": "birthday wishes"},
    "survey_kind.csat": {"vi": "mức hài lòng", "en": "satisfaction"},
    "survey_kind.nps": {"vi": "mức sẵn lòng giới thiệu", "en": "recommendation (NPS)"},
    "survey_kind.csi": {"vi": "chỉ số hài lòng", "en": "satisfaction index"},
    "survey_kind.expectations": {"vi": "mong đợi", "en": "expectations"},
    "survey_kind.leaving": {"vi": "lý do rời đi", "en": "leaving reasons"},
    # --- states of the shop's records
    "order_state.placed": {"vi": "Đã đặt", "en": "Placed"},
    "order_state.shipping": {"vi": "Đang giao", "en": "Shipping"},
    "order_state.delivered": {"vi": "Đã giao", "en": "Delivered"},
    "order_state.failed": {"vi": "Giao thất bại", "en": "Delivery failed"},
    "order_state.cancelled": {"vi": "Đã huỷ", "en": "Cancelled"},
    # --- tables that are read in
    "imports.title": {"vi": "Nhập dữ liệu", "en": "Import"},
    "imports.lead": {
        "vi": "Đưa sổ khách hàng, đơn hàng, sửa chữa, khiếu nại từ tệp CSV vào. Bạn xem trước rồi "
        "mới lưu, và hoàn tác được.",
        "en": "Bring in customers, orders, repairs and complaints from a CSV file. You see what "
        "will happen first, and can undo it.",
    },
    "imports.kind": {"vi": "Loại dữ liệu", "en": "What it is"},
    "imports.file": {"vi": "Tệp CSV", "en": "CSV file"},
    "imports.file_hint": {
        "vi": "Tối đa {rows} dòng. Từ Excel: Lưu thành, chọn “CSV UTF-8”.",
        "en": "At most {rows} rows. From Excel: Save as “CSV UTF-8”.",
    },
    "imports.look": {"vi": "Xem trước", "en": "Preview"},
    "imports.columns": {"vi": "Các cột nhận được", "en": "Columns we know"},
    "imports.columns_hint": {
        "vi": "Tên cột không cần dấu hay viết hoa, cột khác sẽ được bỏ qua. Ô trống giữ nguyên dữ "
        "liệu đang có.",
        "en": "Accents and case do not matter, other columns are left out. An empty cell leaves "
        "what there is.",
    },
    "imports.needed": {"vi": "bắt buộc với dòng mới", "en": "needed of a new row"},
    "imports.done": {"vi": "Đã nhập", "en": "Imported"},
    "imports.none": {"vi": "Chưa nhập tệp nào.", "en": "Nothing imported yet."},
    "imports.export": {"vi": "Tải về CSV", "en": "Download as CSV"},
    "imports.back": {"vi": "Nhập dữ liệu", "en": "Import"},
    "imports.preview": {"vi": "Xem trước: {name}", "en": "Preview: {name}"},
    "imports.confirm": {"vi": "Nhập {count} dòng", "en": "Import {count} rows"},
    "imports.nothing": {
        "vi": "Không có gì mới: mọi dòng đều giống dữ liệu đang có.",
        "en": "Nothing new: every row is as we have it.",
    },
    "imports.changed_meanwhile": {
        "vi": "Dữ liệu vừa thay đổi trong lúc bạn xem. Bạn kiểm tra lại các con số rồi xác nhận "
        "nhé.",
        "en": "The data changed while you were looking. Please check the numbers again.",
    },
    "imports.new": {"vi": "Mới", "en": "New"},
    "imports.changed": {"vi": "Thay đổi", "en": "Changed"},
    "imports.same": {"vi": "Giữ nguyên", "en": "Same"},
    "imports.newcomers": {
        "vi": "Thêm {count} khách hàng chưa có trong sổ.",
        "en": "{count} customers who are not in the books yet are added.",
    },
    "imports.ignored": {"vi": "Cột bỏ qua: {names}", "en": "Columns left out: {names}"},
    "imports.first": {"vi": "{count} dòng đầu", "en": "The first {count} rows"},
    "imports.what": {"vi": "Những dòng đã ghi", "en": "What was written"},
    "imports.line": {"vi": "Dòng", "en": "Line"},
    "imports.outcome": {"vi": "Kết quả", "en": "Outcome"},
    "imports.problems": {
        "vi": "Có {count} chỗ cần sửa. Chưa có gì được lưu.",
        "en": "{count} things need mending. Nothing was stored.",
    },
    "imports.problems_more": {
        "vi": "Đang hiện {shown} chỗ đầu tiên.",
        "en": "The first {shown} are shown.",
    },
    "imports.column": {"vi": "Cột", "en": "Column"},
    "imports.value": {"vi": "Trong ô", "en": "In the cell"},
    "imports.why": {"vi": "Vì sao", "en": "Why"},
    "imports.again": {"vi": "Chọn tệp khác", "en": "Choose another file"},
    "imports.by": {"vi": "{name} nhập lúc {time}", "en": "By {name} at {time}"},
    "imports.undone": {"vi": "Đã hoàn tác", "en": "Undone"},
    "imports.undo": {"vi": "Hoàn tác", "en": "Undo"},
    "imports.undo_sure": {
        "vi": "Mọi dòng của lần nhập này sẽ trở lại đúng như trước.",
        "en": "Every row of this import will be exactly as before.",
    },
    "imports.undo_yes": {"vi": "Hoàn tác lần nhập này", "en": "Undo this import"},
    "imports.clash": {
        "vi": "Chưa hoàn tác được: {count} dòng đã được sửa hoặc đang được dùng ở nơi khác. Không "
        "có gì bị thay đổi.",
        "en": "Cannot undo: {count} rows were changed or are used since. Nothing was changed.",
    },
    "imports.gone": {
        "vi": "Tệp xem trước này không còn nữa. Bạn chọn lại tệp nhé.",
        "en": "This preview is gone. Please choose the file again.",
    },
    "imports.person": {"vi": "Khách của đơn", "en": "Customer"},
    "record.people": {"vi": "Khách hàng", "en": "Customers"},
    "record.orders": {"vi": "Đơn hàng", "en": "Orders"},
    "record.repairs": {"vi": "Sửa chữa", "en": "Repairs"},
    "record.complaints": {"vi": "Khiếu nại", "en": "Complaints"},
    "unreadable.empty": {
        "vi": "Tệp không có dòng dữ liệu nào.",
        "en": "The file has no rows.",
    },
    "unreadable.excel": {
        "vi": "Đây là tệp Excel. Bạn mở bằng Excel, chọn Lưu thành “CSV UTF-8” rồi tải tệp đó lên.",
        "en": "This is an Excel file. Save it as “CSV UTF-8” in Excel and upload that.",
    },
    "unreadable.encoding": {
        "vi": "Không đọc được chữ trong tệp (có thể là phông cũ như TCVN3, VNI). Bạn lưu lại "
        "thành “CSV UTF-8” nhé.",
        "en": "The letters cannot be read (an old font like TCVN3 or VNI?). Save it as “CSV "
        "UTF-8”.",
    },
    "unreadable.too_many": {
        "vi": "Tệp có hơn {most} dòng. Bạn chia thành nhiều tệp nhỏ hơn nhé.",
        "en": "The file has more than {most} rows. Split it into smaller ones.",
    },
    "unreadable.quotes": {
        "vi": "Dòng {line}: dấu ngoặc kép mở mà không đóng, hoặc đóng sai chỗ.",
        "en": "Line {line}: a quotation mark is left open, or closed in the wrong place.",
    },
    "unreadable.columns": {
        "vi": "Không thấy cột “{needed}”. Tệp có các cột: {found}.",
        "en": "There is no column “{needed}”. The file has: {found}.",
    },
    "unreadable.column_twice": {
        "vi": "Có hai cột cùng là “{title}”. Bạn bỏ bớt một cột.",
        "en": "Two columns are both “{title}”. Take one out.",
    },
    "unreadable.no_file": {"vi": "Bạn chưa chọn tệp.", "en": "No file was chosen."},
    "wrong.needed": {"vi": "Thiếu, mà dòng mới phải có.", "en": "Missing; a new row needs it."},
    "wrong.owner": {
        "vi": "Không biết của khách nào: cần số điện thoại hoặc mã khách.",
        "en": "Whose is it? A phone or a customer number is needed.",
    },
    "wrong.twice": {"vi": "Trùng với dòng {line}.", "en": "The same as in line {line}."},
    "wrong.future": {
        "vi": "Ngày ở tương lai, chưa thể xảy ra.",
        "en": "This day has not come yet.",
    },
    "wrong.before_start": {
        "vi": "Sớm hơn ngày bắt đầu của chính dòng này.",
        "en": "Earlier than the row's own beginning.",
    },
    "wrong.too_old": {"vi": "Ngày trước năm 2000.", "en": "Before the year 2000."},
    "wrong.day": {
        "vi": "Không phải ngày. Bạn viết như 25/11/2026 hoặc 25/11/2026 14:30.",
        "en": "Not a day. Write it like 25/11/2026 or 25/11/2026 14:30.",
    },
    "wrong.money": {
        "vi": "Không phải số tiền. Bạn viết như 1.290.000đ.",
        "en": "Not a sum. Write it like 1.290.000đ.",
    },
    "wrong.phone": {
        "vi": "Không phải số điện thoại Việt Nam. Bạn viết như 0912 345 678.",
        "en": "Not a Vietnamese phone number. Write it like 0912 345 678.",
    },
    "wrong.email": {"vi": "Không phải địa chỉ email.", "en": "Not an e-mail address."},
    "wrong.birthday": {
        "vi": "Không phải ngày sinh. Bạn viết như 15/8/1990 hoặc 15/8 âm lịch.",
        "en": "Not a birthday. Write it like 15/8/1990 or 15/8 âm lịch.",
    },
    "wrong.code": {"vi": "Mã không được có khoảng trắng.", "en": "A code has no spaces."},
    "wrong.state": {
        "vi": "Trạng thái lạ. Dùng một trong: {known}.",
        "en": "Unknown state. Use one of: {known}.",
    },
    "wrong.items": {
        "vi": "Không đọc được. Bạn viết như: 2 x Quạt trần; Ấm siêu tốc.",
        "en": "Not readable. Write it like: 2 x Quạt trần; Ấm siêu tốc.",
    },
    "wrong.words": {"vi": "Phải là chữ.", "en": "Must be words."},
    "wrong.too_long": {"vi": "Dài quá {most} ký tự.", "en": "Longer than {most} letters."},
    "wrong.too_wide": {
        "vi": "Dòng có nhiều ô hơn dòng tiêu đề.",
        "en": "The row has more cells than the heading.",
    },
    "error.too_large": {
        "vi": "Tệp quá lớn. Bạn chia thành nhiều tệp nhỏ hơn nhé.",
        "en": "The file is too large. Split it into smaller ones.",
    },
}
