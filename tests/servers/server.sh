#!/usr/bin/env bash
# A private database server: files in a temporary folder, loopback only, no service of the system touched, stopped by its pid.
# usage: server.sh run PRODUCT COMMAND...   starts one, runs COMMAND with the variables below, stops it; exits as COMMAND does
#        server.sh start|stop|kill|empty    for COMMAND: acts on the server that it runs beside; empty: drops all tables
# PRODUCT        postgresql, mariadb; mariadb-native: with the collation that a MariaDB server has by itself;
#                postgresql18: the one that `./dev test` fetched, else exit code 77; pgbouncer: in front of a postgresql, a
#                server connection for each transaction; sqlite: a file
# QUARRY_TEST_URL      where it is; set QUARRY_TEST_POSTGRESQL to the URL of another server, and none is started
# QUARRY_TEST_TLS      a folder: own.pem is the certificate of the server, other.pem another one; empty where it knows no TLS
# QUARRY_TEST_SERVER   `server.sh`, to be called with start, stop or kill; empty with a server of somebody else's
set -euo pipefail
self=$(readlink -f "$0")
tree=$(cd "$(dirname "$self")/../.." && pwd)

say() { printf 'server.sh: %s\n' "$*" >&2; }
skip() { printf 'SKIP: %s\n' "$*"; exit 77; }

# as USER COMMAND...: servers refuse to run as root.
as() {
  local user=$1
  shift
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u "$user" -- "$@"); else "$@"; fi
}

# end_process PID: asks it to stop and waits until it has. Without a pid there is nothing to do.
end_process() {
  [ -n "$1" ] || return 0
  kill "$1"
  while kill -0 "$1" 2>/dev/null; do sleep 0.05; done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# A certificate of its own for 127.0.0.1, where openssl is there, and one that nobody uses: $folder/tls/{own,other}.{pem,key}.
certificates() {
  local user=$1 name
  command -v openssl >/dev/null || return 0
  as "$user" mkdir "$folder/tls"
  for name in own other; do
    as "$user" openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
      -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/tls/$name.key" -out "$folder/tls/$name.pem" 2>/dev/null
    as "$user" chmod 600 "$folder/tls/$name.key"
  done
}

# ---------------------------------------------------------------- PostgreSQL

# Where initdb and the others are: of the newest version that is installed, or of the one that was fetched.
postgresql_variant() {
  if [ -n "${QUARRY_POSTGRESQL_BIN:-}" ]; then echo "$QUARRY_POSTGRESQL_BIN"; return; fi
  local newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  [ -x "$newest/initdb" ] || { say "no PostgreSQL server is installed"; return 1; }
  echo "$newest"
}

postgresql18_variant() {
  local fetched=$tree/build/deps/postgresql18
  [ -x "$fetched/bin/postgres" ] || return 77
  as postgres test -x "$fetched/bin/postgres" || {  # the user that it runs as may not be let into the tree
    cp -a "$fetched" "$folder/server"
    fetched=$folder/server
  }
  echo "$fetched/bin"
}

listens=127.0.0.1
postgresql_make() {
  certificates postgres
  as postgres "$variant/initdb" -D "$folder/data" -U quarry -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions >"$folder/make.log"
}

postgresql_start() {
  local tls=
  [ ! -f "$folder/tls/own.pem" ] || tls="-c ssl=on -c ssl_cert_file=$folder/tls/own.pem -c ssl_key_file=$folder/tls/own.key"
  as postgres "$variant/pg_ctl" -D "$folder/data" -l "$folder/data/log" -w -t 60 -o "-p $port -k $folder/data \
    -c listen_addresses=$listens -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB \
    -c max_connections=100 -c timezone=UTC $tls" start >/dev/null
}

postgresql_pid() { head -n 1 "$folder/data/postmaster.pid" 2>/dev/null || true; }
postgresql_stop() { as postgres "$variant/pg_ctl" -D "$folder/data" -m fast -w stop >/dev/null; }
postgresql_empty() { psql -q "$(postgresql_url)" -c "DROP SCHEMA public CASCADE" -c "CREATE SCHEMA public" 2>/dev/null; }
postgresql_user=postgres
postgresql_url() { echo "postgresql://quarry@127.0.0.1:$port/postgres"; }

# ---------------------------------------------------------------- PgBouncer

# The server behind it is at a socket of the same number. Each transaction goes to the server connection that rested longest.
pgbouncer_user=postgres
pgbouncer_variant() { postgresql_variant; }
pgbouncer_make() { postgresql_make; }

pgbouncer_start() {
  local listens= try
  [ -n "$(postgresql_pid)" ] || postgresql_start || return 1
  as postgres tee "$folder/data/pgbouncer.ini" >/dev/null <<INI
[databases]
postgres = host=$folder/data port=$port user=quarry
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
server_round_robin = 1
pidfile = $folder/data/pgbouncer.pid
logfile = $folder/data/log.pgbouncer
INI
  as postgres /usr/sbin/pgbouncer -q "$folder/data/pgbouncer.ini" >/dev/null 2>&1 </dev/null &
  for try in $(seq 100); do
    kill -0 $! 2>/dev/null || { postgresql_stop; return 1; }
    if [ -n "$(pgbouncer_pid)" ] && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return; fi
    sleep 0.05
  done
  return 1
}

pgbouncer_pid() { cat "$folder/data/pgbouncer.pid" 2>/dev/null || true; }
pgbouncer_stop() {
  end_process "$(pgbouncer_pid)"
  postgresql_stop
}
pgbouncer_empty() { postgresql_empty; }
pgbouncer_url() { postgresql_url; }

# ---------------------------------------------------------------- MariaDB

mariadb_user=$(id -un mysql 2>/dev/null || echo nobody)  # the package of the server alone makes no user
# The collation of what names none.
mariadb_variant() { echo utf8mb4_nopad_bin; }
mariadb-native_variant() { echo utf8mb4_general_ci; }

# Each server its own folder of temporary tables: one that starts removes those of every other in the same folder.
mariadb_make() {
  certificates "$mariadb_user"
  as "$mariadb_user" mkdir "$folder/scratch"
  as "$mariadb_user" mariadb-install-db --no-defaults --datadir="$folder/data" --tmpdir="$folder/scratch" \
    --auth-root-authentication-method=normal --skip-test-db --innodb-log-file-size=16M >"$folder/make.log" 2>&1
}

mariadb_root() { as "$mariadb_user" mariadb --no-defaults -uroot -S "$folder/data/sock" -e "$1"; }

mariadb_start() {
  local try tls=()
  [ ! -f "$folder/tls/own.pem" ] || tls=(--ssl-ca="$folder/tls/own.pem" --ssl-cert="$folder/tls/own.pem" --ssl-key="$folder/tls/own.key")
  as "$mariadb_user" mariadbd --no-defaults --datadir="$folder/data" --tmpdir="$folder/scratch" \
    --socket="$folder/data/sock" --pid-file="$folder/data/pid" \
    --log-error="$folder/data/log.err" --port="$port" --bind-address=127.0.0.1 --character-set-server=utf8mb4 \
    --collation-server=$variant --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size=64M \
    --innodb-log-file-size=16M --innodb-flush-method=nosync --skip-log-bin --default-time-zone=+00:00 \
    --max-connections=100 "${tls[@]}" >/dev/null 2>&1 </dev/null &
  for try in $(seq 300); do
    if mariadb_root "select 1" >/dev/null 2>&1; then
      mariadb_root "create database if not exists quarry;
        create user if not exists quarry@localhost identified by 'quarry'; grant all on *.* to quarry@localhost;
        create user if not exists quarry@'127.0.0.1' identified by 'quarry'; grant all on *.* to quarry@'127.0.0.1'"
      return
    fi
    kill -0 $! 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

mariadb_pid() { cat "$folder/data/pid" 2>/dev/null || true; }
mariadb_stop() { end_process "$(mariadb_pid)"; }

mariadb_empty() { mariadb_root "drop database quarry; create database quarry"; }
mariadb_url() { echo "mariadb://quarry:quarry@127.0.0.1:$port/quarry"; }

# ---------------------------------------------------------------- SQLite: a file, for tests that every database passes

sqlite_user=$(id -un)
sqlite_variant() { echo file; }
sqlite_make() { :; }
sqlite_start() { :; }
sqlite_pid() { :; }
sqlite_stop() { :; }
sqlite_empty() { rm -f "$folder"/test.db*; }
sqlite_url() { echo "sqlite:///$folder/test.db"; }

# ---------------------------------------------------------------- the commands

case ${1:-} in
  run)
    product=$2
    shift 2
    declare -F "${product}_variant" >/dev/null || { say "no server is known for '$product'"; exit 2; }
    kind=$product
    case $product in mariadb-native) product=mariadb ;; postgresql18) product=postgresql ;; esac
    given=QUARRY_TEST_${kind^^}
    given=${given%-NATIVE}
    if [ -n "${!given:-}" ]; then
      QUARRY_TEST_URL=${!given} QUARRY_TEST_SERVER= exec "$@"
    fi
    folder=$(mktemp -d "${TMPDIR:-/tmp}/quarry-$kind.XXXXXX")
    user=${product}_user
    [ "$(id -u)" != 0 ] || chown "${!user}" "$folder"
    variant=
    end() { ${product}_stop 2>/dev/null || true; rm -rf "$folder"; }
    trap end EXIT
    trap 'exit 130' INT TERM
    status=0
    variant=$(${kind}_variant) || status=$?
    [ $status != 77 ] || skip "$kind is not there: ./dev test fetches it where npm is installed"
    [ $status = 0 ] || exit 1
    ${product}_make || { cat "$folder/make.log" >&2; exit 1; }
    for try in 1 2 3; do  # somebody else may take the port in between
      port=$(free_port)
      if ${product}_start; then break; fi
      [ $try != 3 ] || { tail -n 20 "$folder"/data/log* >&2; exit 1; }
    done
    QUARRY_SERVER_STATE="$product $port $folder $variant" QUARRY_TEST_SERVER=$self QUARRY_TEST_URL=$(${product}_url) \
      QUARRY_TEST_TLS=$([ ! -d "$folder/tls" ] || echo "$folder/tls") "$@"
    ;;
  start | stop | kill | empty)
    read -r product port folder variant <<<"${QUARRY_SERVER_STATE:?only beside a server that server.sh runs}"
    case $1 in
      start) ${product}_start ;;
      stop) ${product}_stop ;;
      empty) ${product}_empty ;;
      kill)
        pid=$(${product}_pid)
        kill -9 "$pid"
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done  # its children notice and end
        ;;
    esac
    ;;
  *) sed -n '2,10s/^# //p' "$self" >&2; exit 2 ;;
esac
