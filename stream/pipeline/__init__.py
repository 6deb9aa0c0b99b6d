"""One frame's journey: when to scan, where, and what becomes of the faces."""
