"""Carrying out: plan the steps, carry them out durably, keep the receipts. Knows neither database nor other systems."""
