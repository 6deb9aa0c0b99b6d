"""Text for people and for their spreadsheets."""
