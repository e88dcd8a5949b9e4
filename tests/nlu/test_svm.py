"""The SVM that looks only at near texts, against the one that looks at all."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.nlu.svm import COST, NEAREST, TOLERANCE, one_versus_rest

CLASSES, TEXTS, COLUMNS = 30, 1500, 400


def talk(dice: np.random.Generator, count: int) -> tuple[csr_matrix, NDArray[np.intp]]:
    """Rows of eight grams, most of them from the favourites of their class and its neighbour."""
    labels = np.arange(count) % CLASSES
    favourites = np.arange(CLASSES)[:, None] * 10 + np.arange(20)
    chosen = np.where(
        dice.random((count, 8)) < 0.6,
        favourites[labels[:, None], dice.integers(0, 20, (count, 8))],
        dice.integers(0, COLUMNS, (count, 8)),
    )
    where = (np.repeat(np.arange(count), 8), chosen.ravel())
    rows = csr_matrix((np.ones(count * 8, np.float32), where), shape=(count, COLUMNS))
    return csr_matrix(normalize(rows)), labels


def test_near_texts_make_the_planes_that_all_texts_make() -> None:
    dice = np.random.default_rng(1)
    rows, labels = talk(dice, TEXTS)
    new, meant = talk(dice, TEXTS)
    assert CLASSES > NEAREST

    weights, bias = one_versus_rest(rows, labels)
    whole = LinearSVC(C=COST, tol=TOLERANCE, random_state=0).fit(rows.astype(np.float64), labels)

    ours, theirs = new @ weights.T + bias, whole.decision_function(new)
    assert np.abs(ours - theirs).mean() < 0.02
    assert (ours.argmax(1) == theirs.argmax(1)).mean() > 0.98
    assert 0.4 < (ours.argmax(1) == meant).mean() < 0.99  # neither child's play nor noise


def test_few_classes_are_learnt_from_all_texts_at_once() -> None:
    rows, labels = talk(np.random.default_rng(2), 200)
    labels = labels % 3

    weights, bias = one_versus_rest(rows, labels)
    whole = LinearSVC(C=COST, tol=TOLERANCE, random_state=0).fit(rows.astype(np.float64), labels)

    assert np.allclose(weights, whole.coef_, atol=0.05)
    assert np.allclose(bias, whole.intercept_, atol=0.05)


def test_one_class_is_an_error() -> None:
    rows, _ = talk(np.random.default_rng(3), 10)
    with pytest.raises(ValueError, match="class"):
        one_versus_rest(rows, np.zeros(10, np.intp))


def test_a_class_that_nothing_comes_near_learns_from_all() -> None:
    labels = np.arange(15)
    rows = np.eye(15, 16)
    rows[1:, 15] = 1  # all but the first have a gram in common

    weights, bias = one_versus_rest(csr_matrix(rows), labels)

    assert ((rows @ weights.T + bias).argmax(1) == labels).all()
