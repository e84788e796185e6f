"""The features, a file a subject, those of a concept side by side; a new feature touches one file."""

from features.definitions import (
    area,
    data_age,
    debts,
    income,
    jobs,
    living,
    markets,
    medical,
    people,
    schooling,
    shocks,
    sources,
    support,
    work,
)
from features.feature import Feature

_SUBJECTS = (
    (income, sources),
    (work, jobs),
    (medical,),
    (schooling,),
    (people,),
    (living,),
    (shocks, markets, debts),
    (support,),
    (area,),
    (data_age,),
)

FEATURES: dict[str, Feature] = {
    feature.id: feature for concept in _SUBJECTS for subject in concept for feature in subject.FEATURES
}
"""Every feature of the catalogue, by id, in the order of the vector."""
