"""The console's addresses."""

from __future__ import annotations

from django.urls import path, register_converter

from watchword.web.console import (
    call_acts,
    calls,
    desk,
    escalations,
    events,
    imports,
    inbox,
    mail,
    people,
    policy,
    register,
    start,
)


class CallKey:
    """A call's key in an address: whatever it is made of, line breaks too."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """As it is; what an address cannot hold is quoted later."""
        return value


register_converter(CallKey, "call")
urlpatterns = [
    path("", start.start, name="start"),
    path("account", start.account, name="account"),
    path("changes", start.changes, name="changes"),
    path("calls", calls.many, name="calls"),
    path("calls/<call:key>", calls.one, name="call"),
    path("call/news/<call:key>", calls.news, name="call_news"),
    path("call/start", call_acts.start, name="call_start"),
    path("call/play", call_acts.play, name="call_play"),
    path("call/say/<call:key>", call_acts.say, name="call_say"),
    path("call/who/<call:key>", call_acts.who, name="call_who"),
    path("call/not-theirs/<call:key>", call_acts.not_theirs, name="call_not_theirs"),
    path("call/end/<call:key>", call_acts.end, name="call_end"),
    path("call/confirm/<call:key>", call_acts.confirm, name="call_confirm"),
    path("call/dismiss/<call:key>", call_acts.dismiss, name="call_dismiss"),
    path("call/take-back/<call:key>", call_acts.take_back, name="call_take_back"),
    path("call/transfer/<call:key>", call_acts.transfer, name="call_transfer"),
    path("call/brief/<call:key>", call_acts.brief, name="call_brief"),
    path("escalations", escalations.many, name="escalations"),
    path("escalations/<str:key>", escalations.one, name="escalation"),
    path("escalations/<str:key>/take", escalations.take, name="escalation_take"),
    path("steps/<path:key>/confirm", escalations.confirm, name="step_confirm"),
    path("steps/<path:key>/dismiss", escalations.dismiss, name="step_dismiss"),
    path("steps/<path:key>/retry", escalations.retry, name="step_retry"),
    path("steps/<path:key>/settle", escalations.settle, name="step_settle"),
    path("webhooks/<path:name>/retry", escalations.tell_again, name="webhook_retry"),
    path("sources/<int:number>/forget", escalations.forget, name="source_forget"),
    path("inbox", inbox.many, name="inbox"),
    path("inbox/confirm", inbox.confirm, name="inbox_confirm"),
    path("inbox/<int:number>", mail.one, name="mail"),
    path("inbox/<int:number>/confirm", mail.confirm, name="mail_confirm"),
    path("inbox/<int:number>/dismiss", mail.dismiss, name="mail_dismiss"),
    path("inbox/<int:number>/take-back", mail.take_back, name="mail_take_back"),
    path("inbox/<int:number>/looked", mail.looked, name="mail_looked"),
    path("inbox/<int:number>/original", mail.original, name="mail_original"),
    path("desk", desk.desk, name="desk"),
    path("desk/<int:number>", desk.ticket, name="ticket"),
    path("desk/<int:number>/post", desk.post, name="ticket_post"),
    path("desk/<int:number>/take", desk.take, name="ticket_take"),
    path("desk/<int:number>/state", desk.turn, name="ticket_state"),
    path("people", people.many, name="people"),
    path("people/<int:number>", people.one, name="person"),
    path("notes/<int:number>/strike", people.strike_out, name="note_strike"),
    path("notes/<int:number>/put-back", people.put_note_back, name="note_put_back"),
    path("contacts/<int:number>", people.contact, name="contact"),
    path("contacts/<int:number>/looked", escalations.looked, name="contact_looked"),
    path("register", register.entries, name="register"),
    path("register/add", register.add, name="register_add"),
    path("register/<int:number>/withdraw", register.end, name="register_withdraw"),
    path("policy", policy.policy, name="policy"),
    path("policy/try", policy.try_, name="policy_try"),
    path("policy/trial", policy.trial, name="policy_trial"),
    path("register.csv", register.out, name="register_out"),
    path("imports/<int:number>", imports.one, name="import"),
    path("imports/<int:number>/begin", imports.begin, name="import_begin"),
    path("imports/<int:number>/go-on", imports.go_on, name="import_go_on"),
    path("imports/<int:number>/drop", imports.drop, name="import_drop"),
    path("imports/<str:kind>", imports.start, name="import_start"),
    path("imports/<str:kind>/hand-in", imports.hand_in, name="import_hand_in"),
    path("events", events.many, name="events"),
]
