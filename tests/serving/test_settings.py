"""What the service is told from outside."""

from pathlib import Path

import pytest

from features.errors import Usage
from serving.settings import MEBIBYTE, SETTINGS, settings_from


def test_without_any_setting_the_service_is_strict_and_keeps_its_things_in_one_home():
    """A forgotten variable never weakens the service."""
    settings = settings_from({"HOME": "/h", "PATH": "/bin", "FANGPIN_BUNDLE_KEY": "/key.pem"})

    assert settings.profile == "production"
    assert settings.answer_log_sync == "always"
    assert settings.policy is None
    assert {settings.bundles.parent, settings.keys.parent, settings.answer_log.parent} == {
        Path("~/.fangpin").expanduser()
    }


def test_every_setting_arrives_where_it_belongs():
    """Each variable has its field."""
    settings = settings_from(
        {
            "FANGPIN_HOME": "/home",
            "FANGPIN_BUNDLES": "/bundles",
            "FANGPIN_POLICY": "/policy",
            "FANGPIN_KEYS": "/keys",
            "FANGPIN_ANSWER_LOG": "/log",
            "FANGPIN_ANSWER_LOG_SYNC": "never",
            "FANGPIN_PROFILE": "demo",
            "FANGPIN_BUNDLE_KEY": "/key.pem",
            "FANGPIN_MAX_BODY_MB": "2",
            "FANGPIN_THREADS": "5",
        }
    )

    assert (settings.bundles, settings.policy) == (Path("/bundles"), Path("/policy"))
    assert (settings.keys, settings.answer_log) == (Path("/keys"), Path("/log"))
    assert (settings.profile, settings.answer_log_sync) == ("demo", "never")
    assert settings.bundle_key == "/key.pem"
    assert (settings.max_body_bytes, settings.threads) == (2 * MEBIBYTE, 5)


@pytest.mark.parametrize("environ", [{}, {"FANGPIN_PROFILE": "production"}, {"FANGPIN_BUNDLE_KEY": ""}])
def test_production_without_a_pinned_key_is_refused(environ):
    """Forgetting the key does not mean that any bundle serves; a demonstration needs none."""
    with pytest.raises(Usage, match="the production profile needs FANGPIN_BUNDLE_KEY"):
        settings_from(environ)
    assert settings_from({"FANGPIN_PROFILE": "demo"}).bundle_key is None


def test_what_only_training_reads_is_no_fault_here():
    """Both doors may stand in one environment."""
    assert settings_from({"FANGPIN_PROFILE": "demo", "FANGPIN_SIGNING_KEY": "/k"}).bundle_key is None


def test_an_unknown_setting_is_refused_by_name_with_all_other_faults():
    """A misspelt variable does not pass silently, and one message tells everything."""
    with pytest.raises(Usage) as refused:
        settings_from({"FANGPIN_BUNDELS": "/b", "FANGPIN_PROFILE": "test", "FANGPIN_MAX_BODY_MB": "0"})

    for name in ("FANGPIN_BUNDELS", "FANGPIN_PROFILE", "FANGPIN_MAX_BODY_MB", *SETTINGS):
        assert name in str(refused.value)
