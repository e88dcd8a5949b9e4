"""NPS, CSAT and CSI, with the product's own numbers."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from bot.figures import csat, csi, nps
from bot.figures.csat import Asked
from bot.figures.figure import NOTHING, REWEIGHTED, Window, rounded
from bot.figures.share import split


def marks(window: Window, counts: dict[int, int]) -> list[nps.Answer]:
    given = Counter(counts).elements()
    return [nps.Answer(n, n, "2026-11", window.start, mark) for n, mark in enumerate(given)]


def asked(window: Window, counts: dict[int | None, int]) -> list[Asked]:
    given = Counter(counts).elements()
    return [Asked(n, n, window.start, mark) for n, mark in enumerate(given)]


def test_nps_of_22_10_and_8_is_35(november: Window) -> None:
    answers = marks(november, {9: 10, 10: 12, 7: 4, 8: 6, 6: 5, 0: 3})

    figure = nps.nps(answers, november)

    assert (figure.value, figure.n) == (Decimal("35.0"), 40)
    assert rounded(nps.margin(22, 8, 40)) == Decimal("24.5")
    assert (figure.low, figure.high) == (Decimal("10.5"), Decimal("59.5"))
    assert len(figure.hits) == 22


@pytest.mark.parametrize(("mark", "score"), [(10, 100), (9, 100), (8, 0), (7, 0), (6, -100)])
def test_nine_promotes_seven_is_passive_six_detracts(
    november: Window, mark: int, score: int
) -> None:
    assert nps.nps(marks(november, {mark: 1}), november).value == score


def test_a_person_counts_once_a_wave_with_the_last_mark_of_24_hours(november: Window) -> None:
    first = november.start
    answers = [
        nps.Answer(1, 7, "w1", first, 3),
        nps.Answer(2, 7, "w1", first + timedelta(hours=24), 9),
        nps.Answer(3, 7, "w1", first + timedelta(hours=25), 0),
        nps.Answer(4, 7, "w2", first, 8),
    ]

    assert [each.id for each in nps.counted(answers)] == [2, 4]


@pytest.mark.parametrize("mark", [11, -1])
def test_eleven_and_minus_one_are_no_marks(november: Window, mark: int) -> None:
    with pytest.raises(ValueError, match="no mark"):
        nps.nps(marks(november, {mark: 1}), november)


def test_without_answers_there_is_no_nps(november: Window) -> None:
    figure = nps.nps([], november)

    assert (figure.value, figure.flags) == (None, (NOTHING,))


def test_csat_of_45_in_60_is_75(november: Window) -> None:
    figure = csat.csat(asked(november, {5: 30, 4: 15, 3: 6, 2: 5, 1: 4, None: 40}), november)

    assert (figure.value, figure.n) == (Decimal("75.0"), 60)
    assert (figure.low, figure.high) == (Decimal("62.8"), Decimal("84.2"))


def test_the_response_rate_is_answers_over_asked(november: Window) -> None:
    figure = csat.response_rate(asked(november, {5: 45, 1: 15, None: 40}), november)

    assert (figure.value, figure.n) == (Decimal("60.0"), 100)


def test_a_talk_that_was_asked_twice_counts_once(november: Window) -> None:
    twice = [
        Asked(1, 7, november.start),
        Asked(2, 7, november.start, 5),
        Asked(3, 7, november.start + timedelta(1), 1),
    ]

    assert csat.csat(twice, november).rows == (2,)
    assert csat.response_rate(twice, november).n == 1


def test_talks_with_people_and_with_the_assistant_alone_are_told_apart(november: Window) -> None:
    figure = csat.csat(asked(november, {5: 3, 1: 1}), november)

    parts = split(figure, {0: "human", 3: "human", 1: "bot", 2: "bot"})

    assert parts["human"].value == Decimal("50.0") and parts["bot"].value == Decimal("100.0")


@pytest.mark.parametrize("mark", [0, 6])
def test_csat_knows_marks_from_one_to_five(november: Window, mark: int) -> None:
    with pytest.raises(ValueError, match="no mark"):
        csat.csat(asked(november, {mark: 1}), november)


def parts(window: Window, *marks: dict[str, int]) -> list[csi.Answer]:
    return [csi.Answer(n, window.start, given) for n, given in enumerate(marks)]


def with_means(window: Window, means: dict[str, str]) -> list[csi.Answer]:
    """Ten answers whose means are these."""
    tenths = {name: int(Decimal(mean) * 10) for name, mean in means.items()}
    return parts(
        window,
        *({name: t // 10 + (n < t % 10) for name, t in tenths.items()} for n in range(10)),
    )


def test_csi_of_the_products_means_is_77_1(november: Window) -> None:
    means = dict(zip(csi.WEIGHTS, ("4.2", "4.5", "4.0", "3.6", "3.8"), strict=True))

    figure = csi.csi(with_means(november, means), november)

    assert (figure.value, figure.flags) == (Decimal("77.1"), ())


@pytest.mark.parametrize(("mark", "index"), [(5, 100), (1, 0)])
def test_all_fives_are_100_and_all_ones_0(november: Window, mark: int, index: int) -> None:
    figure = csi.csi(parts(november, dict.fromkeys(csi.WEIGHTS, mark)), november)

    assert figure.value == index


def test_what_nobody_marked_gives_its_weight_to_the_others_and_says_so(november: Window) -> None:
    figure = csi.csi(parts(november, {"speed": 5, "product": 1}), november)

    assert figure.value == rounded(Fraction(25, 45) * 100)
    assert figure.flags == (REWEIGHTED,)


@pytest.mark.parametrize("weight", ["0.24", "0.26"])
def test_weights_that_are_not_one_together_are_refused(november: Window, weight: str) -> None:
    with pytest.raises(ValueError, match="not 1 together"):
        csi.csi([], november, {**csi.WEIGHTS, "speed": Fraction(weight)})


def test_an_attribute_is_marked_from_one_to_five(november: Window) -> None:
    with pytest.raises(ValueError, match="from 1 to 5"):
        csi.csi(parts(november, {"speed": 6}), november)
