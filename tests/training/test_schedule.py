"""The learning rate over a run."""

from training.schedule import learning_rate


def test_the_rate_rises_and_falls_to_nothing():
    # The original lowered its rate when the loss stopped rising.
    rates = [learning_rate(step, 100, 10) for step in range(101)]
    assert rates[0] == 0.1
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert (max(rates), rates[-1]) == (1.0, 0.0)
