#!/bin/sh
# installcheck.sh PREFIX LIBDIR PROGRAM.c...: whether what `make install` left can be used by others.
# The shared library shows ag_* alone, and each PROGRAM.c compiles and runs as pkg-config says, linked shared and statically.
# The environment gives CC, CFLAGS, PKG_CONFIG and NM. Run by `make installcheck`, and so by `make distcheck`.
set -eu
prefix=$1 libdir=$2
shift 2

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() {
  printf 'installcheck: %s\n' "$*" >&2
  exit 1
}

package() { PKG_CONFIG_PATH="$libdir/pkgconfig" "$PKG_CONFIG" --define-variable=prefix="$prefix" "$@" autograd; }

# compile PROGRAM.c NAME LIBRARIES; operators of one's own call functions of libm. Flags are lists of words.
# shellcheck disable=SC2046,SC2086
compile() { $CC $CFLAGS -std=c17 -Wall -Wextra -Wpedantic -Werror $(package --cflags) "$1" -o "$scratch/$2" $3 -lm; }

if [ -e "$libdir/libautograd.so" ]; then
  others=$($NM -D --defined-only "$libdir/libautograd.so" | awk '$NF !~ /^ag_/ { printf " %s", $NF }')
  [ -z "$others" ] || die "libautograd.so shows more than ag_*:$others"
fi

for program; do
  rm -f "$scratch/shared" "$scratch/static"
  if [ -e "$libdir/libautograd.so" ]; then
    compile "$program" shared "$(package --libs)"
    LD_LIBRARY_PATH="$libdir" "$scratch/shared" >"$scratch/shared.out" || die "$program fails with the shared library"
  fi
  if [ -e "$libdir/libautograd.a" ]; then
    compile "$program" static "$(package --static --libs | sed 's/-lautograd/-l:libautograd.a/')"
    "$scratch/static" >"$scratch/static.out" || die "$program fails with the static library"
  fi
  if [ -e "$scratch/shared" ] && [ -e "$scratch/static" ]; then
    cmp "$scratch/shared.out" "$scratch/static.out" || die "$program says different things, linked shared and statically"
  fi
done
