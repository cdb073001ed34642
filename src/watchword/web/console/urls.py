"""The console's addresses."""

from __future__ import annotations

from django.urls import path

from watchword.web.console import desk, escalations, events, imports, people, policy, register, start

urlpatterns = [
    path("", start.start, name="start"),
    path("account", start.account, name="account"),
    path("changes", start.changes, name="changes"),
    path("escalations", escalations.many, name="escalations"),
    path("escalations/<str:key>", escalations.one, name="escalation"),
    path("steps/<path:key>/confirm", escalations.confirm, name="step_confirm"),
    path("steps/<path:key>/dismiss", escalations.dismiss, name="step_dismiss"),
    path("steps/<path:key>/retry", escalations.retry, name="step_retry"),
    path("steps/<path:key>/settle", escalations.settle, name="step_settle"),
    path("desk", desk.desk, name="desk"),
    path("desk/<int:number>", desk.ticket, name="ticket"),
    path("desk/<int:number>/post", desk.post, name="ticket_post"),
    path("desk/<int:number>/take", desk.take, name="ticket_take"),
    path("desk/<int:number>/state", desk.turn, name="ticket_state"),
    path("people", people.many, name="people"),
    path("people/<int:number>", people.one, name="person"),
    path("contacts/<int:number>", people.contact, name="contact"),
    path("register", register.entries, name="register"),
    path("register/add", register.add, name="register_add"),
    path("register/<int:number>/withdraw", register.end, name="register_withdraw"),
    path("policy", policy.policy, name="policy"),
    path("policy/try", policy.try_, name="policy_try"),
    path("register.csv", register.out, name="register_out"),
    path("imports/<int:number>", imports.one, name="import"),
    path("imports/<int:number>/begin", imports.begin, name="import_begin"),
    path("imports/<int:number>/go-on", imports.go_on, name="import_go_on"),
    path("imports/<int:number>/drop", imports.drop, name="import_drop"),
    path("imports/<str:kind>", imports.start, name="import_start"),
    path("imports/<str:kind>/hand-in", imports.hand_in, name="import_hand_in"),
    path("events", events.many, name="events"),
]
