"""What is seen while the database's server is away waits on this machine."""
