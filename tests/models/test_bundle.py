"""The bundle: readable, whole or not there, and refused when a byte of it is another."""

from __future__ import annotations

import hashlib
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest

from features.errors import Foreign, Usage
from models.bundle import Origin, copy_bundle, read_bundle, write_bundle
from models.card import LEVELS, Card, card_files, reference_distributions


@pytest.fixture
def card(draw, model) -> Card:
    """Return a card of the small model."""
    vectors, y = draw()
    return Card(
        title="Small model",
        trained_on="simulated",
        areas=("520000000000",),
        target=model.target,
        horizon_months=model.horizon_months,
        data={"rows": len(vectors), "events": int(y.sum()), "days": ["2026-06-30"]},
        measures={
            "model": {"roc_auc": 0.8123456, "interval": [0.8, 0.83], "brier": [0.1, 0.08, 0.12]},
            "area rate": {"roc_auc": None},
        },
        cost=model.cost,
        params={"num_leaves": 7},
        reference=reference_distributions(model, vectors),
        limits=("Drawn | not lived.",),
    )


def test_a_bundle_read_back_is_the_model_that_was_written(draw, model, make_bundle):
    """The model, its probabilities to the last bit, its origin and its files come back."""
    bundle = read_bundle(make_bundle())
    vectors, _ = draw(100, random_state=2)
    assert bundle.model == model
    assert bundle.model.probability(vectors).tobytes() == model.probability(vectors).tobytes()
    assert (bundle.name, bundle.trained_on) == ("fangpin", "simulated")
    assert bundle.origin.areas == ("520000000000",)
    assert bundle.policy == b"{}\n"
    assert bundle.context == {"area_rates": []}
    assert bundle.golden is bundle.card is None


def test_every_file_is_text_with_its_hash(make_bundle):
    """The manifest names each file's SHA-256; its own is the bundle's."""
    path = make_bundle()
    manifest = json.loads((path / "manifest.json").read_bytes())
    assert set(manifest["files"]) == {"booster.txt", "model.json", "policy.json", "context.json"}
    for name, promised in manifest["files"].items():
        data = (path / name).read_bytes()
        assert data.decode()
        assert hashlib.sha256(data).hexdigest() == promised
    assert read_bundle(path).sha256 == hashlib.sha256((path / "manifest.json").read_bytes()).hexdigest()


def test_the_same_model_gives_the_same_bundle(make_bundle):
    """Nothing in a bundle depends on when or where it is written; what it says of its making does."""
    first, again, other = make_bundle(), make_bundle(folder="again"), make_bundle(made="second")
    assert read_bundle(first).sha256 == read_bundle(again).sha256 != read_bundle(other).sha256


def test_nothing_is_unpickled(make_bundle, monkeypatch):
    """A bundle is read with pickle disabled."""

    def refuse(*_args, **_kwargs):
        raise AssertionError("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    assert read_bundle(make_bundle()).model.booster.num_trees() == 60


@pytest.mark.parametrize("name", ["booster.txt", "model.json", "policy.json"])
def test_an_altered_file_is_named(make_bundle, name):
    """One byte more in any file and the bundle is refused."""
    path = make_bundle()
    with (path / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(Foreign, match=f"not what the manifest was written for: {name}"):
        read_bundle(path)


def test_a_missing_file_is_named(make_bundle):
    """A file of the manifest that is not there."""
    path = make_bundle()
    (path / "booster.txt").unlink()
    with pytest.raises(Foreign, match=r"lacks booster\.txt"):
        read_bundle(path)


def test_an_extra_file_is_named(make_bundle):
    """A file that the manifest does not know, a folder too."""
    path = make_bundle()
    (path / "more").mkdir()
    with pytest.raises(Foreign, match="has, unlisted, more"):
        read_bundle(path)


def test_a_link_out_of_the_folder_is_no_file(make_bundle, tmp_path):
    """A link in the place of a file is refused, though its content has the right hash."""
    path = make_bundle()
    (path / "model.json").rename(tmp_path / "model.json")
    (path / "model.json").symlink_to(tmp_path / "model.json")
    with pytest.raises(Foreign, match=r"has no file model\.json"):
        read_bundle(path)


def test_no_bundle_at_all_is_foreign(tmp_path):
    """A folder that is not there, or without a manifest."""
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Foreign, match=r"has no file manifest\.json"):
            read_bundle(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bundle_version": 2}, "bundle of version 2; this release reads version 1"),
        ({"trained_on": "hearsay"}, "does not say where the model comes from"),
        ({"areas": None}, "does not say where the model comes from"),
        ({"files": {"../model.json": ""}}, "does not list the bundle's files"),
        ({"files": []}, "does not list the bundle's files"),
    ],
)
def test_a_manifest_of_another_kind_is_foreign(make_bundle, change, message):
    """Another version, another vocabulary, names that lead out of the folder."""
    path = make_bundle()
    manifest = json.loads((path / "manifest.json").read_bytes()) | change
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Foreign, match=message):
        read_bundle(path)


@pytest.mark.parametrize(
    "change",
    [{"horizons": []}, {"features": None}, {"horizons": [{"months": 12, "boosters": ["other.txt"]}]}],
)
def test_a_description_that_does_not_describe_is_foreign(make_bundle, change):
    """The right hashes do not make a model of a description with holes."""
    path = make_bundle()
    spec = json.dumps(json.loads((path / "model.json").read_bytes()) | change).encode()
    (path / "model.json").write_bytes(spec)
    manifest = json.loads((path / "manifest.json").read_bytes())
    manifest["files"]["model.json"] = hashlib.sha256(spec).hexdigest()
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Foreign):
        read_bundle(path)


def test_a_bundle_is_never_written_over(model, make_bundle):
    """A folder that exists stays as it is."""
    path = make_bundle()
    before = read_bundle(path).sha256
    origin = Origin(trained_on="real", areas=(), created={})
    with pytest.raises(Usage, match="exists already"):
        write_bundle(path, model, origin, {})
    assert read_bundle(path).sha256 == before


@pytest.mark.parametrize("name", ["model.json", "manifest.json", "../x", "UPPER.json", "a/b.json", ".hidden"])
def test_a_file_that_cannot_be_named_leaves_nothing_behind(model, tmp_path, name):
    """A bad name is refused before anything is written."""
    origin = Origin(trained_on="real", areas=(), created={})
    with pytest.raises(Usage, match="names that a bundle's files cannot have"):
        write_bundle(tmp_path / "bundle", model, origin, {name: b""})
    assert not list(tmp_path.iterdir())


def test_an_origin_that_is_none_is_refused():
    """What a model was trained on has three answers; a name is plain."""
    with pytest.raises(Usage, match="real, benchmark, simulated"):
        Origin(trained_on="hearsay", areas=(), created={})  # type: ignore[arg-type]
    with pytest.raises(Usage, match="lower-case"):
        Origin(trained_on="real", areas=(), created={}, name="../fangpin")


def test_the_folder_says_the_version(make_bundle, tmp_path):
    """In <name>-<version> a bundle knows its version, through a link too; elsewhere it has none."""
    path = make_bundle()
    assert read_bundle(path).version == "unregistered"
    copy_bundle(path, tmp_path / "fangpin-12")
    (tmp_path / "champion").symlink_to("fangpin-12")
    assert read_bundle(tmp_path / "champion").version == "12"


def test_a_broken_bundle_is_not_copied(make_bundle, tmp_path):
    """A copy is checked before it has its name."""
    path = make_bundle()
    (path / "booster.txt").write_bytes(b"")
    with pytest.raises(Foreign):
        copy_bundle(path, tmp_path / "fangpin-1")
    assert not (tmp_path / "fangpin-1").exists()


def test_the_card_goes_along(model, card, tmp_path):
    """The card is in the bundle as JSON for programs, and for people as Markdown and as a page."""
    path = tmp_path / "bundle"
    write_bundle(path, model, Origin("simulated", (), {}), card_files(card))
    bundle = read_bundle(path)
    assert bundle.card is not None
    assert bundle.card["measures"]["model"]["roc_auc"] == 0.8123456
    assert bundle.card["reference"]["features"]["visit_age"]["unknown"] == pytest.approx(0.1, abs=0.02)
    text = bundle.files["card.md"].decode()
    assert "| model | 0.8123 | 0.8–0.83 | 0.1 [0.08 0.12] |" in text
    assert "| area rate | – | – | – |" in text
    assert f"- Cost: {model.cost} of 100000" in text
    assert "- Drawn | not lived." in text
    assert "演示模型，不得用于真实农户" in text
    assert bundle.files["card.html"].startswith(b"<!doctype html>")
    assert card_files(card) == card_files(card)


def test_a_card_of_real_households_opens_without_a_warning(card):
    """What is said first of all others is not said of it."""
    real = card_files(replace(card, trained_on="real"))
    assert "演示模型" not in real["card.md"].decode()
    assert "演示模型" not in real["card.html"].decode()


def test_reference_distributions_are_quantiles_of_what_is_known(draw, model):
    """Unknown values are a share, not a number; where all is unknown there are no quantiles."""
    vectors, _ = draw(1000)
    vectors.X[:, 1] = float("nan")
    told = reference_distributions(model, vectors)
    assert told["features"]["medical_share"] == {"unknown": 1.0, "quantiles": None, "up_to": None}
    quantiles = told["features"]["income_margin"]["quantiles"]
    assert quantiles == sorted(quantiles)
    assert len(quantiles) == len(told["levels"])
    assert 0 < told["probability"]["quantiles"][0] < told["probability"]["quantiles"][-1] < 1


def test_reference_distributions_of_thinned_rows_are_those_of_all(draw, model):
    """A row that stands for three counts as three."""
    vectors, _ = draw(300)
    weight = np.where(np.arange(300) % 2 == 0, 3.0, 1.0)
    repeated = vectors.take(np.repeat(np.arange(300), weight.astype(int)))
    thin = reference_distributions(model, vectors, weight)["score"]
    whole = np.sort(model.score(repeated))
    expected = [(whole <= edge).mean() for edge in thin["quantiles"]]
    np.testing.assert_allclose(thin["up_to"], expected)
    assert all(share >= level for share, level in zip(thin["up_to"], LEVELS, strict=True))


def test_a_half_written_bundle_is_not_seen(model, tmp_path, monkeypatch):
    """Where writing breaks off, there is no folder of that name and nothing beside it."""
    import pathlib

    def full(*_args):
        raise OSError("no space left")

    monkeypatch.setattr(pathlib.Path, "rename", full)
    with pytest.raises(OSError, match="no space left"):
        write_bundle(tmp_path / "bundle", model, Origin("real", (), {}), {})
    assert not list(tmp_path.iterdir())
