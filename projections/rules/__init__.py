"""The rules: rulebooks as data, with where each parameter comes from, over the days of a rally.

`rulebook.py` says what a parameter means and reads one; `templates.py` reads the files in
`projections/rulebooks/`; `regulations.py` chooses by the time of a fact, bulletins included.
"""
