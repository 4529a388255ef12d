"""Tables, transactions and migrations: what is kept, under whom, until when."""

from bonafide.store import counted_tables as _counted_tables  # noqa: F401 - so that the metadata is whole
from bonafide.store import delivery_tables as _delivery_tables  # noqa: F401 - so that the metadata is whole
from bonafide.store import known_tables as _known_tables  # noqa: F401
from bonafide.store import line_tables as _line_tables  # noqa: F401 - so that the metadata is whole
from bonafide.store import people_tables as _people_tables  # noqa: F401 - so that the metadata is whole
from bonafide.store import sign_up_tables as _sign_up_tables  # noqa: F401 - so that the metadata is whole
from bonafide.store.store import Store
from bonafide.store.transaction import Transaction

__all__ = ["Store", "Transaction"]
