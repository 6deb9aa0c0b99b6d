"""CSV that spreadsheets take for text."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what begins with these, a spreadsheet calculates


def as_text(value: object) -> object:
    """The value, for a cell: a text that a spreadsheet would calculate gets an apostrophe before it.

    Whoever may name a camera or a person could else let the formula run on the machine of whoever opens the file.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
