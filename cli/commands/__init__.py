"""One module per command, each with its `command`; `cli.main` lists them."""
