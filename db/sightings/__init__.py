"""Who was seen and what was told of it: intervals, events, snapshots, and when they are erased."""
