#!/bin/sh
# Builds, tests and keeps the Linux binaries inside an official image of Node 20 (Debian or Alpine), as root.
set -eu
if command -v apk >/dev/null 2>&1; then apk add --no-cache python3 make g++ binutils openssl; fi
npm test
npm run prebuilt -- --release
