"""The meanings that the shipped model knows in any wording. A policy's meaning names one with `known_as`."""

from __future__ import annotations

from enum import StrEnum


class Known(StrEnum):
    """What the model was taught to tell apart; what each holds is written down in the corpus guide."""

    LEGAL_ACTION = "legal_action"
    ATTORNEY = "attorney"
    BBB = "bbb"
    STATE_LAW = "state_law"
    COURT = "court"
    SOCIAL_MEDIA = "social_media"
    BANKRUPTCY = "bankruptcy"
    FRAUD = "fraud"
    SCAM = "scam"
    LEGAL_THREAT = "legal_threat"
    CEO = "ceo"
    FILE_COMPLAINT = "file_complaint"
    CONTACTED_BEFORE = "contacted_before"
    WAITING_FOR_FOLLOW_UP = "waiting_for_follow_up"
    EXPECTING_A_RESPONSE = "expecting_a_response"
    URGENCY = "urgency"
    NEEDING_AN_ANSWER = "needing_an_answer"
    ANGER = "anger"
    DO_NOT_CONTACT = "do_not_contact"
