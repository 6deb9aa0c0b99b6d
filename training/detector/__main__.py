"""`python -m training.detector`."""

import typer

from training.detector.train import train
from training.errors import plain_errors

with plain_errors():
    typer.run(train)
