#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
set -eu
cd "$(dirname "$0")"
mkdir -p src/build-aux
exec autoreconf --install --force
