"""The commands of `doorman people`."""
