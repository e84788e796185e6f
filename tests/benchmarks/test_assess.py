"""The stages of an answer are those that the service goes through."""

from __future__ import annotations

import json

import pytest

from benchmarks import assess
from benchmarks.assess import WHOLE
from tests.served import AS_OF, household, small_model, write_champion


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """Return the bundle of a few trees."""
    return write_champion(tmp_path_factory.mktemp("bundles"), small_model())


def test_every_stage_of_an_answer_is_timed(bundle, tmp_path, monkeypatch, capsys):
    """On a bundle and a request as they are served; each has its time and its share."""
    monkeypatch.setattr(assess, "RUNS", 3)
    request = tmp_path / "request.json"
    request.write_text(json.dumps({"as_of": AS_OF, "households": [household()]}))

    assess.main(str(bundle), str(request))

    rows = capsys.readouterr().out.splitlines()
    assert rows[-1].startswith(WHOLE)
    assert rows[-1].endswith("1.00 of the whole")
    assert all(float(row.split(" ms")[0].split()[-1]) > 0 for row in rows)


def test_what_is_timed_is_what_is_answered(bundle):
    """The stage of the whole gives the household's assessment, that of the check finds nothing."""
    body = json.dumps({"as_of": AS_OF, "households": [household()]}).encode()

    stages = assess.stages(bundle, body)

    assert [one.household_id for one in stages[WHOLE]().assessments] == ["h1"]
    assert stages["check"]()[1] == {}
    assert stages["assess"]()[0].canonical() == stages[WHOLE]().assessments[0].canonical()
