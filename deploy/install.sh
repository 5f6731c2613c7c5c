#!/bin/sh
# Installs Wangge from this archive, without any network: ./install.sh /opt/wangge
# 从本归档离线安装网格。需要 Python 3.11 或更高（PYTHON=/路径/python3.11 可指定）。
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/wangge}
python=${PYTHON:-python3}

(cd "$here" && sha256sum --quiet -c SHA256SUMS) || {
    echo "归档不完整或已改动 / the archive is not whole" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "需要 Python 3.11 或更高：PYTHON=/路径/python3.11 ./install.sh / Python 3.11 or later is needed" >&2; exit 1; }

mkdir -p "$target"
[ -x "$target/bin/python" ] || "$python" -m venv --without-pip "$target"
pip=$(ls "$here"/wheels/pip-*.whl)
offline="--disable-pip-version-check --no-index --find-links $here/wheels"
# shellcheck disable=SC2086
"$target/bin/python" "$pip/pip" install $offline -q pip
# shellcheck disable=SC2086
"$target/bin/python" -m pip install $offline -q --require-hashes -r "$here/requirements.txt"
# shellcheck disable=SC2086
"$target/bin/python" -m pip install $offline -q --no-deps --force-reinstall "$here"/wheels/wangge-*.whl
"$target/bin/python" -m compileall -q -j 0 "$target"/lib/python3*/site-packages/wangge >/dev/null 2>&1 || true
"$target/bin/wangge" --version
echo "已安装到 $target / installed. export WANGGE_VAR=…; $target/bin/wangge migrate"
