"""The archive: a rally as plain files, for any web server, a USB stick and many years.

`publication` makes its files: `contents` says which pages there are, `drawing` draws them as they
are served, by the addresses of `links`. `folder` puts them where they belong; `reading` and
`checking` need the folder alone: no ledger, and nothing that computes a classification.
"""
