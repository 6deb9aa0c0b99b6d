"""Tiny ONNX files, written byte for byte, since the package onnx belongs to training alone."""

import json
from pathlib import Path
from typing import Any

from models.manifest import digest


def part(number: int, value: int | str | bytes) -> bytes:
    """A field of a protocol buffer, of a number below 16; a whole number, or so many bytes."""
    if isinstance(value, int):
        return bytes([number << 3]) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def floats(name: str, *sizes: int | str) -> bytes:
    """An input or output of these sizes, which are free where they are names."""
    shape = b"".join(part(1, part(1, size) if isinstance(size, int) else part(2, size)) for size in sizes)
    return part(1, name) + part(2, part(1, part(1, 1) + part(2, shape)))


def model(*graph: bytes) -> bytes:
    """A file of these fields of a graph."""
    return part(1, 8) + part(7, b"".join([part(2, "g"), *graph])) + part(8, part(2, 17))


def means() -> bytes:
    """A network whose output (N, 3) is the mean of each plane of its input (N, 3, H, W)."""
    pool = part(1, "x") + part(2, "p") + part(4, "GlobalAveragePool")
    flatten = part(1, "p") + part(2, "y") + part(4, "Flatten")
    given, found = floats("x", "n", 3, "h", "w"), floats("y", "n", 3)
    return model(part(1, pool), part(1, flatten), part(11, given), part(12, found))


def described(path: Path, task: str, **more: Any) -> Path:
    """The network of means in a file, with its description beside it."""
    path.write_bytes(means())
    size = {"width": 8, "height": 8, "color": "bgr", "mean": [0, 0, 0], "std": [1, 1, 1]}
    entry = {"name": path.stem, "task": task, "sha256": digest(path), "input": size} | more
    path.with_name(path.name + ".json").write_text(json.dumps(entry))
    return path


def _varint(value: int) -> bytes:
    """A whole number, seven bits a byte, the lowest first."""
    low, high = value & 127, value >> 7
    return bytes([low | 128]) + _varint(high) if high else bytes([low])
