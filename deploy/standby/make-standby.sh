#!/bin/sh
# On the standby, as the account of its server: copy the primary into an empty data directory; start the server then.
#   ./make-standby.sh PRIMARY-HOST PRIMARY-PORT PASSWORD-OF-REPLICATION DATA-DIRECTORY
set -eu
host=$1 port=$2 password=$3 data=$4
PGPASSWORD=$password pg_basebackup -D "$data" --wal-method=stream --checkpoint=fast --slot=wangge_standby --no-password \
    --write-recovery-conf -d "host=$host port=$port user=wangge_replication application_name=wangge_standby"
# --write-recovery-conf leaves standby.signal and primary_conninfo with the password, readable by the account alone.
chmod 0700 "$data"
