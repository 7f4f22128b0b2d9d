"""The tests: laws, scenarios, the store, the command line, and real rallies."""
