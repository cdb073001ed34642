"""The meaning model: a small sentence encoder that knows the shipped meanings in wordings nobody listed."""

import os

# onnxruntime, from 1.29 on, tells its makers how it is used unless this is set before anything here loads it.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
