"""The baseline that sees all a model sees: a logistic regression on the same vectors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from features.errors import Usage
from features.operations import ordered_sum
from training.baselines.margin_and_rate import check_outcomes, columns_of
from training.cohorts.splits import earlier_cuts, rolling_origins

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline

    from features.vectors import Vectors

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
Scaling = Literal["rank", "standard"]
Choice = tuple[Scaling, float]

SCALINGS: tuple[Scaling, ...] = ("rank", "standard")
STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
_QUANTILES = 200


class LogisticOnVectors:
    """Logistic regression on the model's own vectors, scaling and penalty chosen on earlier origins.

    Parameters
    ----------
    strengths : sequence of float
        The values of C (the inverse of the L2 penalty) to choose from.
    scalings : sequence of {"rank", "standard"}
        The scalings to choose from: columns by their rank among the training rows, or in standard deviations
        from their mean.
    blocks : int
        How many earlier origins to choose on.

    Attributes
    ----------
    scaling_, C_ : str and float
        What was chosen: the least mean log loss over the test blocks of the earlier origins; of equals, the
        strongest penalty.
    losses_ : dict of (str, float) to float
        That loss by scaling and C; empty where the rows fall on too few days for an earlier origin: then the
        first scaling and the middle C are taken.
    cuts_ : tuple of str
        The cuts of those origins.
    pipeline_ : sklearn.pipeline.Pipeline

    Notes
    -----
    Unknown values become the column's median and raise a flag of their own; columns that say the same of
    everybody are left out. Medians, ranks, means and
    deviations are those of the training side of each split.
    """

    def __init__(
        self,
        *,
        strengths: Sequence[float] = STRENGTHS,
        scalings: Sequence[Scaling] = SCALINGS,
        blocks: int = 3,
    ) -> None:
        self.strengths = tuple(sorted(strengths))
        self.scalings = tuple(scalings)
        self.blocks = blocks

    def fit(self, vectors: Vectors, y: Floats, outcome_on: Days | None = None) -> Self:
        """Choose scaling and penalty on earlier origins, then fit on all rows.

        Raises
        ------
        Usage
            If the outcomes are of one kind, or the rows do not say when each outcome was known.
        """
        from sklearn.pipeline import make_pipeline

        check_outcomes(vectors, y, outcome_on)
        if outcome_on is None:
            msg = "the penalty is chosen on earlier origins: the rows must say when each outcome was known"
            raise Usage(msg)
        self.features_ = vectors.features
        X = columns_of(vectors, self.features_)
        self.losses_, self.cuts_ = self._losses(X, y, vectors.as_of, outcome_on)
        chosen: Choice = (self.scalings[0], self.strengths[len(self.strengths) // 2])
        if self.losses_:
            chosen = min(self.losses_, key=lambda choice: (self.losses_[choice], choice[1]))
        self.scaling_, self.C_ = chosen
        self.pipeline_: Pipeline = make_pipeline(_shaper(self.scaling_, len(y)), _regression(self.C_)).fit(
            X, y
        )
        return self

    def score(self, vectors: Vectors) -> Floats:
        """Give the log odds: of a row the same bytes, whichever rows come with it."""
        *_, regression = self.pipeline_
        shaped = self.pipeline_[:-1].transform(columns_of(vectors, self.features_))
        odds = ordered_sum(shaped.T * regression.coef_.T) + regression.intercept_
        return np.asarray(odds, dtype=np.float64)

    def probability(self, vectors: Vectors) -> Floats:
        """Give the probability."""
        return np.asarray(expit(self.score(vectors)), dtype=np.float64)

    def _losses(
        self, X: Floats, y: Floats, as_of: Days, outcome_on: Days
    ) -> tuple[dict[Choice, float], tuple[str, ...]]:
        from sklearn.metrics import log_loss

        cuts = earlier_cuts(as_of, outcome_on, blocks=self.blocks)
        lost: dict[Choice, float] = dict.fromkeys(product(self.scalings, self.strengths), 0.0)
        seen, used = 0, []
        for origin in rolling_origins(as_of, outcome_on, cuts) if len(cuts) else ():
            known, later = y[origin.train], y[origin.test]
            if len(np.unique(known)) == 1:
                continue
            for scaling in self.scalings:
                shaper = _shaper(scaling, len(known)).fit(X[origin.train])
                learn, judge = shaper.transform(X[origin.train]), shaper.transform(X[origin.test])
                regression = _regression(self.strengths[0])
                for c in self.strengths:
                    p = regression.set_params(C=c).fit(learn, known).predict_proba(judge)[:, 1]
                    lost[scaling, c] += float(log_loss(later, p, labels=[0.0, 1.0], normalize=False))
            seen += len(later)
            used.append(str(origin.cut))
        return ({choice: loss / seen for choice, loss in lost.items()} if seen else {}), tuple(used)


def _shaper(scaling: Scaling, rows: int) -> Pipeline:
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import QuantileTransformer, StandardScaler

    steps = [SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)]
    if scaling == "rank":
        steps.append(QuantileTransformer(n_quantiles=min(_QUANTILES, rows), subsample=None))
    return make_pipeline(*steps, StandardScaler(), VarianceThreshold())


def _regression(c: float) -> LogisticRegression:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=c, solver="newton-cholesky", tol=1e-6, warm_start=True)
