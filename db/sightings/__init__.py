"""Who was seen: reports that become sightings, their pictures, and when they are erased."""
