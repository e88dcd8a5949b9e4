"""What the shop sells: found as people ask for it, with today's price, stock and delivery."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from actions import shop as client
from demo.catalogue import Product
from demo.desk import read_seeds
from demo.spelling import Words, words
from tests.actions.conftest import Clock, Shop

CATALOGUE = read_seeds().catalogue


@pytest.fixture(autouse=True)
def asked_shop(quiet_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_API_URL", quiet_shop.url)


def ids(found: list[client.Product]) -> list[str]:
    return [product.id for product in found]


# The catalogue itself


def test_the_catalogue_is_whole() -> None:
    products = CATALOGUE.products.values()

    assert len(products) >= 45
    assert {product.category.id for product in products} == CATALOGUE.categories.keys()
    assert len(CATALOGUE.categories) == 19
    assert len({product.name for product in products}) == len(products)
    for product in products:
        assert product.drawback and product.specs and product.good_for and product.kg > 0
        assert not product.drawback.endswith(".")
        assert product.price % 1000 == 0
        assert product.storages.keys() == {s for _, s in product.stock} - {""}


def test_products_differ_also_without_the_name_of_their_kind() -> None:
    """A reader that leaves out "ốp lưng" of "ốp lưng Bống Phone 5" would take it for the phone."""

    def short(product: Product) -> Words:
        name = product.aliases[0]
        kinds = [len(each) for each in product.category.aliases if name[: len(each)] == each]
        return name[max(kinds, default=0) :]

    names = Counter(short(product) for product in CATALOGUE.products.values())

    assert [name for name, times in names.items() if times > 1] == []
    assert not names.keys() & {words(p.brand) for p in CATALOGUE.products.values()}


def test_no_two_products_share_a_nickname() -> None:
    names = Counter(alias for product in CATALOGUE.products.values() for alias in product.aliases)

    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("id", CATALOGUE.products)
def test_a_product_is_found_by_each_of_its_names(id: str) -> None:
    product = CATALOGUE.products[id]
    for alias in product.aliases:
        assert ids(client.products(" ".join(alias)))[0] == id, alias


# Found as people ask


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Tai nghe Bống Air 2 giá bao nhiêu vậy shop?", ["bong-air-2"]),
        ("tai nghe bong air 2 bn", ["bong-air-2"]),
        ("Laptop 14 inch màu bạc còn hàng không em?", ["bong-book-14"]),
        ("bống phone 5 pro", ["bong-phone-5-pro"]),
        ("bong phone5 256gb", ["bong-phone-5"]),
        ("so sánh bống phone 5 với bống phone 5 pro", ["bong-phone-5-pro", "bong-phone-5"]),
        ("tivi 65", ["bong-vision-65"]),
        ("tivi bống", ["bong-vision-50", "bong-vision-65"]),
        ("may giat tam 7 trieu", ["bong-clean-9", "la-sen-giat-7"]),
        ("may giat la bao nhieu", ["bong-clean-9", "la-sen-giat-7"]),
        ("máy giặt 7kg", ["la-sen-giat-7"]),
        ("lấy 2 cái quạt", ["bong-gio", "gio-nam-dung"]),
        ("điều hòa", ["bong-lanh-1", "gio-nam-15"]),
        ("ĐIỀU HOÀ", ["bong-lanh-1", "gio-nam-15"]),
        ("may lanh 1hp", ["bong-lanh-1"]),
        ("tu lanh 420l", ["bong-mat-420"]),
        ("robot hut bui", ["bong-bui", "la-sen-bui"]),
        ("camera ngoai troi", ["bong-mat-than-ngoai"]),
        ("ốp lưng", ["op-lung-phone-5"]),
        ("sac du phong", ["pin-du-phong-10"]),
        ("con màu đen còn không", []),
        ("ip 15 bn tien z ad", []),
        ("tủ lạnh panasonic", []),
        ("bánh mì thịt nướng", []),
    ],
)
def test_a_query_finds_what_is_meant(query: str, found: list[str]) -> None:
    assert ids(client.products(query)) == found


def test_what_is_given_narrows_the_choice() -> None:
    assert ids(client.products(category="máy tính bảng")) == ["bong-tab-11", "com-tab-kid"]
    assert ids(client.products(category="tablet", max_price=3_000_000)) == ["com-tab-kid"]
    assert ids(client.products("laptop", min_price=20_000_000)) == ["bong-book-16-pro"]
    assert ids(client.products("laptop", brand="com")) == ["com-book-lite"]
    assert ids(client.products(ids=["bong-vang", "bong-air-2"])) == ["bong-vang", "bong-air-2"]
    assert client.products(ids=["no-such"]) == []
    assert client.products(category="xe máy") == []
    assert len(client.products(limit=50)) == len(CATALOGUE.products)


def test_what_it_is_wanted_for_ranks() -> None:
    assert ids(client.products("điện thoại", good_for=["chơi game"])) == [
        "bong-phone-5-pro",
        "com-turbo",
    ]
    assert ids(client.products(category="phone", good_for=["má 60 tuổi"])) == ["bong-phone-moc"]
    assert ids(client.products("dt cho ong ba"))[0] == "bong-phone-moc"
    assert len(client.products(category="phone", good_for=["nấu cơm"])) == 3  # none is for it


def test_a_product_tells_all_about_itself() -> None:
    [product] = client.products("bống phone 5")

    assert product.name == "Điện thoại Bống Phone 5"
    assert (product.category, product.category_name) == ("phone", "điện thoại")
    assert (product.brand, product.price, product.old_price) == ("Bống", 6_490_000, None)
    assert product.colors == ("đen", "trắng", "xanh")
    assert product.storages == ("128 GB", "256 GB")
    assert product.storage_prices == {"128 GB": 6_490_000, "256 GB": 7_490_000}
    assert product.warranty_months == 12
    assert product.specs["RAM"] == "8 GB"
    assert product.image == "/pictures/phone.png"


def test_warranty_follows_from_the_kind_of_thing() -> None:
    months = {product.category: product.warranty_months for product in client.products(limit=50)}

    assert (months["phone"], months["tv"], months["headphones"]) == (12, 24, 6)


# Other brands


@pytest.mark.parametrize(
    "text", ["Apple", "iphone 15 pro max", "ip15", "ss", "tivi SAMSUNG", "HP", "laptop dell", "ip"]
)
def test_other_brands_are_not_sold(text: str) -> None:
    assert client.not_sold(text)


@pytest.mark.parametrize(
    "text", ["Bống", "bong phone 5", "Cốm", "máy lạnh 1 hp", "chống nước ip68", "", "galant"]
)
def test_ours_are(text: str) -> None:
    assert not client.not_sold(text)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("ip 15", "phone"),
        ("macbook air", "laptop"),
        ("tivi samsung", "tv"),
        ("ốp lưng iphone 13", "accessory"),
        ("nồi cơm sharp", "rice_cooker"),
    ],
)
def test_the_nearest_of_ours_is_of_the_same_kind(text: str, category: str) -> None:
    found = client.nearest(text)

    assert found and {product.category for product in found} == {category}


def test_of_a_bare_brand_what_is_mostly_meant_is_nearest() -> None:
    assert {product.category for product in client.nearest("Apple")} == {"phone"}
    assert client.nearest("bánh mì") == []


# Prices, promotions


def test_only_valid_promotions_are_told_and_change_prices() -> None:
    told = client.promotions()

    assert [each.title for each in told] == ["Tuần lễ âm thanh", "Nhà mới gọn gàng"]
    assert [each.ends_on for each in told] == [date(2026, 11, 29), date(2026, 12, 13)]
    [air] = client.products("bống air 2")
    assert (air.price, air.old_price) == (890_000, 990_000)
    [book] = client.products("bống book 14")
    assert (book.price, book.old_price) == (15_990_000, None)  # its promotion is over


# Stock


def test_stock_is_told_by_city_colour_and_storage() -> None:
    stock = client.stock("bong-phone-5", storage="256", city="sg")

    assert stock.available == 5
    assert stock.by_city == {"Hà Nội": 2, "Đà Nẵng": 1, "TP. Hồ Chí Minh": 5}
    assert stock.colors_left == ("đen", "trắng")
    assert stock.storages_left == ("128 GB", "256 GB")
    assert stock.restock_on is None


def test_what_is_sold_out_says_when_more_comes() -> None:
    stock = client.stock("bong-phone-5", color="màu xanh", storage="256GB")

    assert stock.available == 0
    assert stock.colors_left == ("đen", "trắng")
    assert stock.storages_left == ("128 GB",)
    assert stock.restock_on == date(2026, 11, 28)


def test_a_city_without_a_store_has_none() -> None:
    stock = client.stock("bong-phone-5", city="Cần Thơ")

    assert stock.available == 0 and sum(stock.by_city.values()) > 0


def test_the_stock_of_an_unknown_product_is_no_answer() -> None:
    with pytest.raises(client.ShopDown):
        client.stock("no-such")


# Delivery


@pytest.mark.parametrize(
    ("province", "ward", "zone"),
    [
        ("Hà Nội", "", "inner"),
        ("hn", "phường Cửa Nam", "inner"),
        ("Hà Nội", "xã Ba Vì", "city"),
        ("tp hcm", "", "inner"),
        ("Sài Gòn", "", "inner"),
        ("thành phố Đà Nẵng", "", "inner"),
        ("Huế", "", "city"),
        ("hue", "", "city"),
        ("Bình Dương", "", "city"),
        ("Thanh Hóa", "", "city"),
        ("Lai Châu", "", "remote"),
        ("ha giang", "", "remote"),
        ("An Giang", "Phú Quốc", "remote"),
        ("Phú Quý", "", "remote"),
        ("TP. Hồ Chí Minh", "đặc khu Côn Đảo", "remote"),
        ("", "", "unknown"),
        ("Atlantis", "", "unknown"),
    ],
)
def test_a_place_has_its_zone(province: str, ward: str, zone: str) -> None:
    assert client.ship_quote(province, ward).zone == zone


def test_delivery_costs_what_the_facts_say() -> None:
    assert client.ship_quote("Huế").fee == 30_000
    assert client.ship_quote("Huế", subtotal=499_999).fee == 30_000
    assert client.ship_quote("Huế", subtotal=500_000).fee == 0
    assert client.ship_quote().fee == 30_000
    assert client.ship_quote("Atlantis", subtotal=900_000).fee is None
    island = client.ship_quote("Phú Quốc", subtotal=900_000)
    assert island.fee is None and "đảo" in island.note and island.time == "4–7 ngày"
    assert client.ship_quote("Hà Nội").time == "trong 4 giờ hoặc ngày hôm sau"


def test_a_street_named_like_an_island_or_a_city_is_a_street() -> None:
    places = read_seeds().places

    assert places.place("123 Trường Sa, phường Nhiêu Lộc, TP. Hồ Chí Minh").zone == "inner"
    assert places.place("12 Nguyễn Huệ, phường Sài Gòn, TP HCM").zone == "inner"
    assert places.place("12 Đà Nẵng, phường Ngô Quyền, Hải Phòng").zone == "city"
    assert places.place("5 Nguyễn Huệ").zone == "unknown"
    assert places.place("khu phố 2, đặc khu Phú Quốc, An Giang").island


# Trade-in


def test_an_old_device_has_a_price_by_its_condition() -> None:
    assert client.trade_in("iphone 12 pro max", "like_new") == client.TradeIn(7_000_000, 7_800_000)
    assert client.trade_in("ip12 64gb", "tốt") == client.TradeIn(3_500_000, 4_500_000)
    assert client.trade_in("ip 12", "bị vỡ màn") == client.TradeIn(500_000, 1_250_000)
    assert client.trade_in("ip 12", "đẹp, không trầy xước") == client.TradeIn(4_500_000, 5_000_000)
    assert client.trade_in("ip 12", "chưa biết nữa") == client.TradeIn(2_250_000, 5_000_000)


def test_an_unknown_device_has_none() -> None:
    assert client.trade_in("nokia 1100", "good") == client.NotFound()


# Sold and put aside


def test_what_is_sold_is_gone_until_the_morning(
    shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", shop.url)
    before = client.stock("bong-vision-65").by_city
    assert before == {"Hà Nội": 1, "Đà Nẵng": 0, "TP. Hồ Chí Minh": 2}

    placed = client.place_order(
        *("bong-vision-65", 3, "", "", "Lan", "0900000099", "Hà Nội", "bank_transfer", "c1", "k1")
    )

    assert isinstance(placed, client.Placed)
    sold_out = client.stock("bong-vision-65")
    assert (sold_out.available, sold_out.restock_on) == (0, date(2026, 11, 24))
    again = client.place_order(
        *("bong-vision-65", 1, "", "", "Mai", "0900000098", "Hà Nội", "bank_transfer", "c2", "k1")
    )
    assert again == client.Refused("out_of_stock")
    client.cancel_order(placed.code, "0099", "c1", "đổi ý", "k2")
    assert client.stock("bong-vision-65").by_city == before
    clock.forward(hours=13)
    assert client.stock("bong-vision-65").by_city == before


def test_a_piece_is_put_aside_until_the_next_evening(
    shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_API_URL", shop.url)

    done = client.hold_product("bong-vision-65", "hn", "Lan", "0900000099", "c1", "k1")

    assert isinstance(done, client.Done) and done.until is not None
    assert done.reference == "GH0001"
    assert done.until.isoformat() == "2026-11-24T21:30:00+07:00"
    assert client.stock("bong-vision-65", city="Hà Nội").available == 0
    refused = client.Refused("out_of_stock")
    again = client.hold_product("bong-vision-65", "hn", "Mai", "0900000098", "c2", "k1")
    assert again == refused
    assert client.hold_product("bong-gio", "Huế", "Lan", "0900000099", "c1", "k2") == refused
    assert client.hold_product("no-such", "hn", "Lan", "0900000099", "c1", "k3") == refused
    clock.forward(hours=33)  # 21:00 of the next day
    assert client.stock("bong-vision-65", city="Hà Nội").available == 0
    clock.forward(minutes=31)
    assert client.stock("bong-vision-65", city="Hà Nội").available == 1


def test_the_last_piece_is_sold_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setenv("SHOP_API_URL", shop.url)

    def buy(n: int) -> object:
        phone = f"09000000{n:02}"
        return client.place_order(
            *("bong-vision-65", 1, "", "", "Lan", phone, "Hà Nội", "bank_transfer", f"c{n}", "k")
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(buy, range(8)))

    assert sum(isinstance(answer, client.Placed) for answer in answers) == 3
    assert answers.count(client.Refused("out_of_stock")) == 5
