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
# # 4. Explain households
#
# **Question.** A few households stand at the top of the list. What does a cadre read of each, which facts are
# behind it, what is not known, and do the numbers add up?
#
# The county is simulated (模拟), its households are nobody's, and every answer says so.

# %%
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from features.evidence import of_household
from features.files import read_tables
from features.policy import illustrative
from features.vectors import build_vectors
from models.assessment import assess, replay
from models.bundle import Origin, read_bundle, write_bundle
from models.contributions import contributions
from training.county.simulate import simulate
from training.learning.model import learn
from training.learning.preparing import prepare

SEED, HOUSEHOLDS, MONTHS = 3, 1_000, 54
TARGET = "income"
TREES = {"num_iterations": 100, "learning_rate": 0.06, "num_leaves": 7, "feature_fraction": 0.3}
home = Path(tempfile.mkdtemp())
policy = illustrative()

# %% [markdown]
# ## A model
# Learnt as `fangpin-train fit` learns, from one set of trees; written as a bundle, which is all that an
# assessment needs. (`fangpin-train fit` registers and measures as well: notebooks 1 and 3.)

# %%
simulate(home / "county", HOUSEHOLDS, MONTHS, SEED, processes=1)
tables = read_tables(home / "county")
dated, followed, vectors = prepare(tables, TARGET, print)
learnt = learn(
    vectors, followed.y, followed.outcome_on, target=TARGET, kept=followed.kept, candidates=(TREES,)
)
origin = Origin("simulated", (), {"at": datetime.now(UTC).isoformat(timespec="seconds")}, "fangpin-income")
write_bundle(home / "fangpin-income-1", learnt.model, origin, {})
bundle = read_bundle(home / "fangpin-income-1")
bundle.sha256

# %% [markdown]
# ## The list
# All households on the last day of the records, the highest probabilities first.

# %%
day = str(tables["visits"]["known_on"].max())
today = build_vectors(dated, day, features=bundle.model.features)
everybody = pd.DataFrame(
    {"household_id": today.household_id, "probability": bundle.model.probability(today)}
).sort_values("probability", ascending=False, kind="stable")
everybody.head(5)

# %% [markdown]
# ## What is said of the first three
# An assessment is one value: the probability and its odds in words, at most four sentences, what is not
# known, and what to ask at the door. In production the cadre sees the Chinese; the English is beside it.

# %%
flagged = everybody["household_id"].head(3).tolist()
answers = [
    assess(bundle, policy, of_household(dated, one, day), day, made_at="notebook")[0] for one in flagged
]
for answer in answers:
    print(f"{answer.household_id}  {answer.probability:.3f}  {answer.odds['zh']}  {answer.demo_notice}")
    for reason in answer.reasons:
        print(f"  {reason.points:+.3f}  {reason.zh}")
        print(f"          {reason.en}")

# %% [markdown]
# ## The facts behind the sentences
# Each sentence names its feature, and the newest rows of the records on which the value rests: which table,
# when it happened, when it became known, who said so.

# %%
first = answers[0]
pd.DataFrame(
    [
        {
            "sentence": reason.zh,
            "feature": reason.features[0].id,
            "value": reason.features[0].value,
            "unit": reason.features[0].unit,
            "table": fact.table,
            "occurred on": fact.occurred_on,
            "known on": fact.known_on,
            "source": fact.source,
        }
        for reason in first.reasons
        for fact in reason.evidence[:2]
    ]
)

# %% [markdown]
# ## What is not known
# A household of which too little is known gets no probability; of the others it is said what is missing or
# old, and what to ask.

# %%
for answer in answers:
    print(answer.household_id, answer.sufficiency, answer.confidence_zh)
    print("  not known:", [each["zh"] for each in answer.unknown])
    print("  ask:", [each["zh"] for each in answer.ask])

# %%
row = today.take(np.flatnonzero(today.household_id == first.household_id))
unknown = pd.Series(np.isnan(row.X[0]), index=row.features)
f"{unknown.sum()} of {unknown.size} features of the first are unknown; none of them was taken as zero"

# %% [markdown]
# ## It adds up
# Twice: the trees' base value and the contributions of all features give the raw score; and what all concepts
# add, with the start, gives the probability less what is usual in the area.

# %%
given = contributions(bundle.model, row)
score = float(bundle.model.score(row)[0])
assert np.isclose(given.f0 + given.phi[0].sum(), score, rtol=0, atol=1e-9)
f"{given.f0:.4f} (base) {given.phi[0].sum():+.4f} (features) = {score:.4f} (raw score)"

# %%
points = pd.Series(first.points_by_concept, name="points").sort_values(key=abs, ascending=False)
points.round(4).to_frame()

# %%
usual = first.probability - points.sum()
assert 0 <= usual < 1
f"{usual:.4f} (usual in the area) {points.sum():+.4f} (start and concepts) = {first.probability:.4f}"

# %% [markdown]
# ## It can be asked again
# The same facts, model and policy give the same bytes: no field differs.

# %%
replay(first, bundle, policy, dated)

# %% [markdown]
# **Answer.** A cadre reads at most four sentences, each with its fact, day and source; what is unknown is
# said and asked for, never guessed; the sentences' points and the rest add up to the probability exactly, and
# the answer can be made again byte by byte. None of it decides anything: it orders visits.
