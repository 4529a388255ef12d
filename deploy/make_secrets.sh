#!/bin/sh
# Makes the secrets of deploy/compose.yaml: `sudo sh deploy/make_secrets.sh`. Those that are there stay.
#
# A file that is mounted into a container keeps its owner and mode. 10001 is the service's account, 999 is that
# of PostgreSQL's image; libpq takes no password from a file that others could read.
set -eu
umask 077
cd "$(dirname "$0")"
mkdir -p secrets
if [ -e secrets/database_password ]; then
    echo 'deploy/secrets is there already: nothing was made' >&2
    exit 1
fi
new_password() {
    head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}
password=$(new_password)
new_password >secrets/database_superuser_password
printf '*:*:bonafide:bonafide:%s\n' "$password" >secrets/database_passfile
printf '%s' "$password" >secrets/database_password
chown 999 secrets/database_password secrets/database_superuser_password
chown 10001 secrets/database_passfile
chmod 0711 secrets
