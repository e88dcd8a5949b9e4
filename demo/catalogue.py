"""The goods: what there is, what it costs today, and which of it somebody means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from demo.days import days_later
from demo.spelling import Words, bare, equal, find, mentions, words

CITIES: Final = ("hn", "dn", "hcm")  # the order of the numbers in catalogue.yml
# After these a number says how much or how many, not which model.
COUNTED: Final = frozenset(
    {
        "tr",
        "trieu",
        "cu",
        "k",
        "ng",
        "nghin",
        "ngan",
        "gb",
        "tb",
        "ram",
        "cai",
        "chiec",
        "con",
        "bo",
    }
)
# Words of product names that, with or without accents, are mostly said of something else.
EVERYDAY: Final = frozenset(
    {
        "ban",
        "be",
        "cho",
        "khong",
        "mau",
        "trong",
        "dung",
        "day",
        "nam",
        "may",
        "mot",
        "in",
        "am",
        "mang",
        "vang",
    }
)

ONE_WORD: Final = 2  # how like it is when one word of its own is named, and nothing else

Brand = Mapping[str, Any]  # name; aliases: what it is called -> category; alone
Variant = tuple[str, str]  # colour, storage; the storage is empty where there is none


@dataclass(frozen=True)
class Category:
    id: str
    name: str
    aliases: tuple[Words, ...]
    warranty: str  # the fact that says how many months


@dataclass(frozen=True)
class Product:
    """As catalogue.yml tells it."""

    id: str
    name: str
    aliases: tuple[Words, ...]
    category: Category
    brand: str
    price: int
    storages: Mapping[str, int]  # what each costs on top; smallest first
    stock: Mapping[Variant, Mapping[str, int]]  # city -> pieces each morning
    restock: int  # days until more comes
    kg: float
    specs: Mapping[str, str]
    drawback: str
    good_for: tuple[str, ...]

    @property
    def colors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(color for color, _ in self.stock))

    @property
    def called(self) -> str:
        """As in a sentence: "tai nghe Bống Air 2"."""
        return self.name[0].lower() + self.name[1:]


@dataclass(frozen=True)
class Promotion:
    title: str
    terms: str
    starts: int  # days from today, both included
    ends: int
    off: Mapping[str, int]  # product -> đồng

    @property
    def valid(self) -> bool:
        return self.starts <= 0 <= self.ends


class Catalogue:
    """catalogue.yml and promotions.yml."""

    def __init__(self, seed: Mapping[str, Any], promotions: Sequence[Mapping[str, Any]]) -> None:
        self.categories = {each["id"]: read_category(each) for each in seed["categories"]}
        self.products: dict[str, Product] = {
            each["id"]: read_product(each, self.categories) for each in seed["products"]
        }
        self.promotions = tuple(
            Promotion(
                each["title"], each["terms"], each["starts"], each["ends"], each.get("less", {})
            )
            for each in promotions
        )
        self._uses: Mapping[str, list[str]] = seed["uses"]
        self._not_sold: list[Brand] = seed["not_sold"]

    # What it costs

    def off(self, product: Product) -> int:
        """What today's promotions take from the price."""
        return sum(each.off.get(product.id, 0) for each in self.promotions if each.valid)

    def price(self, product: Product, storage: str = "") -> int:
        return product.price + product.storages.get(storage, 0) - self.off(product)

    def promoted(self, today: date) -> list[tuple[Promotion, date]]:
        """Today's promotions with their last day, the one that ends first first."""
        valid = sorted((each for each in self.promotions if each.valid), key=lambda each: each.ends)
        return [(each, days_later(today, each.ends)) for each in valid]

    # Which of it is meant

    def search(
        self,
        query: str,
        category: str,
        brand: str,
        ids: Sequence[str],
        max_price: int | None,
        min_price: int | None,
        good_for: Sequence[str],
    ) -> list[Product]:
        """The best matches first. What people want it for ranks; everything else narrows."""
        typed = words(query)
        found = [self.products[each] for each in ids if each in self.products]
        if not ids:
            found = list(self.products.values())
        if category:
            kind = self.category(words(category), said=category)
            found = [product for product in found if product.category == kind]
        if brand:
            found = [product for product in found if mentions(brand, product.brand)]
        if typed:
            found = [] if self.other_brand(query) is not None else self._meant(typed, found)
        found = [
            product
            for product in found
            if (max_price is None or self.price(product) <= max_price)
            and (min_price is None or self.price(product) >= min_price)
        ]
        wanted = self.uses(", ".join((*good_for, query)))
        fitting = [product for product in found if wanted & set(product.good_for)]
        if good_for and fitting:
            found = fitting
        return sorted(found, key=lambda product: -len(wanted & set(product.good_for)))

    def _meant(self, typed: Words, among: Sequence[Product]) -> list[Product]:
        """Those that a text names; else those of the kind that it names."""
        named = self._named(typed, among)
        if named:
            return named
        kind = self.category(typed)
        if kind is not None:
            among = [product for product in among if product.category == kind]
        scores = {product.id: self._likeness(typed, product) for product in among}
        best = max(scores.values(), default=0)
        if best == 0 or (best == ONE_WORD and kind is None):
            wanted = self.uses(" ".join(typed))
            if kind is None and not wanted:
                return []
            return [product for product in among if kind or wanted & set(product.good_for)]
        return [product for product in among if scores[product.id] == best]

    def _named(self, typed: Words, among: Sequence[Product]) -> list[Product]:
        """Products whose name or nickname stands in the text. Of "phone 5 pro" the "phone 5" is
        used up, so that it does not name another one."""
        left: list[str] = list(typed)
        named = []
        nicknames = sorted(
            ((alias, product) for product in among for alias in product.aliases),
            key=lambda each: -len(each[0]),
        )
        for alias, product in nicknames:
            start = find(alias, left)
            if start >= 0:
                left[start : start + len(alias)] = ["/"] * len(alias)
                if product not in named:
                    named.append(product)
        return named

    def _likeness(self, typed: Words, product: Product) -> int:
        """How many words of its own name, and its brand, the text has."""
        common = {word for alias in product.category.aliases for word in alias}
        common |= set(words(product.brand))
        own = [
            word
            for word in words(product.name)
            if word not in common and (len(word) > 1 or word.isdigit())
        ]
        telling = {
            word
            for word, after in zip(typed, (*typed[1:], ""), strict=True)
            if bare(after) not in COUNTED and bare(word) not in EVERYDAY
        }
        hits = sum(find((word,), tuple(telling)) >= 0 for word in own)
        return ONE_WORD * hits + (find(words(product.brand), typed) >= 0)

    def category(self, typed: Words, said: str = "") -> Category | None:
        """The kind of thing that a text names first: of "loa cho tivi" the loudspeaker."""
        if said in self.categories:
            return self.categories[said]
        found = [
            (start, -len(alias), category.id)
            for category in self.categories.values()
            for alias in category.aliases
            if (start := find(alias, typed)) >= 0
        ]
        return self.categories[min(found)[2]] if found else None

    def uses(self, text: str) -> set[str]:
        """The tags of what people want something for."""
        return {
            tag
            for tag, sayings in self._uses.items()
            if any(mentions(text, saying) for saying in (tag, *sayings))
        }

    def other_brand(self, text: str) -> str | None:
        """The category of a thing whose brand we do not sell; None if it is ours."""
        typed = words(text)
        found = [
            (len(words(alias)), str(category))
            for brand in self._not_sold
            for alias, category in brand["aliases"].items()
            if find(words(alias), typed) >= 0
        ]
        if found:
            return max(found)[1]
        for brand in self._not_sold:
            if any(equal(text, name) for name in (brand["name"], *brand.get("alone", ()))):
                return str(next(iter(brand["aliases"].values())))
        return None

    def nearest(self, text: str) -> list[Product]:
        """Ours of the same kind as something of another brand."""
        kind = self.category(words(text)) or self.categories.get(self.other_brand(text) or "")
        found = [product for product in self.products.values() if product.category == kind]
        wanted = self.uses(text)
        return sorted(found, key=lambda product: -len(wanted & set(product.good_for)))


def read_category(seed: Mapping[str, Any]) -> Category:
    aliases = tuple(words(alias) for alias in (seed["name"], *seed["aliases"]))
    return Category(seed["id"], seed["name"], aliases, seed["warranty"])


def read_product(seed: Mapping[str, Any], categories: Mapping[str, Category]) -> Product:
    stock = {
        (color, storage): dict(zip(CITIES, pieces, strict=True))
        for color, each in seed["stock"].items()
        for storage, pieces in (each if isinstance(each, dict) else {"": each}).items()
    }
    return Product(
        id=seed["id"],
        name=seed["name"],
        aliases=tuple(dict.fromkeys(words(alias) for alias in (seed["name"], *seed["aliases"]))),
        category=categories[seed["category"]],
        brand=seed["brand"],
        price=seed["price"],
        storages=seed.get("storages", {}),
        stock=stock,
        restock=seed.get("restock", 1),
        kg=seed["kg"],
        specs=seed["specs"],
        drawback=seed["drawback"],
        good_for=tuple(seed["good_for"]),
    )
