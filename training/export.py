"""From trained weights to the files that ship: an ONNX network of int8 weights and joined steps."""

from __future__ import annotations

import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from training.network import Network
from training.shipping import NAMES_IN, NAMES_OUT, join_steps

OPSET = 17


def export(network: Network, folder: Path) -> None:
    """Write `meaning.onnx`, quantised: int8 for the weights of matrix products by channel, and for the word table."""
    network.eval()
    with tempfile.TemporaryDirectory() as scratch:
        whole, small = (Path(scratch) / f"{name}.onnx" for name in ("whole", "small"))
        _write(network, whole)
        quantize_dynamic(
            whole,
            small,
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            extra_options={"MatMulConstBOnly": True},
        )
        onnx.checker.check_model(str(small))
        join_steps(small, folder / "meaning.onnx")


def _write(network: nn.Module, file: Path) -> None:
    example = torch.tensor([[101, 2026, 102]]), torch.tensor([[2026, 4905, 2003, 102]])
    torch.onnx.export(
        network,
        example,
        str(file),
        input_names=NAMES_IN,
        output_names=NAMES_OUT,
        dynamic_axes={name: {1: f"length of {name}"} for name in NAMES_IN},
        opset_version=OPSET,
        dynamo=False,
    )
