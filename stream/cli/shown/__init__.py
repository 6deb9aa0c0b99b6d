"""What commands show on a terminal: tables, sentences and progress; and what they print for programs."""
