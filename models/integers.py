"""Networks in 8-bit integers: swifter on CPUs that are made for them, a little less accurate everywhere."""

from pathlib import Path

from models.manifest import ModelEntry, all_shipped
from models.runtime import chosen_providers

CPUINFO = Path("/proc/cpuinfo")
DOT_PRODUCTS = {"avx512_vnni", "avx_vnni", "asimddp"}  # CPU flags of dot products of 8-bit integers: x86, ARM


def dot_products() -> set[str] | None:
    """The flags of this CPU's dot products of 8-bit integers, as far as Linux tells; None where it does not."""
    return DOT_PRODUCTS & set(CPUINFO.read_text(encoding="utf-8").split()) if CPUINFO.is_file() else None


def swifter(entry: ModelEntry) -> ModelEntry:
    """The twin in 8-bit integers of a shipped network, if it is shipped and this CPU is made for it; else the same."""
    entries = all_shipped(entry.task)
    twins = [twin for twin in entries if twin.int8_of == entry.sha256 and twin.path.is_file()]
    return twins[0] if twins and entry in entries and dot_products() and _on_the_cpu() else entry


def _on_the_cpu() -> bool:
    """Whether networks run on the CPU by ONNX Runtime's own means, for which the twins were measured."""
    return chosen_providers()[0] == "CPU"
