"""Serves partners outside, each by a thread of its own: a slow or failing one holds up no other and no round.

Threads live only while there is something to send; a connection to the database is never held while a message is
under way, so that many slow partners leave the pool to the timers.
"""

from __future__ import annotations

import logging
import threading

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from wangge.domains.partners.operations.sending import serve_partner
from wangge.domains.partners.queries import due_partners
from wangge.groundwork import clock
from wangge.surfaces.exchange.webhooks.posting import post

log = logging.getLogger(__name__)
POLL_SECONDS = 1.0
LONGEST_TURN_SECONDS = 60.0


class Postmen(threading.Thread):
    """Looks every second who is due, and sends one postman to each."""

    def __init__(self) -> None:
        super().__init__(name="postmen", daemon=True)
        self._stopping = threading.Event()
        self._under_way: dict[int, threading.Thread] = {}

    def stop(self) -> None:
        """Ask all to end after the message at hand."""
        self._stopping.set()

    def run(self) -> None:
        """Poll until stopped, then wait for those under way."""
        while not self._stopping.wait(POLL_SECONDS):
            try:
                self.look()
            except (OperationalError, InterfaceError):
                log.warning("the database is away; partners wait")
            except Exception:
                log.exception("could not look which partners are due")
            connection.close()
        for each in self._under_way.values():
            each.join()

    def look(self) -> None:
        """Send a postman to every due partner that has none."""
        self._under_way = {number: each for number, each in self._under_way.items() if each.is_alive()}
        for partner_id in due_partners(at=clock.now()):
            if partner_id not in self._under_way:
                postman = threading.Thread(
                    target=self._serve, args=(partner_id,), name=f"partner {partner_id}", daemon=True
                )
                self._under_way[partner_id] = postman
                postman.start()

    def _serve(self, partner_id: int) -> None:
        ends = clock.monotonic() + LONGEST_TURN_SECONDS
        try:
            serve_partner(
                partner_id=partner_id, send=post, now=clock.now, installation_key=settings.SECRET_KEY,
                goes_on=lambda: not self._stopping.is_set() and clock.monotonic() < ends,
            )  # fmt: skip
        except (OperationalError, InterfaceError):
            log.warning("the database is away; partner %s waits", partner_id)
        except Exception:
            log.exception("partner %s was not served", partner_id)
        finally:
            connection.close()
