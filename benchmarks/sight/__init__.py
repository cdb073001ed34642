"""Sight: precision, recall, false alarms and exact action plans over labelled contacts."""
