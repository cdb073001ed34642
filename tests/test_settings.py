"""Settings: a misspelt one is never silently ignored."""

from __future__ import annotations

import re

import pytest

from watchword.errors import SettingsError
from watchword.settings import VARIABLES, Settings, read_settings

PORT = "it has to be a whole number from 1 to 65535, the port of the mail server."


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
        ("WATCHWORD_MODEL", "big", 'WATCHWORD_MODEL is "big": it has to be one of shipped, off.'),
        ("WATCHWORD_MODELL", "off", "no setting"),
        ("WATCHWORD_TWILIO_AGENT_TRACK", "both", 'is "both": it has to be one of outbound, inbound.'),
        ("WATCHWORD_OPINION_SECONDS", "soon", 'is "soon": it has to be a whole number of seconds, 1 or more.'),
        ("WATCHWORD_OPINION_SECONDS", "0", "whole number of seconds"),
        ("WATCHWORD_LARGEST_MAIL", "-1", "whole number of bytes"),
        ("WATCHWORD_LARGEST_MAIL", "9" * 5000, f'is "{"9" * 60}…": it has to be a whole number of bytes'),
        ("WATCHWORD_AT_ONCE", "½", "whole number of steps"),
        ("WATCHWORD_HOSTS", "https://watch.example.org", "not the name of a host"),
        ("WATCHWORD_HOSTS", "watch.example.org, watch.example.org/", "not the name of a host"),
        ("WATCHWORD_HOSTS", "watch.example.org:8443", "not the name of a host"),
        ("WATCHWORD_IMAP_PORT", "99999999", PORT),
        ("WATCHWORD_IMAP_PORT", "65536", PORT),
        ("WATCHWORD_IMAP_PORT", "abc", f'WATCHWORD_IMAP_PORT is "abc": {PORT}'),
        ("WATCHWORD_DEMO", "/nothing/here", "nothing is there"),
    ],
)
def test_what_cannot_be_used_is_an_error(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(says)):
        read_settings({name: value})


def test_what_is_set_wrong_is_told_with_what_it_is_without_the_setting() -> None:
    with pytest.raises(SettingsError) as wrong:
        read_settings({"WATCHWORD_IMAP_TLS": "starttls", "WATCHWORD_IMAP_PORT": "abc"})
    assert wrong.value.do == "Set it so, or unset it for 143."


def trouble_with(given: dict[str, str]) -> str:
    try:
        read_settings(given)
    except SettingsError as wrong:
        return str(wrong)
    return ""


def test_no_error_tells_a_secret() -> None:
    secrets = [name for name in VARIABLES if re.search("SECRET|KEY|PASSWORD|TOKEN|DATABASE_URL", name)]
    assert len(secrets) > 6
    given = dict.fromkeys(secrets, "hush-hush")
    told = [
        trouble_with({**given, "WATCHWORD_IMAP_HOST": "mail.example.com", "WATCHWORD_IMAP_USER": "a", name: "½"})
        for name in VARIABLES.keys() - set(secrets)
    ]
    assert any("½" in one for one in told)
    assert not any("hush" in one for one in told)
