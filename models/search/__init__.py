"""How whole pictures are searched for faces: from several distances, and in tiles from nearby."""
