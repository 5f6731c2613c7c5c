#!/bin/sh
# The two roles and the database that docs/operations.md asks for.
set -eu
psql -v ON_ERROR_STOP=1 -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" -U "$POSTGRES_USER" <<'SQL'
CREATE ROLE wangge_owner LOGIN PASSWORD :'owner';
CREATE ROLE wangge_app LOGIN PASSWORD :'app';
CREATE DATABASE wangge OWNER wangge_owner ENCODING 'UTF8';
SQL
