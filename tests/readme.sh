#!/bin/sh
# readme.sh: whether README.md says the truth. Its quick start is examples/quickstart.c and learns; its commands exist; the
# links of all documents lead somewhere. Runs at the top of the build tree. The environment gives srcdir, CC and FLAGS.
set -eu
: "${srcdir:?}" "${CC:?}" "${FLAGS?}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
readme=$srcdir/README.md

die() {
  printf 'readme: %s\n' "$*" >&2
  exit 1
}

# The quick start: the first block of C.
awk '/^```c$/ { inside = 1; next } /^```$/ && inside { exit } inside' "$readme" >"$scratch/quickstart.c"
cmp "$scratch/quickstart.c" "$srcdir/examples/quickstart.c" || die 'the quick start is not examples/quickstart.c'
# shellcheck disable=SC2086 # CC and FLAGS are lists of words.
./libtool --silent --tag=CC --mode=link $CC $FLAGS -std=c17 -Wall -Wextra -Wpedantic -Werror -I"$srcdir/autograd" -I. \
  "$scratch/quickstart.c" -o "$scratch/quickstart" libautograd.la
"$scratch/quickstart" >"$scratch/said" || die 'the quick start fails'
awk '{ loss = $NF } END { exit !(NR == 4 && loss > 0 && loss < 1e-4) }' "$scratch/said" ||
  die "the quick start does not learn; its last loss should be below 0.0001: $(cat "$scratch/said")"

# Every subcommand of agx, and every target of make and bootstrap, in backticks or in a block of commands.
commands=$(grep -oE '\./agx [a-z]+' "$readme" | sort -u | cut -d' ' -f2)
[ "$(echo "$commands" | wc -l)" -ge 5 ] || die 'README.md names fewer than five commands of agx'
for command in $commands; do
  ./agx "$command" --help >"$scratch/help" || die "agx $command --help fails"
  grep -q "^usage: agx $command" "$scratch/help" || die "agx $command --help does not say how to use it"
done
grep -oE '\./agx [^`]*' "$readme" | grep -oE -e '--[a-z-]+' | sort -u | while read -r option; do
  for command in $commands; do ./agx "$command" --help; done | grep -qF -e "$option" || die "agx knows no $option"
done
targets=$(cat "$readme" "$srcdir/HACKING.md" | tr '\n' ' ' | grep -oE '(`|&& )(make|\./bootstrap) [a-z/-]+|^\./bootstrap [a-z]+' |
  awk '{ print $NF }' | sort -u)
for target in $targets; do
  grep -qE "^([a-z-]+ )*$target(\\$\\(EXEEXT\\))?( [a-z-]+)*:" Makefile || die "there is no make $target"
done

# Links with a path lead to something in this tree.
for document in README.md HACKING.md DESIGN.md; do
  { grep -oE '\]\([^)]+\)' "$srcdir/$document" || :; } | sed 's/^](//; s/)$//; s/#.*//' | while read -r link; do
    case $link in http*) continue ;; esac
    [ -e "$srcdir/$link" ] || die "$document refers to $link, which does not exist"
  done
done
