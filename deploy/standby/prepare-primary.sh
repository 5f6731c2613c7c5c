#!/bin/sh
# On the primary, once, as the server's superuser: a role for replication, and that the other machine may use it.
#   PGHOST=… PGPORT=… ./prepare-primary.sh PASSWORD-OF-REPLICATION [ADDRESS-OF-THE-OTHER/32]
set -eu
password=$1
other=${2:-samehost}
psql -X -v ON_ERROR_STOP=1 -v password="$password" -U postgres -d postgres <<'SQL'
CREATE ROLE wangge_replication LOGIN REPLICATION PASSWORD :'password';
SELECT pg_create_physical_replication_slot('wangge_standby');
-- An acknowledged write lies on both machines; the primary waits for the standby, so both are to be watched.
ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (wangge_standby)';
ALTER SYSTEM SET wal_keep_size = '1GB';
-- So that a former primary can follow without being copied anew.
ALTER SYSTEM SET wal_log_hints = on;
SQL
data=$(psql -XAtq -U postgres -d postgres -c 'SHOW data_directory')
printf 'host replication wangge_replication %s scram-sha-256\n' "$other" >> "$data/pg_hba.conf"
psql -XAtq -U postgres -d postgres -c 'SELECT pg_reload_conf()' > /dev/null
