import pytest

from models.manifest import ModelEntry, ModelInput
from stream import doctor

DETECTOR = ModelEntry("m", "detection", None, "", ModelInput(None, None, "rgb", (0, 0, 0), (255, 255, 255)))
TWIN = ModelEntry("m-int8", "detection", None, "", DETECTOR.input)


@pytest.mark.parametrize(
    ("flags", "taken", "told"),
    [
        ({"avx512_vnni"}, TWIN, "instructions for them (avx512_vnni): faces in cameras are found by m-int8"),
        ({"avx512_vnni", "avx_vnni"}, DETECTOR, "instructions for them (avx512_vnni, avx_vnni), which m does not use"),
        (set(), DETECTOR, "no instructions for them: a detector whose name ends in -int8 gains little"),
        (None, DETECTOR, "the CPU's instructions are not known here; `bench` tells what is fast"),
    ],
)
def test_what_8_bit_integers_are_good_for_on_this_cpu_is_told(monkeypatch, flags, taken, told):
    monkeypatch.setattr(doctor, "dot_products", lambda: flags)
    monkeypatch.setattr(doctor, "shipped", lambda task: DETECTOR)
    monkeypatch.setattr(doctor, "swifter", lambda entry: taken)
    assert doctor._integers() == told
