"""The connection, the tables, and how an older database becomes a present one."""
