"""Tables, transactions and migrations: what is kept, under whom, until when."""

from bonafide.store import delivery_tables as delivery_tables  # so that METADATA is whole
from bonafide.store.store import Store
from bonafide.store.transaction import Transaction

__all__ = ["Store", "Transaction"]
