"""One frame's journey: when to search, where, and what becomes of the faces."""
