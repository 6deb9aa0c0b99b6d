import pytest

from stream.doctor import _integers


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ("flags : fpu avx2 avx512f avx512_vnni", "instructions for them (avx512_vnni)"),
        ("Features : fp asimd asimddp", "instructions for them (asimddp)"),
        ("flags : fpu sse2 avx2", "no instructions"),
    ],
)
def test_instructions_for_8_bit_integers_are_told(tmp_path, flags, told):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{flags}\n")
    assert _integers(tmp_path / "cpuinfo").startswith(told)


def test_a_system_that_does_not_list_its_instructions_is_told(tmp_path):
    assert "not known" in _integers(tmp_path / "cpuinfo")
