# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. Compare models
#
# **Question.** A version serves, and another has been learnt. Is the new one better, beyond what chance would
# give, and would other households be visited? And what does a model of another target put on its list?
#
# The county is simulated (模拟), and so is every number below.

# %%
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd

from features.files import read_tables
from features.policy import illustrative
from features.vectors import Cohort, build_vectors
from models.registry import Registry
from training.cohorts.targets import Question
from training.county.simulate import simulate
from training.fitting.pipeline import fit
from training.learning.model import learn
from training.learning.preparing import dated_tables, followed_to, prepare
from training.learning.tuning import Plan
from training.measures.comparison import comparison
from training.registering.versions import exported
from training.settings import places, quieten_mlflow
from training.watching.shadow import in_shadow, overlaps

SEED, HOUSEHOLDS, MONTHS = 3, 800, 72
UNTIL = np.datetime64("2022-12-31")
TREES = {"num_iterations": 100, "learning_rate": 0.06, "num_leaves": 7, "feature_fraction": 0.3}
SHARE = 0.1
quieten_mlflow()
home = Path(tempfile.mkdtemp())
at = places({"FANGPIN_HOME": str(home)})
asked = {"policy": illustrative(), "places": at, "trained_on": "simulated", "title": "a small county (模拟)"}

# %% [markdown]
# ## A champion
# Learnt only from outcomes known by the end of 2022, so that what came later can judge it. The table is of
# rows that the trees had not seen. Incomes become known a year and a half after the day, and these records
# are too short for a cut in time as well: so each half of the households is judged by trees learnt from the
# other. The model stands beside every baseline on the same rows, intervals come from resamples of whole
# households, and the model's lead over each is paired.

# %%
simulate(home / "county", HOUSEHOLDS, MONTHS, SEED, processes=1)
tables = read_tables(home / "county")
income = Question("income", until=UNTIL)
first = fit(tables, target=income, at=datetime.now(UTC), plan=Plan(candidates=(TREES,)), told=print, **asked)
print(first.comparison.as_text())

# %% [markdown]
# A version with a closed gate would be refused by `fangpin-train promote`. Here the registry is asked
# directly, for the sake of the comparison.

# %%
registry = Registry(at.tracking_uri, at.bundles, first.name)
registry.promote(first.version, reason="the third notebook", by="data scientist", at=datetime.now(UTC))
pd.DataFrame([vars(gate) for gate in first.gates])

# %% [markdown]
# ## A challenger
# The same trees as the mean of four bags of households. What is registered last is the challenger.

# %%
second = fit(tables, target=income, at=datetime.now(UTC), plan=Plan(bags=4, candidates=(TREES,)), **asked)
{alias: registry.version(alias) for alias in ("champion", "challenger")}

# %% [markdown]
# ## Champion beside challenger
# On days after the last outcome that either learnt from: the measures of both, the champion's lead, paired,
# and below, day by day, how many households are on both lists and who found what. A lead whose interval holds
# 0 is none. This is `fangpin-train compare champion challenger TABLES --name fangpin-income`.

# %%
shown = in_shadow(
    "champion", "challenger", home / "county", name=first.name, places=at, share=SHARE, resamples=200
)
print(shown.as_text())

# %% [markdown]
# ## Another target
# `hardship`: medical, school and loss costs above four tenths of a year's income. It is another question, so
# the two are not measured against each other; each stands beside its own baselines. Learnt as `fit` learns,
# without registering it. So few households had the outcome that the table judges nothing, and says so.

# %%
hardship = Question("hardship", until=UNTIL)
_, followed, vectors = prepare(tables, hardship, print)
other = learn(
    vectors,
    followed.y,
    followed.outcome_on,
    target=hardship.target,
    kept=followed.kept,
    candidates=(TREES,),
)
judged = followed.take(other.later)
beside = comparison(
    judged.y,
    other.scores,
    judged.cohort.household_id,
    weight=judged.weight,
    overlap=hardship.overlap,
    share=SHARE,
    resamples=200,
)
print(beside.as_text())

# %% [markdown]
# But their lists can be held against each other: on the last day of the records, how many households would be
# visited for both?

# %%
last = str(tables["visits"]["known_on"].max())
champion = exported(registry, "champion").model
scores = []
for question, model in ((income, champion), (hardship, other.model)):
    of_question = dated_tables(tables, followed_to(tables, question), question)
    today = build_vectors(of_question, last, features=model.features)
    scores.append(model.score(today))
(both,) = overlaps(Cohort(today.household_id, today.as_of), np.array([]), *scores, SHARE)
f"{both.both} of {both.length} households of {both.households} are on both lists"

# %% [markdown]
# ## In MLflow
# Each fit is a run, described in words; inside it the earlier origins (here the halves) on which its trees
# were judged. `mlflow ui --backend-store-uri sqlite:///$HOME/.fangpin/mlflow.db` shows the same as pages.

# %%
client = mlflow.MlflowClient(at.tracking_uri)
runs = client.search_runs([client.get_experiment_by_name(first.name).experiment_id], order_by=["start_time"])
pd.DataFrame(
    [
        {
            "run": run.info.run_name,
            "kind": run.data.tags["kind"],
            "log loss": run.data.metrics["log_loss/lightgbm"],
            "log loss, logistic": run.data.metrics["log_loss/logistic"],
            "ROC-AUC": run.data.metrics["roc_auc/lightgbm"],
        }
        for run in runs
    ]
).round(4)

# %%
print(client.get_run(second.run_id).data.tags["mlflow.note.content"])

# %% [markdown]
# **Answer.** Promote a challenger where its lead over the champion, paired and out of sample, lies wholly on
# its side, and look at the overlap first: where the lists are nearly the same, little changes for anybody;
# where they are not, somebody who was visited will not be. On a county as small as this one most leads hold
# 0.
