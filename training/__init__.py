"""Training the meaning model: `python -m training` makes what the wheel ships."""

import os

# Before anything here loads onnxruntime, which from 1.29 on tells its makers how it is used.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
