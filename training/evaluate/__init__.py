"""Evaluation of the networks: figures and plots, without torch (extra `eval`)."""
