"""`python -m training.embedder`."""

import typer

from training.embedder.train import train
from training.errors import plain_errors

with plain_errors():
    typer.run(train)
