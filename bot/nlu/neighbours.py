"""How close a text is to the nearest taught examples, by the words and letters they share."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import _sparsetools, csr_matrix

from bot.nlu.ngrams import Row

NEAREST: Final = 3
COMMON: Final = 0.2  # a column that this share of the examples has says nothing about likeness


class Neighbours:
    """Examples by column, to measure the likeness of a row to the nearest of them.

    An example that does not count is nobody's neighbour: being close to it is worth nothing.
    """

    def __init__(self, examples: csr_matrix, counts: NDArray[np.bool_]) -> None:
        by_column = examples.tocsc()
        sizes = np.diff(by_column.indptr)
        by_column.data[np.repeat(sizes > COMMON * examples.shape[0], sizes)] = 0
        by_column.eliminate_zeros()
        self.ends = by_column.indptr.astype(np.int32)
        self.examples = by_column.indices.astype(np.int32)
        self.values = by_column.data.astype(np.float16).astype(np.float32)
        self.counts = counts

    def likeness(self, row: Row) -> float:
        """The mean likeness to the nearest examples, from 0 to 1."""
        sums = self.likenesses(row)
        if len(sums) <= NEAREST:
            return float((sums * self.counts).mean())
        nearest = np.argpartition(sums, -NEAREST)[-NEAREST:]
        return float((sums[nearest] * self.counts[nearest]).mean())

    def likenesses(self, row: Row) -> NDArray[np.float32]:
        """The likeness to each example.

        SciPy's own product of two sparse matrices spends six times as long on checks as on this.
        """
        ids, values = row
        ends = np.zeros(len(ids) + 1, np.int32)
        np.cumsum(self.ends[ids + 1] - self.ends[ids], out=ends[1:])
        examples, parts = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.float32)
        sums = np.zeros(len(self.counts), np.float32)
        _sparsetools.csr_row_index(
            len(ids), ids, self.ends, self.examples, self.values, examples, parts
        )
        _sparsetools.csc_matvec(len(sums), len(ids), ends, examples, parts, values, sums)
        return sums

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "values": self.values.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, values=state["values"].astype(np.float32))
