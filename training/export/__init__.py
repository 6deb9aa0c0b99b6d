"""From a checkpoint to a shipped network."""
