"""The facts: each stands once, and reads well inside a sentence."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
import requests
import yaml

from actions import shop as client
from demo import facts
from tests.actions.conftest import Shop

TODAY = date(2026, 11, 23)  # as it is in the tests
DEMO = Path(facts.__file__).parent
NEEDED = """
shop_name hotline email website company_name tax_code stores store_hn store_dn store_hcm
store_hours chat_hours repair_hours tet_hours ship_inner ship_city ship_remote ship_fee
ship_free_from ship_island look_before_pay pay_methods cod_limit instalment_from instalment_how
warranty_phone_months warranty_large_months warranty_accessory_months warranty_battery_months
warranty_from warranty_not_covered warranty_swap_days return_days return_terms return_fault_days
refund_days complaint_first_hours complaint_answer_days bank_account_note support_policy_scope
support_policy_steps support_policy_times support_policy_channels privacy_note genuine_note
install_note gift_note after_hours_note pickup_note deposit_note price_difference_note
ewaste_note jobs_note partner_note parking_note foreign_card_note extend_warranty_note
receiver_note
"""
ADDRESS = re.compile(r"\b(anh|chị|em|bạn|mình|quý khách|cô|(?<!ghi )chú|bác|ông|bà)\b", re.I)


def test_every_fact_that_answers_need_is_there() -> None:
    assert set(NEEDED.split()) <= facts.load().keys()


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("store_hn", "12 Hàng Bống, phường Cửa Nam, Hà Nội"),
        ("store_dn", "34 đường Bống, phường Hải Châu, Đà Nẵng"),
        ("store_hcm", "56 đường Bống, phường Tân Định, TP. Hồ Chí Minh"),
        ("store_hours", "08:00–21:30 hằng ngày"),
        ("ship_fee", "30.000 đ"),
        ("ship_free_from", "500.000 đ"),
        ("cod_limit", "20.000.000 đ"),
        ("instalment_from", "3.000.000 đ"),
        ("warranty_phone_months", "12"),
        ("warranty_large_months", "24"),
        ("warranty_accessory_months", "6"),
        ("warranty_battery_months", "6"),
        ("warranty_swap_days", "30"),
        ("return_days", "7"),
        ("return_fault_days", "30"),
        ("refund_days", "3–7"),
        ("complaint_first_hours", "4"),
        ("complaint_answer_days", "2"),
    ],
)
def test_a_fact_is_shown_as_the_product_says(key: str, shown: str) -> None:
    assert facts.load()[key] == shown


def test_a_list_is_shown_as_lines() -> None:
    shown = facts.load()

    assert shown["stores"].split("\n") == [
        "• " + shown[key] for key in ("store_hn", "store_dn", "store_hcm")
    ]


@pytest.mark.parametrize("key", facts.records())
def test_a_record_says_what_it_is_and_when_it_was_looked_at(key: str) -> None:
    record = facts.records()[key]

    assert record["label"] and isinstance(record["review"], date)
    assert (record.get("unit") == "list") == isinstance(record["value"], list)
    assert isinstance(record["value"], dict) == isinstance(record.get("version"), int)
    assert record.get("unit") in (None, "dong", "list")


@pytest.mark.parametrize("key", facts.load(today=TODAY))
def test_a_fact_fits_into_a_sentence(key: str) -> None:
    shown = facts.load(today=TODAY)[key]

    assert not shown.endswith(".")
    assert not ADDRESS.search(shown)
    for line in shown.split("\n"):
        assert len(line.split()) <= 32, line


def test_the_support_policy_has_its_four_parts_and_was_looked_at_within_180_days() -> None:
    record = facts.records()["support_policy"]

    assert set(record["value"]) == {"scope", "steps", "times", "channels"}
    assert all(record["value"].values()) and record["version"] >= 1
    assert timedelta(0) <= TODAY - record["review"] <= timedelta(days=180)


def test_the_answer_and_the_page_give_the_support_policy_in_full(quiet_shop: Shop) -> None:
    record, shown = facts.records()["support_policy"], facts.load()
    domain = yaml.safe_load((DEMO.parent / "domain.yml").read_text(encoding="utf-8"))
    answer = domain["responses"]["utter_faq_chinh_sach_ho_tro"][0]["text"]
    page = requests.get(quiet_shop.url + "/chinh-sach-ho-tro", timeout=5)

    for part in (*record["value"], "version"):
        assert f"{{support_policy_{part}}}" in answer, part
        for line in shown[f"support_policy_{part}"].removesuffix(".").split("\n"):
            assert line.removeprefix("• ")[1:] in page.text, part
    assert f"Bản số {record['version']}" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_fact_past_its_last_day_is_no_fact(tmp_path: Path) -> None:
    path = tmp_path / "facts.yml"
    path.write_text(
        "a: {value: 500000, unit: dong, until: 2026-11-23}\nb: {value: luôn đúng}\n",
        encoding="utf-8",
    )

    assert facts.load(path, date(2026, 11, 23)) == {"a": "500.000 đ", "b": "luôn đúng"}
    assert facts.load(path, date(2026, 11, 24)) == {"b": "luôn đúng"}


def test_an_edit_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.yml"
    path.write_text("a: {value: cũ}", encoding="utf-8")
    before = facts.load(path)
    path.write_text("a: {value: mới hơn}", encoding="utf-8")

    assert (before, facts.load(path)) == ({"a": "cũ"}, {"a": "mới hơn"})


@pytest.mark.parametrize("name", ["shop.yml", "page.html", "catalogue.yml", "promotions.yml"])
def test_no_fact_stands_anywhere_else(name: str) -> None:
    text = (DEMO / name).read_text(encoding="utf-8")
    text = text.replace("Điện Tử Bống. Facts", "").replace("What Điện Tử Bống sells", "")

    for key, shown in facts.load().items():
        for line in shown.split("\n"):
            assert len(line) < 7 or line.removeprefix("• ") not in text, key


def test_the_assistant_asks_for_the_facts_once_a_minute(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    minute = [1000.0]
    monkeypatch.setattr(client.time, "monotonic", lambda: minute[0])
    assert client.facts() == facts.load(today=date(2026, 11, 23))
    shop.close()

    minute[0] += 59
    assert client.facts()["ship_fee"] == "30.000 đ"
    minute[0] += 2
    with pytest.raises(client.ShopDown):
        client.facts()
    shop.open()


def test_what_a_caller_does_to_the_facts_stays_with_it(shop: Shop) -> None:
    client.facts().clear()

    assert client.facts()


def test_the_page_takes_its_facts_and_prices_from_their_records(quiet_shop: Shop) -> None:
    page = requests.get(quiet_shop.url, timeout=5).text

    shown = facts.load()
    for key in (
        "shop_name",
        "store_hn",
        "store_hours",
        "chat_hours",
        "ship_fee",
        "cod_limit",
        "warranty_not_covered",
        "return_terms",
        "tax_code",
    ):
        assert shown[key][1:] in page, key
    assert "Tai nghe Bống Air 2" in page
    assert "890.000 đ" in page and "<del>990.000 đ</del>" in page
    assert "None" not in page and "Undefined" not in page
    for picture in re.findall(r'src="(/pictures/[^"]+)"', page):
        answer = requests.get(quiet_shop.url + picture, timeout=5)
        assert answer.headers["Content-Type"] == "image/svg+xml"
