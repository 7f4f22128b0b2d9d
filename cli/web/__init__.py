"""The web face: the reads of the office over HTTP, as pages, as JSON and as CSV. It only reads.

`asked.py` says what a request asks, `site.py` answers it, `render.py` makes a page of an answer by
the tables of `pages.py`, with what `frame.py` puts around it. None of them knows of HTTP: `app.py`
and `live.py` serve them, `work.py` keeps what takes long within bounds. No figure is made here.
"""
