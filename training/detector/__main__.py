"""`python -m training.detector`."""

import typer

from training.detector.train import train

typer.run(train)
