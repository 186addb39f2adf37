#!/bin/sh
# isa.sh: whether the instruction set can be chosen: the kernels pass their tests by each that AUTOGRAD_ISA names, and a name
# that means nothing is the error of every context; and whether the loops that should have versions have them. Runs at the top of
# the build tree. The environment gives srcdir, CC, NM and FLAGS.
set -eu
: "${srcdir:?}" "${CC:?}" "${NM:?}" "${FLAGS?}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() {
  printf 'isa: %s\n' "$*" >&2
  exit 1
}

cat >"$scratch/context.c" <<'END'
#include <autograd.h>
int main(void) {
  ag_ctx *c = ag_ctx_new();
  const int failed = ag_error(c) != AG_OK;
  puts(failed ? ag_error_message(c) : "");
  ag_ctx_free(c);
  return failed;
}
END
# shellcheck disable=SC2086 # CC and FLAGS are lists of words.
./libtool --silent --tag=CC --mode=link $CC $FLAGS -std=c17 -I"$srcdir/autograd" -I. "$scratch/context.c" -o "$scratch/context" \
  libautograd.la

said=$(AUTOGRAD_ISA=sse9 "$scratch/context") && die 'AUTOGRAD_ISA=sse9 is no error'
[ "$said" = 'ag_ctx_new: AUTOGRAD_ISA must be portable, avx2 or avx512, or not be set' ] || die "AUTOGRAD_ISA=sse9 gives: $said"
AUTOGRAD_ISA='' "$scratch/context" >/dev/null || die 'an empty AUTOGRAD_ISA is an error'

for isa in portable avx2 avx512; do
  if said=$(AUTOGRAD_ISA=$isa "$scratch/context"); then
    AUTOGRAD_ISA=$isa tests/test-kernels >"$scratch/log" 2>&1 || die "kernels for $isa: $(cat "$scratch/log")"
  elif [ "$isa" = portable ]; then
    die "portable: $said"
  fi
done

# A source that is compiled without versions works, and nobody is told. So where one has them, all that ask for them must.
grep -l 'AG_MULTIVERSION ' "$srcdir"/autograd/*/*.c | sed "s,^$srcdir/,," | while read -r source; do
  object=${source%.c}.o
  [ -e "$object" ] || object=$(dirname "$source")/.libs/$(basename "$object")
  versions=$($NM "$object" | grep -c '\.avx2$' || true)
  echo "$versions $source"
done >"$scratch/versions"
if grep -qv '^0 ' "$scratch/versions" && grep '^0 ' "$scratch/versions" >"$scratch/missing"; then
  die "no version for another instruction set in $(cut -d ' ' -f 2 "$scratch/missing" | tr '\n' ' ')"
fi
