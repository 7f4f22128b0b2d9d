"""Foreign formats: workbooks and road books, as the programs of others write them."""
