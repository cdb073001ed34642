"""What the meaning model saw is kept for processes that begin anew: the same answers, and nothing that is another's."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.made import call
from watchword import wiring
from watchword.detection.model import glimpses, reader
from watchword.detection.model.glimpses import SIZE, Glimpses, open_glimpses
from watchword.settings import Settings

SECRET, MADE_BY = b"s" * 32, b"a network"
SAID = (
    "I paid it in March, by card.",
    "Honestly, my sister-in-law reads contracts for a living. She has your letter now. She will be in touch.",
    "Okay.",
    "And you never call me again, is that clear?",
)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Glimpses:
    monkeypatch.setattr(glimpses, "PLACES", 64)
    opened = open_glimpses(tmp_path / "seen", SECRET, MADE_BY)
    assert opened is not None
    return opened


def again(tmp_path: Path, secret: bytes = SECRET, made_by: bytes = MADE_BY) -> Glimpses:
    opened = open_glimpses(tmp_path / "seen", secret, made_by)
    assert opened is not None
    return opened


def a_model() -> reader.ShippedModel:
    return reader.open_shipped(reader._folder())


def test_a_process_that_begins_anew_answers_the_same_without_the_encoder(kept: Glimpses, tmp_path: Path) -> None:
    from watchword.triage.assess import assess

    policy = wiring.open_policy("natera-billing", Settings())
    first, bare, second = a_model(), a_model(), a_model()
    first.kept = kept
    contact = call(*(turn for said in SAID for turn in ("agent: I see.", said)))
    found = assess(contact, policy, None, first)
    assert first.looked > 0
    assert found == assess(contact, policy, None, bare)
    second.kept = again(tmp_path)
    assert assess(contact, policy, None, second) == found
    assert second.looked == 0


def test_every_number_comes_back_as_it_was(kept: Glimpses) -> None:
    seen = a_model()._glimpse("agent: I see.", SAID[1])
    kept.keep("agent: I see.", SAID[1], seen)
    found = kept.find("agent: I see.", SAID[1])
    assert found is not None
    for name in ("odds", "reasons", "doubts", "weights"):
        one, other = getattr(found, name), getattr(seen, name)
        assert one.dtype == other.dtype
        assert one.tolist() == other.tolist()


def test_other_words_before_it_another_secret_or_another_network_find_nothing(kept: Glimpses, tmp_path: Path) -> None:
    kept.keep("before", "text", a_model()._glimpse("before", "text"))
    assert kept.find("before", "text") is not None
    assert kept.find("befor", "etext") is None
    assert kept.find("", "text") is None
    assert again(tmp_path, secret=b"o" * 32).find("before", "text") is None
    assert again(tmp_path, made_by=b"another").find("before", "text") is None


def test_another_release_of_what_runs_the_network_counts_as_another_network(monkeypatch: pytest.MonkeyPatch) -> None:
    before = reader.made_by()
    assert reader.made_by() == before
    monkeypatch.setattr("onnxruntime.__version__", "0.0")
    assert reader.made_by() != before


def test_what_was_half_written_counts_as_not_there(kept: Glimpses, tmp_path: Path) -> None:
    kept.keep("", SAID[0], a_model()._glimpse("", SAID[0]))
    file = tmp_path / "seen"
    content = bytearray(file.read_bytes())
    place = next(at for at in range(0, len(content), SIZE) if any(content[at : at + SIZE]))
    content[place + 100] ^= 1
    file.write_bytes(content)
    assert again(tmp_path).find("", SAID[0]) is None


def test_a_turn_of_too_many_sentences_is_not_kept(kept: Glimpses, tmp_path: Path) -> None:
    text = "No. " * 40
    kept.keep("", text, a_model()._glimpse("", text))
    assert kept.find("", text) is None
    assert not any((tmp_path / "seen").read_bytes())


def test_the_file_holds_no_word_and_is_its_owners_alone(kept: Glimpses, tmp_path: Path) -> None:
    kept.keep("agent: hello", SAID[3], a_model()._glimpse("agent: hello", SAID[3]))
    file = tmp_path / "seen"
    assert b"call" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["seen"]


def test_a_file_that_is_cut_off_while_a_process_uses_it_costs_what_was_in_it(kept: Glimpses, tmp_path: Path) -> None:
    seen = a_model()._glimpse("", SAID[0])
    kept.keep("", SAID[0], seen)
    (tmp_path / "seen").write_bytes(b"")
    assert kept.find("", SAID[0]) is None
    kept.keep("", SAID[0], seen)
    assert again(tmp_path).find("", SAID[0]) is not None


def test_a_full_disk_costs_what_it_has_no_room_for() -> None:
    full = Glimpses(os.open("/dev/full", os.O_RDWR), SECRET)
    full.keep("", SAID[0], a_model()._glimpse("", SAID[0]))
    assert full.find("", SAID[0]) is None


def test_a_file_that_was_open_to_others_is_closed(kept: Glimpses, tmp_path: Path) -> None:
    (tmp_path / "seen").chmod(0o666)
    again(tmp_path)
    assert stat.S_IMODE((tmp_path / "seen").stat().st_mode) == 0o600


def test_a_link_that_somebody_put_there_is_not_followed(tmp_path: Path) -> None:
    somewhere = tmp_path / "theirs"
    somewhere.write_bytes(b"precious")
    (tmp_path / "seen").symlink_to(somewhere)
    assert open_glimpses(tmp_path / "seen", SECRET, MADE_BY) is None
    assert somewhere.read_bytes() == b"precious"


def test_where_it_cannot_be_opened_the_service_goes_on_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "seen").mkdir()
    assert open_glimpses(tmp_path / "seen", SECRET, MADE_BY) is None
    assert "a restart takes longer" in caplog.text


def test_the_service_keeps_them_in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = a_model()
    monkeypatch.setattr(wiring, "open_model", lambda choice: model if choice == "shipped" else None)
    wiring.keep_glimpses(Settings(folder=tmp_path, model="off"), SECRET)
    assert list(tmp_path.iterdir()) == []
    wiring.keep_glimpses(Settings(folder=tmp_path), SECRET)
    assert model.kept is not None
    assert (tmp_path / wiring.GLIMPSES).is_file()
