"""Who was seen: tracks become sightings, which are dated, told of and stored."""
