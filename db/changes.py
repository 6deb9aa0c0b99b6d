"""PostgreSQL tells of changes of the gallery (`NOTIFY`), so that nobody has to ask for them all the time."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from db.errors import DatabaseError, first_line
from db.people.gallery import CHANGES
from db.transactions import Transactions

log = logging.getLogger(__name__)

TURN = 0.5  # seconds of listening, after which it is seen whether it is to end
PAUSE = 1.0  # seconds from a connection that broke to the next


def tells(database: Transactions) -> bool:
    """Whether a database tells of changes: PostgreSQL does, through the driver that can listen."""
    return database.is_psycopg


@contextmanager
def listening(database: Transactions, changed: Callable[[], None]) -> Iterator[None]:
    """Within the block, be told of changes of the gallery, see `Database.generation`, whichever process makes them.

    A connection of its own listens, in a thread of its own; one that breaks is made anew. Behind a pooler that lends
    connections for single transactions nothing is heard, nor is it from any other database: ask now and then.

    Args:
        changed: called in that thread; also once whenever it begins to listen, since something may have changed before.
    """
    if not tells(database):
        yield
        return
    stopping = threading.Event()
    thread = threading.Thread(target=_listen, args=(database, changed, stopping), name="changes", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _listen(database: Transactions, changed: Callable[[], None], stopping: threading.Event) -> None:
    from psycopg import Error

    while not stopping.is_set():
        try:
            _listen_once(database, changed, stopping)
        except (DatabaseError, Error) as error:  # whoever asks the database itself tells people of it
            log.debug("Changes of the gallery are not heard for now: %s", first_line(error))
            stopping.wait(PAUSE)


def _listen_once(database: Transactions, changed: Callable[[], None], stopping: threading.Event) -> None:
    """Listen until it is to end, or the connection breaks."""
    with database.at_once() as connection:
        listener = connection.connection.driver_connection
        assert listener is not None
        connection.detach()  # nobody else is to get one that is told of things
        connection.exec_driver_sql(f"LISTEN {CHANGES}")
        changed()
        while not stopping.is_set():
            for _ in listener.notifies(timeout=TURN, stop_after=1):
                changed()
