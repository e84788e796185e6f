# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. What predicts
#
# **Question.** Which facts of a household tell that its income will fall under the line within twelve months:
# alone, in the trees, and when the trees must do without them?
#
# The county is simulated (模拟), and so is every number below: it shows how to ask, not what is so in a real
# county.

# %%
# %matplotlib inline
import tempfile
from pathlib import Path

import pandas as pd

from features.files import read_tables
from models.contributions import contributions
from training.county.simulate import simulate
from training.learning.model import fit_trees, origins_of
from training.learning.preparing import prepare
from training.predictors.ablation import without_each
from training.predictors.moved import (
    draw_concepts,
    draw_contributions,
    draw_dependence,
    moved_by_concept,
    top_contributions,
)
from training.predictors.strength import strengths

SEED, HOUSEHOLDS, MONTHS = 3, 1_200, 60
TARGET, HORIZON = "income", 12
TREES = {"num_iterations": 100, "learning_rate": 0.06, "num_leaves": 7, "feature_fraction": 0.3}
RESAMPLES = 100
county = Path(tempfile.mkdtemp()) / "county"

# %% [markdown]
# ## The rows
# One per household and quarter in which it is at risk; of each it is known what came of it.

# %%
simulate(county, HOUSEHOLDS, MONTHS, SEED, processes=1)
dated, followed, vectors = prepare(read_tables(county), TARGET, print)
pd.Series(
    {
        "rows": len(followed),
        "households": len(set(vectors.household_id)),
        "rows with the outcome": int(followed.y.sum()),
        "households with the outcome": len(set(vectors.household_id[followed.y == 1])),
        "features": len(vectors.features),
    },
    name="simulated",
)

# %% [markdown]
# ## Alone
# How well each feature orders the outcomes by itself, where it is known (ROC-AUC; .5 is chance; intervals
# from resamples of whole households). *Worse where* says which way. The last two columns tell whether it
# matters that a value is known at all. These are the strongest of many on the same rows, so they look a
# little better than they are.

# %%
alone = strengths(vectors, followed.y, most=15, resamples=RESAMPLES)
pd.DataFrame([each.as_dict() for each in alone]).round(3)

# %% [markdown]
# ## In the trees
# Trees learnt from the earlier rows; contributions (exact Shapley values, in log odds) on the later rows,
# which they had not seen. First by concept: all features that are about one thing, added up household by
# household.

# %%
train, later = origins_of(vectors, followed.y, followed.outcome_on)[-1]
model = fit_trees(vectors.take(train), followed.y[train], TREES, TARGET, HORIZON)
seen = vectors.take(later)
given = contributions(model, seen)
moved = moved_by_concept(model, given)
draw_concepts(moved)

# %% [markdown]
# Then the single features: a dot is a household on a day, red where the value is high, grey where it is
# unknown.

# %%
shown = top_contributions(given.phi, model.matrix(seen), model.features, given.f0, features=12, rows=1000)
draw_contributions(shown)

# %% [markdown]
# And how the strongest of them is read by the trees, value by value. A step is a place where they split.

# %%
draw_dependence(shown, shown.names[0])

# %% [markdown]
# ## Without
# The same trees are learnt again without each concept, on earlier origins, and judged on the rows after each.
# A line "all concepts - without ..." is what is lost without it: where its interval holds 0, nothing that can
# be shown. (The Brier score is better where it is lower.)

# %%
lost = without_each(vectors, followed, TREES, target=TARGET, horizon_months=HORIZON, resamples=RESAMPLES)
print(lost.as_text())

# %% [markdown]
# ## Beside each other
# A concept may move the score far and yet be replaceable, because others tell the same: then the first number
# is large and the last about nothing.

# %%
beside = pd.DataFrame({"moves the score by": moved})
beside["best feature alone"] = (
    pd.DataFrame([each.as_dict() for each in alone]).groupby("concept")["ROC-AUC"].max()
)
beside["average precision lost without"] = {
    row.scorer.removeprefix("without "): row.lead["average_precision"].value for row in lost.rows if row.lead
}
beside.round(3)

# %% [markdown]
# **Answer.** Read the last table from left to right: what moves the trees, how strong its best feature is
# alone, what is lost without the whole concept. What moves them and is missed, beyond its interval above, is
# what predicts; what moves them and is not missed is told by other facts as well. None of it says what causes
# what. In the county as it is made here income is missed plainly; what the other concepts add can hardly be
# shown on so few households.
