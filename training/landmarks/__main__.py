"""`python -m training.landmarks`."""

import typer

from training.errors import in_a_sentence
from training.landmarks.train import train

with in_a_sentence():
    typer.run(train)
