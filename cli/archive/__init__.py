"""The archive: a rally as plain files, for any web server, a USB stick and many years.

`publication` makes its files, `folder` puts them where they belong, `reading` and `checking` need
the folder alone: no ledger, and nothing that computes a classification.
"""
