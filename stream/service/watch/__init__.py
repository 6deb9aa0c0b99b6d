"""A watch that runs: put together as its settings wish, looked at, changed, and what is shown of it."""
