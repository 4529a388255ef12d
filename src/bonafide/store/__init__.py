"""Tables, transactions and migrations: what is kept, under whom, until when."""

from bonafide.store import people_tables as people_tables
from bonafide.store.store import Store
from bonafide.store.transaction import Transaction

__all__ = ["Store", "Transaction"]
