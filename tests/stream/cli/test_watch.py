"""What `watch` says."""

from types import SimpleNamespace

from stream.cli.watch import stand_in


def test_it_is_told_when_another_detector_takes_the_place_of_the_one_that_was_named():
    named, twin, partner = (with_detector(name) for name in ("m", "m-int8", "n"))
    usual = with_detector("m", partner.detector)
    assert said(named, named) is None
    assert said(named, twin) == "Faces are found by m-int8, m in 8-bit integers: this CPU is made for them."
    assert said(usual, partner) == "Faces are found by n, which suits cameras; --detector names another."
    assert said(usual, usual) is None  # a recording


def with_detector(name, partner=None):
    entry = SimpleNamespace(name=name)
    return SimpleNamespace(detector=SimpleNamespace(network=SimpleNamespace(entry=entry), partner=partner))


def said(usual, watching):
    return stand_in(SimpleNamespace(analyzer=usual, analyzer_for=lambda _: watching), [])
