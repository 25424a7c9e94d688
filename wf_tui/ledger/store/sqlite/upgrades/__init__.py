"""A script of SQL for each format, which makes it of the one before.

`migrations` reads them, once for each ledger of an older format, within one transaction under the
writers' lock. A script that was released is never changed: ledgers were made by it.
"""
