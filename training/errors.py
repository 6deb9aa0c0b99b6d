"""What can go wrong in training and evaluation."""


class TrainingError(Exception):
    """Data, a checkpoint or a setting cannot be used; the message names the cause and the remedy."""
