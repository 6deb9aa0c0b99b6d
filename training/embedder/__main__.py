"""`python -m training.embedder`."""

import typer

from training.embedder.train import train

typer.run(train)
