"""Numbers in sentences."""


def how_many(number: int, noun: str, plural: str | None = None) -> str:
    """So many of something: 1 picture, 2 pictures; 1 person, 2 people, where the plural is given."""
    return f"{number} {noun if number == 1 else plural or f'{noun}s'}"
