"""The learning rate over a run."""

from training.schedule import learning_rate


def test_the_rate_rises_and_falls_to_nothing():
    # The original lowered its rate when the loss stopped rising.
    rates = [learning_rate(step, 100, 10) for step in range(101)]
    assert rates[0] == 0.1
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert (max(rates), rates[-1]) == (1.0, 0.0)


def test_a_rate_that_stays_falls_in_a_straight_line():
    rates = [learning_rate(step, 100, 10, decay_from=60) for step in range(101)]
    assert rates[9:61] == [1.0] * 52
    assert (rates[80], rates[100]) == (0.5, 0.0)


def test_a_run_is_prolonged_without_a_jump():
    before = [learning_rate(step, 100, 10, decay_from=60) for step in range(60)]
    assert before == [learning_rate(step, 400, 10, decay_from=300) for step in range(60)]
