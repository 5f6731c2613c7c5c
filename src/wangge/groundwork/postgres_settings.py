"""How the embedded PostgreSQL is set: durable, and small enough to idle beside the rest on two cores."""

from __future__ import annotations

import re
from pathlib import Path

DURABLE = """\
# Written at every start; put changes of your own into local.conf beside this file.
listen_addresses = '127.0.0.1'
max_connections = 60
password_encryption = 'scram-sha-256'
fsync = on
synchronous_commit = on
full_page_writes = on
# Two cores are scarcer than disk: to compress whole pages in the log cost an import one second in twenty.
wal_compression = off
max_wal_size = '4GB'
min_wal_size = '160MB'
checkpoint_timeout = '15min'
shared_buffers = '192MB'
effective_cache_size = '1GB'
work_mem = '8MB'
maintenance_work_mem = '128MB'
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
max_parallel_maintenance_workers = 1
autovacuum_max_workers = 2
io_workers = 2
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = '1d'
log_rotation_size = 0
log_min_duration_statement = '2s'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
max_locks_per_transaction = 256
max_wal_senders = 6
"""

ARCHIVING = """\
# Continuous backup: every piece of the log leaves for the folder named by WANGGE_BACKUPS.
# Of the data in {data}
archive_mode = on
archive_command = '/bin/sh keep-log.sh "%p" "%f"'
archive_timeout = '{seconds}s'
"""

LAST = """\
include_if_exists 'local.conf'
"""

FORGETFUL = """\
# A cluster of the tests: it may lose everything.
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
logging_collector = off
"""


def archiving_goes_on(settings: str, data: Path) -> str:
    """The settings of continuous backup as written into these very data; none where they were copied from elsewhere."""
    found = re.search(r"(?m)^# Continuous backup: .*\n# Of the data in (.*)\n(?:archive_.*\n)+", settings)
    return found.group() if found is not None and found.group(1) == str(data) else ""
