"""`python -m training.landmarks`."""

import typer

from training.landmarks.train import train

typer.run(train)
