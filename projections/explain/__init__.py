"""Explanations: why a crew has its total, its place and its status, down to the records.

`why.py` puts together what the rooms beside it tell: the addends of a total (`stages`, `times`,
`penalties`), the neighbours in a classification (`place`), what a status rests on (`status`). Each
names records and rules as `grounds` shows them; `records` reads those that one crew needs. Which
rule and which record was applied is noted where it was decided, in `state`: here it is only worded.
"""
