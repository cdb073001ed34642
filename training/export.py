"""From trained weights to the files that ship: an ONNX network of int8 weights and joined steps, and its tokenizer."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import nn

from training.network import Network

OPSET = 17
NAMES_IN, NAMES_OUT = ["before", "text"], ["odds", "attention", "reasons", "meanings"]


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


def join_steps(network: Path, file: Path) -> None:
    """Write the network with its small steps joined to large ones, which would else be done at every start.

    What is joined depends on no processor ("extended" in onnxruntime's words).
    """
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(file)
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(network), options, providers=["CPUExecutionProvider"])


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


def write_tokenizer(tokenizer: Tokenizer, file: Path) -> None:
    """Write the tokenizer without padding and truncation."""
    values = json.loads(tokenizer.to_str())
    values["padding"] = values["truncation"] = None
    file.write_text(json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
