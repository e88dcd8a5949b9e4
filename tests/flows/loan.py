"""A flow with a choice, a number and a person, as a shop would write it."""

from bot.storage.flows import FlowEntry

LOAN = """\
Tên: Mượn máy dùng thử

Khách nói: bên mình có cho mượn máy dùng thử không
Khách nói: em muốn dùng thử vài hôm rồi mới quyết
Khách nói: cho xài thử trước được hông shop
Khách nói: shop có chương trình trải nghiệm máy tại nhà ko
Khách nói: mượn về thử mấy ngày đc k ạ
Khách nói: đăng ký dùng thử máy

Bot đáp: Dạ bên em cho dùng thử 7 ngày tại nhà ạ.
Hỏi: Anh/chị muốn thử máy nào ạ? → «máy» (một trong: máy lọc nước / máy xay / nồi cơm)
Nếu «máy» là máy lọc nước:
  Hỏi: Nhà mình có mấy người dùng ạ? → «số người» (số)
  Nếu «số người» từ 6 trở lên:
    Bot đáp: Dạ nhà đông người cần máy lớn, em mời nhân viên tư vấn thêm ạ.
    Gặp nhân viên
  Còn lại:
    Bot đáp: Dạ «máy» loại nhỏ là đủ ạ.
Còn lại:
  Bot đáp: Dạ «máy» bên em luôn có sẵn ạ.
Hỏi: Anh/chị cho em xin số điện thoại để hẹn giao ạ. → «số điện thoại» (số điện thoại)
Bot đáp: Dạ em ghi nhận rồi ạ, «máy» sẽ được giao trong 2 ngày.
  | Em gọi số «số điện thoại» trước khi giao ạ.
"""
ENTRY = FlowEntry(1, "flow_muon_may_dung_thu", "Mượn máy dùng thử", LOAN)
