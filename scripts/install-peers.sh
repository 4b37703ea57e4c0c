#!/usr/bin/env bash
# Installs what the tests talk to and Node does not bring: on a Debian-like machine, as root, and only what is missing.
# Anywhere else it says what is missing; tests without their peer are skipped, with the reason in their names.
set -u

# program:package
peers=(openssl:openssl python3:python3 make:make g++:g++ strip:binutils chromium:chromium
  curl:curl gnutls-cli:gnutls-bin nginx:nginx redis-server:redis-server exim4:exim4-daemon-light
  vsftpd:vsftpd slapd:slapd mariadbd:mariadb-server-core prosody:prosody zsh:zsh fish:fish)

missing=()
for peer in "${peers[@]}"; do
  command -v "${peer%%:*}" >/dev/null 2>&1 || missing+=("${peer##*:}")
done
# Debian keeps the server's programs off PATH.
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null || missing+=(postgresql)
for protocol in imap pop3 managesieve; do
  [ -x "/usr/lib/dovecot/$protocol-login" ] || missing+=("dovecot-${protocol}d")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  # The tests start servers of their own: at this run level a package starts none.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null && exit 0
fi
echo "Missing, and not installed: ${missing[*]}" >&2
exit 0
