"""`python -m training.export`."""

import typer

from training.errors import plain_errors
from training.export import detector, embedder, int8, landmarks

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Ship a trained network.")
app.command("detector")(detector.main)
app.command("int8")(int8.main)
app.command("landmarks")(landmarks.export)
app.command("embedder")(embedder.main)
with plain_errors():
    app()
