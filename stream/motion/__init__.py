"""What pictures show of movement: where faces go from one to the next, and where a shot ends."""
