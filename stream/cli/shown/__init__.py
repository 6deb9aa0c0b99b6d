"""What commands show on a terminal beside tables."""
