"""`python -m training.landmarks`."""

import typer

from training.errors import plain_errors
from training.landmarks.train import train

with plain_errors():
    typer.run(train)
