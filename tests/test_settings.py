"""Settings: a misspelt one is never silently ignored."""

from __future__ import annotations

import pytest

from watchword.errors import SettingsError
from watchword.settings import Settings, read_settings


def test_the_model_and_the_second_opinion_are_chosen_by_name() -> None:
    found = read_settings({"WATCHWORD_MODEL": "off", "WATCHWORD_OPINION_URL": "http://127.0.0.1:1/v1"})
    assert (found.model, found.opinion_url, found.opinion_seconds) == ("off", "http://127.0.0.1:1/v1", 4)
    assert read_settings({}).model == "shipped"
    assert read_settings({}).opinion_url is None


def test_settings_made_by_hand_keep_nothing_where_somebody_happens_to_stand() -> None:
    made, read = Settings(), read_settings({})
    assert (made.cache, made.folder) == (read.cache, read.folder)
    assert made.cache.is_absolute()
    assert made.folder.is_absolute()


def test_hosts_are_names_and_addresses() -> None:
    found = read_settings({"WATCHWORD_HOSTS": "watch.example.org, .example.org,127.0.0.1,[::1],*"})
    assert found.hosts == ("watch.example.org", ".example.org", "127.0.0.1", "[::1]", "*")
    assert read_settings({"WATCHWORD_IMAP_PORT": "65535"}).intake.port == 65535


def test_the_agents_track_is_the_outbound_one_unless_it_is_said() -> None:
    assert read_settings({}).twilio_agent_track == "outbound"
    assert read_settings({"WATCHWORD_TWILIO_AGENT_TRACK": "inbound"}).twilio_agent_track == "inbound"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("WATCHWORD_MODEL", "big", "no choice"),
        ("WATCHWORD_MODELL", "off", "no setting"),
        ("WATCHWORD_TWILIO_AGENT_TRACK", "both", "no choice"),
        ("WATCHWORD_OPINION_SECONDS", "soon", "whole number of seconds"),
        ("WATCHWORD_OPINION_SECONDS", "0", "whole number of seconds"),
        ("WATCHWORD_LARGEST_MAIL", "-1", "whole number of bytes"),
        ("WATCHWORD_HOSTS", "https://watch.example.org", "not the name of a host"),
        ("WATCHWORD_HOSTS", "watch.example.org, watch.example.org/", "not the name of a host"),
        ("WATCHWORD_HOSTS", "watch.example.org:8443", "not the name of a host"),
        ("WATCHWORD_IMAP_PORT", "99999999", "no port"),
        ("WATCHWORD_IMAP_PORT", "65536", "no port"),
        ("WATCHWORD_DEMO", "/nothing/here", "there is nothing"),
    ],
)
def test_what_cannot_be_used_is_an_error(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        read_settings({name: value})
