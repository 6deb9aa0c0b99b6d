"""`python -m training.embedder`."""

import typer

from training.embedder.train import train
from training.errors import in_a_sentence

with in_a_sentence():
    typer.run(train)
