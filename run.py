"""The entry point: `python run.py --help`, or `doorman --help` once installed."""

import gc

from stream.cli.ending import at_once, set_signals


def main() -> None:
    """Run a command; a problem ends it with one sentence and exit status 1."""
    set_signals(at_once)  # before all that takes its time to import
    gc.disable()  # until the command is imported; see `OnDemand.load`
    from stream.cli.main import main as run_command

    run_command()


if __name__ == "__main__":
    main()
