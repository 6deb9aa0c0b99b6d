"""`python -m training.detector`."""

import typer

from training.detector.train import train
from training.errors import in_a_sentence

with in_a_sentence():
    typer.run(train)
