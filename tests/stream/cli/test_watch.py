"""What `watch` says."""

from types import SimpleNamespace

from stream.cli.watch import stand_in


def test_it_is_told_when_another_detector_takes_the_place_of_the_one_that_was_named():
    named, twin = (
        SimpleNamespace(detector=SimpleNamespace(network=SimpleNamespace(entry=SimpleNamespace(name=name))))
        for name in ("m", "m-int8")
    )
    told = [stand_in(SimpleNamespace(analyzer=named, analyzer_for=lambda _, u=used: u), []) for used in (named, twin)]
    assert told == [None, "Faces are found by m-int8, m in 8-bit integers: this CPU is made for them."]
