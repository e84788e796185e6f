"""The use case behind ``POST /v1/assessments``: facts in; out, by household, its assessment or errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from features.check import check, check_across, check_each
from features.context import Context
from features.contract import Tables
from features.errors import Breach
from features.intake import take
from features.lines import parents_on
from features.policy import Policy
from features.tables import CONTEXT_TABLES
from models.assessment import Assessment, assess
from serving.bundles import Served
from serving.facts import Asked, Sent, columns, context_faults, joined, read_request, shared_records
from serving.monitoring import Metrics
from serving.problems import Fault, Problem, pointer
from serving.security import Key

NOT_OURS = "lies outside the area of the key"

Faults = dict[int, list[Fault]]
"""What is off, by position of the household."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back.

    Parameters
    ----------
    assessments : tuple of Assessment
        Of the households that could be assessed.
    entries : tuple of dict
        One for each household of the request, in its order: the assessment, or its errors.
    """

    assessments: tuple[Assessment, ...]
    entries: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a request is answered, with what it is answered by.

    Parameters
    ----------
    served : Served
    policy : Policy
    metrics : Metrics
    """

    served: Served
    policy: Policy
    metrics: Metrics

    def answer(self, body: bytes, key: Key, today: date, made_at: str) -> Answer:
        """Answer a request.

        Parameters
        ----------
        body : bytes
            The body as it came.
        key : Key
            Who asks.
        today : date
            The day of the county.
        made_at : str
            The moment, ISO 8601.

        Raises
        ------
        Problem
            400, 403 or 422 where no household of the request can be assessed.
        """
        with self.metrics.stage("read"):
            asked = read_request(body, today, backfill=key.backfill)
        with self.metrics.stage("check"):
            context = self._context(asked)
            tables, faults = checked(asked.households, context.tables)
            tables, faults = self._entitled(asked, tables, faults, key)
        with self.metrics.stage("assess"):
            given = self._assess(tables, asked, made_at, context)
        with self.metrics.stage("render"):
            answer = _answer(asked, given, faults)
        self.metrics.assessed(len(answer.assessments), len(asked.households) - len(answer.assessments))
        return answer

    def _context(self, asked: Asked) -> Context:
        """Return the bundle's context, each table of the request's own in place of the bundle's."""
        if not asked.context:
            return self.served.context
        own, breaches = take({name: columns(rows) for name, rows in asked.context.items()})
        context = {**self.served.context.tables, **own}
        breaches += check(context)
        if breaches:
            raise Problem(422, "The context breaks the data contract.", context_faults(breaches))
        return Context(context)

    def _entitled(self, asked: Asked, tables: Tables, faults: Faults, key: Key) -> tuple[Tables, Faults]:
        """Leave out the households outside the area of the key; what lies in it is for the bundle to say."""
        if not key.area or not tables:
            return tables, faults
        parents = parents_on(self.served.context.tables, np.datetime64(asked.as_of, "D"))
        codes = set(tables["households"]["area"].tolist())
        outside = {code for code in codes if not _within(code, key.area, parents)}
        refused: Faults = {
            sent.position: [Fault(pointer("households", sent.position, "area"), NOT_OURS)]
            for sent in asked.households
            if sent.position not in faults and any(row["area"] in outside for row in sent.rows["households"])
        }
        if not refused:
            return tables, faults
        if len(refused) == len(asked.households):
            every = [fault for some in refused.values() for fault in some]
            raise Problem(403, "The key may not ask about these households.", every)
        faults = faults | refused
        context = {name: facts for name, facts in tables.items() if name in CONTEXT_TABLES}
        left, _ = _read([sent for sent in asked.households if sent.position not in faults], context)
        return left, faults

    def _assess(self, tables: Tables, asked: Asked, made_at: str, context: Context) -> tuple[Assessment, ...]:
        if not tables:
            return ()
        bundle, day = self.served.bundle, asked.as_of
        return assess(bundle, self.policy, tables, day, made_at=made_at, context=context)


def model_of(served: Served) -> dict[str, Any]:
    """Return what an answer says of its model."""
    bundle = served.bundle
    return {
        "name": bundle.name,
        "version": bundle.version,
        "bundle_sha256": bundle.sha256,
        "trained_on": bundle.trained_on,
        "areas": list(bundle.origin.areas),
        "target": bundle.model.target,
        "horizon_months": bundle.model.horizon_months,
    }


def policy_of(policy: Policy) -> dict[str, str]:
    """Return what an answer says of its policy."""
    return {"version": policy.version, "sha256": policy.sha256}


def demo_notice(served: Served, policy: Policy) -> dict[str, str]:
    """Return the notice that goes with every answer of a model not trained on real households."""
    return {} if served.bundle.trained_on == "real" else {"demo_notice": policy.demo_notice_zh}


def checked(households: tuple[Sent, ...], context: Tables) -> tuple[Tables, Faults]:
    """Return the tables of the households that keep the contract, and the faults of the others.

    All are read at once; only where something is off is each looked at by itself.
    """
    faults: Faults = {sent.position: list(sent.faults) for sent in households if sent.faults}
    good = [sent for sent in households if sent.position not in faults]
    tables, breaches = _read(good, context)
    if not breaches and not any(sent.rows for sent in households if sent.faults):
        return tables, faults
    faults |= shared_records(good)
    for sent in households:
        _, own = _read([sent], context)
        if own:
            faults.setdefault(sent.position, []).extend(fault for one in own for fault in sent.fault(one))
    tables, breaches = _read([sent for sent in good if sent.position not in faults], context)
    if breaches:
        raise Problem(422, "The households together break the data contract.", map(_unplaced, breaches))
    return tables, faults


def _read(households: list[Sent], context: Tables) -> tuple[Tables, list[Breach]]:
    if not households:
        return {}, []
    own, breaches = take(joined(households))
    around: Tables = {name: context[name] for name in ("areas", "lines") if name in context}
    return {**context, **own}, breaches + check_each(own) + check_across({**around, **own})


def _within(code: str, area: str, parents: Mapping[str, str]) -> bool:
    seen: set[str] = set()
    while code and code not in seen:
        if code == area:
            return True
        seen.add(code)
        code = parents.get(code, "")
    return False


def _answer(asked: Asked, given: tuple[Assessment, ...], faults: Faults) -> Answer:
    by_id = {one.household_id: one for one in given}
    entries: list[dict[str, Any]] = []
    for sent in asked.households:
        if sent.position in faults:
            entries.append(_entry(sent, faults[sent.position]))
        else:
            entries.append(by_id[sent.household_id].as_dict())
    if len(faults) == len(asked.households):
        every = [fault for position in sorted(faults) for fault in faults[position]]
        raise Problem(422, "No household of the request keeps the data contract.", every)
    return Answer(given, tuple(entries))


def _entry(sent: Sent, faults: list[Fault]) -> dict[str, Any]:
    return {"household_id": sent.household_id or None, "errors": [fault.as_dict() for fault in faults]}


def _unplaced(breach: Breach) -> Fault:
    return Fault("/households", f"{breach.table}.{breach.column}: {breach.rule}")
