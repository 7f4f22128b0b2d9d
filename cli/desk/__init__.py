"""The entry desk: an official's sitting, from the first line to the last.

`session.py` takes what is typed and answers with what is to be shown, and knows no terminal;
`terminal.py` shows it on one, `plain.py` in plain lines. What a line means is told by
`cli/office/lines/`.
"""
