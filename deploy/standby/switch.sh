#!/bin/sh
# Make the standby the primary. Planned (the primary answers): it is stopped first, so that nothing is lost. After a
# failure: stop or cut off the old primary for certain before this is run, else two servers take writes.
#   ./switch.sh OLD-DATA-DIRECTORY|- STANDBY-DATA-DIRECTORY      ("-": the old primary is on another machine and down)
set -eu
old=$1 standby=$2
if [ "$old" != - ] && pg_ctl -D "$old" status > /dev/null 2>&1; then
    pg_ctl -D "$old" -m fast -w stop
fi
pg_ctl -D "$standby" -w promote
# It has no standby now: to wait for one would stop every write.
sed -i '/^synchronous_standby_names/d' "$standby/postgresql.auto.conf"
pg_ctl -D "$standby" reload > /dev/null
