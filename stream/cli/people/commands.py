"""`doorman people`: all that is asked, decided and carried away of the people who are recognized."""

import typer

from stream.cli.people import corrections, enrolled, export, suggestions

people = typer.Typer(no_args_is_help=True, help="The people who are recognized.")
for part in (enrolled, corrections, export):
    people.add_typer(part.app)
people.add_typer(suggestions.app, name="suggestions")

app = typer.Typer()
app.add_typer(people, name="people")
