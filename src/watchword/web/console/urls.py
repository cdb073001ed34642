"""The console's addresses."""

from __future__ import annotations

from django.urls import path

from watchword.web.console import desk, escalations, inbox, mail, people, policy, register, start

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
    path("inbox", inbox.many, name="inbox"),
    path("inbox/confirm", inbox.confirm, name="inbox_confirm"),
    path("inbox/<int:number>", mail.one, name="mail"),
    path("inbox/<int:number>/confirm", mail.confirm, name="mail_confirm"),
    path("inbox/<int:number>/dismiss", mail.dismiss, name="mail_dismiss"),
    path("inbox/<int:number>/looked", mail.looked, name="mail_looked"),
    path("inbox/<int:number>/original", mail.original, name="mail_original"),
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
]
