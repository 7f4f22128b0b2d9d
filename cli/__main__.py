"""`python -m cli` is the command `rally`."""

from cli.main import main

main()
