"""Who may ask, and for what: the password, tokens and log-in, and what browsers are kept from."""
