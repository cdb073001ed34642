"""Ids come from other systems, and may hold whatever can be shown: each of them is found again, over real sockets."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from tests.databases import close
from tests.recorded import SUES
from tests.web.served import served
from watchword.client import Said, Watchword
from watchword.settings import Settings
from watchword.store.keys import make_key
from watchword.web.access import KeyScope

OPERATIONS = ("events", "end", "turns", "platform-events", "flags/confirm", "flags/dismiss")
IDS = (
    *(f"a/{operation}" for operation in OPERATIONS),
    *(f"/{operation}" for operation in OPERATIONS),
    "a",
    "events",
    "/",
    "a//b/",
    ".",
    "..",
    "../a",
    "a/../b/./c",
    "a%2Fevents",
    "a%252Fb%",
    " a ? b # c & d = e + f ",
    "Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}/\N{GRINNING FACE}/events",
    "\\..\\a",
    "x" * 493 + "/events",
)


def test_every_id_that_may_be_given_leads_to_its_own_call(database: Settings) -> None:
    key = make_key("crm", [scope.value for scope in KeyScope], by="test")
    close()
    with served(database) as address, Watchword(address, key) as service:
        for id in IDS:
            assert service.open_call(id).next == 0, id
        for id in IDS:
            assert service.hear(id, {"EventType": "STARTED", "ContactId": id}).added == 0, id
            assert service.say(id, Said(0, "caller", f"{id}. {SUES}")).added == 1, id
        for id in IDS:
            call, contact = service.call(id), service.contact(id)
            assert (call.id, call.turns[0].text, contact.id) == (id, f"{id}. {SUES}", id)
            assert contact.assessment == call.assessment
            assert [one.contact for one in service.escalations(contact=id)] == [id]
            assert service.confirm_flag(id, "keyword", "attorney", by="ana") > 0, id
            assert service.dismiss_flag(id, "keyword", "attorney", by="ana", reason="a test") > 0, id
            assert (service.end(id).id, service.call(id).is_open) == (id, False)
            heard = list(service.follow(id))
            assert (heard[0].told, heard[-1].name) == (call.turns[0], "ended")
            assert heard[-1].told["id"] == id  # type: ignore[index]
            assert service.contact(id).id == id


def test_whoever_writes_addresses_by_hand_is_understood_or_told(database: Settings) -> None:
    key = make_key("crm", [scope.value for scope in KeyScope], by="test")
    close()
    with served(database) as address, httpx.Client(headers={"authorization": f"Bearer {key}"}) as http:
        api = f"{address}/api/v1"
        for id in ("a/b", "a/end/b", "a"):
            http.post(f"{api}/calls", json={"id": id})
            for path in (id, quote(id, safe=""), quote(id, safe="").lower()):
                assert http.get(f"{api}/calls/{path}").json()["id"] == id, path
        turns = [{"speaker": "caller", "text": SUES}]
        told = http.post(f"{api}/contacts", json={"id": "a/end/b", "channel": "phone", "turns": turns}).json()
        assert "/calls/a%2Fend%2Fb/end" in told["do"]
        for path in ("escalations/a%2Fb", "contacts/a%2Fc", "calls/a%2F%00/events", "none%2Fnone", "none%2F%C3%2F"):
            assert http.get(f"{api}/{path}").status_code == 404, path
        assert http.post(f"{api}/steps/a%2Fb/confirm", json={"by": "ana"}).status_code == 404
        assert http.get(f"{address}/api%2Fv1/calls/a").status_code == 404
