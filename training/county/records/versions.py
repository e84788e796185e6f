"""Later versions of records that are known already."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.contract import Facts


def later(told: Facts, known_on: NDArray[Any], **changed: Any) -> Facts:
    """Return the next version of each row: same record, known later, with other content.

    Parameters
    ----------
    told : Facts
        The versions before.
    known_on : ndarray of datetime64[D], shape (rows,)
        When the new ones become known; never before those they replace.
    **changed
        Columns that say something else now, arrays or scalars.
    """
    rows = told["record_id"].size
    new = {
        name: np.broadcast_to(np.asarray(values), (rows,)).astype(told[name].dtype)
        for name, values in changed.items()
    }
    after = {"known_on": np.maximum(told["known_on"], known_on), "revision": told["revision"] + 1}
    return told | new | after
