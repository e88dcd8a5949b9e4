"""One message, one form: what `normalise` promises."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.nlu.text import has_accents, normalise, strip_accents, teencode, words

LETTERS = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyzjw" + "áàảãạấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
)
VIETNAMESE = st.text(st.sampled_from(LETTERS + "0123456789 .,?!-/\u0300\u0301\u0323\u200b👍"))
RAW_KEYS = [
    line.split()
    for line in (Path(__file__).parent / "raw_keys.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
KEYED = [keys for _, *both in RAW_KEYS for keys in both]
LEXICON = [*teencode().always, *teencode().context, *teencode().english, *teencode().either]
CHAT = st.lists(
    st.sampled_from([*LEXICON, *KEYED, "50", "shop", "không", "bao", "ở", ":))", "👍🏽", "thu2"])
).map(" ".join)
ENGLISH = """\
a about add age air all alarm also android app apple april as asus auto back bank banner bar
base basic bass battery best big bill black blog blue body boots boss both box boy brand bus but
buy by call camera card case cash chat check chip class clip club code color combo core cost
cover data date day deal dell demo design desk door down dress drive dual ear email error event
extra face facebook fan fashion fast fax file film final first fit fix flash follow font food
for form free from full game gas gift gold google got green group guys her here home host hot
hotline hour how if inbox info is it items job jeans key laptop last led level light like line
link list live load loa logo long look loss low mail main map mark mass master max menu mess
mini mix mobile mode model more most mouse movie music my need net new news next no nokia note
now of off office on one online open oppo order other out outlet over pack page paper pass
password pay pc per phone photo pin plus point pop post power print pro program promotion quick
radio ram real red report reset room root row sale sales samsung screen sell seller series
service set shirt shoes shop short show side sim size slot smart sofa sold some sony soon sort
source speed sport spa star start stock stop store story style super support switch system table
taxi team test text thanks the them then there these this time tips title to token tool top
total touch tour town trend turn type under unit up update us usb user video view vip visa
voucher war was watch wave web website week white wifi win window word work world xbox year you
your youtube zalo zoom"""


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        # composed and decomposed letters
        (unicodedata.normalize("NFD", "Đổi trả được không"), "đổi trả được không"),
        # where the tone mark stands, and i or y
        ("hóa đơn", "hoá đơn"),
        ("hoá đơn", "hoá đơn"),
        ("khỏe thủy", "khoẻ thuỷ"),
        ("hòan tìên", "hoàn tiền"),
        ("qùa", "quà"),
        ("kỹ thuật", "kĩ thuật"),
        ("kĩ thuật", "kĩ thuật"),
        ("quý khách", "quí khách"),
        ("giá", "giá"),
        ("giữ", "giữ"),
        # stretched words
        ("đẹpppp quáaaa", "đẹp quá"),
        ("shopp ơiiii", "shop ơi"),
        ("app free full 1000", "app free full 1000"),
        # invisible and look-alike characters
        ("đ\u200bơn h\u00adàng", "đơn hàng"),
        ("ѕhор", "shop"),
        ("ｓｈｏｐ", "shop"),
        ("Ðơn", "đơn"),
        ("dạaa quáa", "dạ quá"),
        ("kkkk hihihi", "haha haha"),
        # pictures and faces
        ("👍🏽👍🏽👍", "👍"),
        ("❤️ 💕", "❤"),
        ("ok shop :)) =))", "ok shop 🙂"),
        ("buồn quá T_T", "buồn quá 🙁"),
        ("mở cửa 7:30", "mở cửa 7 30"),
        # raw Telex and VNI keys
        ("ddown hangf", "đơn hàng"),
        ("Ddown Hangf ddeens ddaau rooif", "đơn hàng đến đâu rồi"),
        ("d9o7n ha2ng", "đơn hàng"),
        ("d9o7n hang2 chu7a d9i", "đơn hàng chưa đi"),
        ("camr own shop", "cảm ơn shop"),
        ("max giamr gias", "mã giảm giá"),
        ("iphone 15 pro max", "iphone 15 pro max"),
        ("ship now, wifi case fax pass", "giao hàng now wifi case fax pass"),
        ("thu2 quan7 a5 s24 co2 b2b", "thu2 quan7 a5 s24 co2 b2b"),
        ("toj thoj", "tôi thôi"),
        # teencode
        ("k có", "không có"),
        ("50k", "50k"),
        ("50 k dc k", "50 nghìn được không"),
        ("bn tien z ad", "bao nhiêu tien vậy shop"),
        ("cho mk gặp nv vs", "cho mình gặp nhân viên với"),
        ("giao hàng ntn", "giao hàng như thế nào"),
        ("bây h mấy h đóng cửa", "bây giờ mấy giờ đóng cửa"),
        ("7h tối", "7h tối"),
        ("bt 2611 0123", "bt 2611 0123"),
        ("sll sl", "số lượng lớn sl"),
        # short forms of two meanings
        ("quên mk tk r", "quên mật khẩu tài khoản rồi"),
        ("mk đn k đc", "mình đăng nhập không được"),
        ("tk e bị khoá", "tài khoản em bị khoá"),
        ("tk shop nha", "cảm ơn shop nhé"),
        ("bn ơi giúp mk", "bạn ơi giúp mình"),
        ("giá bn z", "giá bao nhiêu vậy"),
        ("cho xin đc shop vs", "cho xin địa chỉ shop với"),
        ("đổi đc k", "đổi được không"),
        ("cn nào gần nhất", "chi nhánh nào gần nhất"),
        ("cn có mở k", "chủ nhật có mở không"),
        ("bh tới đâu r", "bảo hành tới đâu rồi"),
        ("bh giao z", "bao giờ giao vậy"),
        ("tt cá nhân có lộ k", "thông tin cá nhân có lộ không"),
        ("tt xong r", "thanh toán xong rồi"),
        ("máy lọc nc", "máy lọc nước"),
        ("nc vs nv", "nói chuyện với nhân viên"),
        ("kn wifi k đc", "kết nối wifi không được"),
        ("kn của e tới đâu", "khiếu nại của em tới đâu"),
        ("nv kt đâu", "nhân viên kĩ thuật đâu"),
        ("gg map", "google map"),
        ("mã gg", "mã giảm giá"),
        ("xuất hđ đỏ", "xuất hoá đơn đỏ"),
        ("ml k lạnh", "máy lạnh không lạnh"),
        ("góp 6 thg", "góp 6 tháng"),
        ("kh cũ có giảm k", "khách hàng cũ có giảm không"),
        ("kh biết", "không biết"),
        ("i need a human", "i need a human"),
        # North, Central, South
        ("có mở cửa hông dzậy", "có mở cửa không vậy"),
        ("cái chi rứa", "cái gì vậy"),
        ("chi nhánh mô", "chi nhánh đâu"),
        ("làm răng", "làm sao"),
        ("răng hàm", "răng hàm"),
        ("tai nghe nghen", "tai nghe nhé"),
        # words that only look like abbreviations stay
        ("bài thơ", "bài thơ"),
        ("giao tận nha", "giao tận nha"),
        ("", ""),
        ("?!...", ""),
        ("👍", "👍"),
    ],
)
def test_normal_form(typed: str, normal: str) -> None:
    assert normalise(typed) == normal


@pytest.mark.timeout(900)
@settings(max_examples=10_000, deadline=None)
@given(st.one_of(st.text(), VIETNAMESE, CHAT))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(), VIETNAMESE))
def test_a_word_knows_its_place_in_the_raw_text(text: str) -> None:
    places = [(word.start, word.end) for word in words(text)]

    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


def test_raw_telex_keys_are_read() -> None:
    wrong = [(keys, normalise(keys)) for word, keys, _ in RAW_KEYS if normalise(keys) != word]

    assert len(RAW_KEYS) == 200
    assert len(wrong) <= 10, wrong


def test_raw_vni_keys_are_read_in_a_message() -> None:
    messages = [RAW_KEYS[at : at + 4] for at in range(0, len(RAW_KEYS), 4)]

    wrong = [
        (keys, got)
        for message in messages
        for (word, _, keys), got in zip(
            message, normalise(" ".join(keys for *_, keys in message)).split(), strict=True
        )
        if got != word
    ]

    assert len(wrong) <= 10, wrong


def test_english_words_are_not_taken_for_raw_keys() -> None:
    lexicon = teencode()
    words = [w for w in ENGLISH.split() if w not in lexicon.always and w not in lexicon.context]

    changed = [word for word in words if has_accents(normalise(word))]

    assert len(words) > 300
    assert changed == []


@pytest.mark.parametrize("word", [*teencode().always, *teencode().context])
def test_a_meaning_is_written_in_full_words(word: str) -> None:
    lexicon = teencode()
    rules = [{"is": lexicon.always[word]}] if word in lexicon.always else lexicon.context[word]

    meanings = [rule["is"] for rule in rules if rule["is"] != word]

    assert [normalise(meaning) for meaning in meanings] == meanings


@pytest.mark.parametrize("word", teencode().always)
def test_an_abbreviation_is_written_out(word: str) -> None:
    assert normalise(word) == teencode().always[word]


@pytest.mark.parametrize(
    ("word", "rule"), [(word, rule) for word, rules in teencode().context.items() for rule in rules]
)
def test_an_abbreviation_is_written_out_beside_its_neighbours(
    word: str, rule: dict[str, str]
) -> None:
    said = [
        f"{before} {word} {after}".strip()
        for before in neighbours(rule.get("before"))
        for after in neighbours(rule.get("after"))
    ]

    assert any(
        rule["is"] in normalise(text).removeprefix(text.partition(word)[0]) for text in said
    ), said


def neighbours(wanted: str | None) -> list[str]:
    """Words that a rule of the lexicon accepts beside its own."""
    if wanted in (None, "any"):
        return ["xe", "", "lầu"]
    if wanted == "number":
        return ["50"]
    if wanted == "end":
        return [""]
    return ["xe"] if wanted.startswith("not ") else wanted.split("|")


def test_the_lexicon_is_big_enough() -> None:
    assert len(teencode().always) + len(teencode().context) >= 450


def test_accents() -> None:
    assert strip_accents("Đổi trả ở Đà Nẵng") == "Doi tra o Da Nang"
    assert has_accents("đơn") and not has_accents("don")
    assert has_accents(unicodedata.normalize("NFD", "é"))
