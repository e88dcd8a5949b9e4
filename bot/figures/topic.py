"""What a talk is about: the intents by their topic."""

from __future__ import annotations

from typing import Final

BUYING: Final = "buying"
OTHER: Final = "other"

_INTENTS: Final = {
    BUYING: "ask_price ask_stock ask_product_spec ask_recommendation ask_promotion ask_installment"
    " ask_trade_in place_order ask_bulk_order faq_dat_coc_giu_hang faq_hang_chinh_hang",
    "order": "track_order cancel_order change_order faq_goi_qua_thiep faq_giao_cho_nguoi_khac",
    "delivery": "ask_shipping_fee ask_delivery_time complain_delivery faq_giao_ngoai_gio"
    " faq_dong_kiem",
    "payment": "ask_payment_methods payment_problem notify_transfer ask_vat_invoice"
    " ask_refund_status faq_thanh_toan_nuoc_ngoai faq_hoan_tien_chenh_lech",
    "warranty": "ask_warranty_policy check_warranty request_repair ask_repair_status tech_support"
    " faq_gia_han_bao_hanh faq_lap_dat_tan_nha",
    "returns": "ask_return_policy request_return wrong_or_missing_item",
    "complaint": "complain_quality complain_service ask_complaint_status threaten_escalation"
    " report_scam report_safety",
    "store": "ask_opening_hours ask_store_location ask_contact faq_nhan_tai_cua_hang faq_gui_xe",
    "account": "account_problem ask_loyalty request_data_rights faq_bao_mat_thong_tin",
}
TOPICS: Final = (*_INTENTS, OTHER)
_TOPIC_OF: Final = {
    intent: topic for topic, intents in _INTENTS.items() for intent in intents.split()
}


def topic_of(intent: str) -> str | None:
    """The topic of an intent; None for what is about nothing, like a greeting or a yes."""
    found = _TOPIC_OF.get(intent)
    about = intent.startswith(("ask_", "faq_", "flow_", "request_"))
    return OTHER if found is None and about else found
