"""The features, a file a concept; a new feature touches one file."""

from features.definitions import (
    area,
    data_age,
    income,
    living,
    medical,
    people,
    schooling,
    shocks,
    support,
    work,
)
from features.feature import Feature

FEATURES: dict[str, Feature] = {
    feature.id: feature
    for concept in (income, work, medical, schooling, people, living, shocks, support, area, data_age)
    for feature in concept.FEATURES
}
"""Every feature of the catalogue, by id, in the order of the vector."""
