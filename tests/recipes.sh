#!/bin/sh
# recipes.sh: whether the recipes of HACKING.md work. Applies them to a copy of the sources, compiles what they touch, links
# that with the objects of this build tree, and tries the operators, the model and the figure that they add.
# Runs at the top of the build tree. The environment gives srcdir, CC, COMPILE, LIBRARIES and OPERATOR_TEST_OBJECTS.
set -eu
: "${srcdir:?}" "${CC:?}" "${COMPILE:?}" "${LIBRARIES:?}" "${OPERATOR_TEST_OBJECTS:?}"
build=$(pwd)
source=$(cd "$srcdir" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() {
  printf 'recipes: %s\n' "$*" >&2
  exit 1
}

# Runs a command quietly; when it does not leave with $1, that is the end, and what it said is shown.
expect() {
  wanted=$1 status=0
  shift
  "$@" >"$scratch/said" 2>&1 || status=$?
  [ "$status" -eq "$wanted" ] && return
  cat "$scratch/said" >&2
  die "$* left with $status instead of $wanted"
}

contains() { grep -qF -e "$2" "$1" || die "$(basename "$1") does not have \"$2\""; }

# Prints HACKING.md's blocks as files of the folder $1: NUMBER.block, and a line "NUMBER WHERE FILE WORDS" of the list. The
# line above a block is "In `FILE`, WHERE `WORDS`:" or "New file `FILE`:".
take_blocks() {
  awk -v folder="$1" '
    /^(In|New file) `[^`]+`/ {
      split($0, part, "`")
      where = /^New/ ? "new" : part[3]
      gsub(/^, | $/, "", where)
      if (where !~ /^(new|before|after|instead of)$/ || $0 !~ /:$/) {
        print FILENAME ":" FNR ": no recipe: " $0 > "/dev/stderr"
        exit 1
      }
      sub(/ of$/, "", where)
      due = 1
      next
    }
    /^```/ && inside { inside = 0; close(block); next }
    /^```/ && due {
      inside = 1
      due = 0
      block = sprintf("%s/%02d.block", folder, ++n)
      printf "" > block
      printf "%s %s %s %s\n", block, where, part[2], part[4]
      next
    }
    inside { print > block }' "$source/HACKING.md"
}

# Puts block $1 into file $3 at the one line that has the words $4; $2 is new, before, after or instead.
apply() {
  if [ "$2" = new ]; then
    [ ! -e "$3" ] || die "HACKING.md: $3 is not new"
    cp "$1" "$3"
    return
  fi
  [ -e "$3" ] || die "HACKING.md: there is no file $3"
  count=$(grep -cF -e "$4" "$3") || true
  [ "$count" -eq 1 ] || die "HACKING.md: $count lines of $3 have \"$4\", expected one"
  WORDS=$4 awk -v block="$1" -v where="$2" '
    function put(line) { while ((getline line < block) > 0) print line }
    !index($0, ENVIRON["WORDS"]) { print; next }
    where == "before" { put(); print }
    where == "after" { print; put() }
    where == "instead" { put() }' "$3" >"$scratch/changed"
  cp "$scratch/changed" "$3"
}

# The C files that the recipes changed or added, and those made from a table that they changed. A header that gains something
# leaves the objects of other files good. A file is compiled only if its folder's local.mk lists it.
changed_sources() {
  find . -name '*.c' -o -name '*.def' | sed 's,^\./,,' | while read -r file; do
    cmp -s "$file" "$source/$file" && continue
    case $file in
      *.c) echo "$file" ;;
      *.def) grep -lF "$(basename "$file")\"" "$(dirname "$file")"/*.c ;;
    esac
  done | sort -u | while read -r file; do
    grep -qE "%reldir%/${file#*/}( |\$)" "${file%%/*}/local.mk" || die "${file%%/*}/local.mk does not list $file"
    echo "$file"
  done
}

# Compiles quickly; the flags are the build's own, with this copy's headers before all others.
flags="-I$scratch/tree -I$scratch/tree/autograd ${COMPILE#"$CC"} -O0"
# shellcheck disable=SC2016
compile() { xargs -P 2 -I FILE sh -c '$1 $2 -c "$3" -o "${3%.c}.o"' compile "$CC" "$flags" FILE; }

# link PROGRAM OBJECT...: with the recipes' objects of the libraries, which come before those of the build tree.
# shellcheck disable=SC2046,SC2086
link() {
  program=$1
  shift
  "$build/libtool" --silent --tag=CC --mode=link $CC $flags -o "$program" "$@" \
    $(find autograd models experiments -name '*.o') "$build/report/libreport.la" $LIBRARIES
}

mkdir "$scratch/tree" "$scratch/blocks"
(cd "$source" && find autograd models experiments report tests \( -name '*.[ch]' -o -name '*.def' -o -name '*.awk' -o \
  -name local.mk -o -name '*.gp' -o -name '*.py' -o -name '*.css' -o -name '*.md' \) -print | tar -cf - -T -) | tar -xf - -C "$scratch/tree"
chmod -R u+w "$scratch/tree"
cp "$build/config.h" "$scratch/tree/"
cp "$build/experiments/revision.h" "$scratch/tree/experiments/"
cd "$scratch/tree"

take_blocks "$scratch/blocks" >"$scratch/list"
[ -s "$scratch/list" ] || die 'HACKING.md has no recipes'
while read -r block where file words; do apply "$block" "$where" "$file" "$words"; done <"$scratch/list"
awk -f autograd/operators.awk autograd/ops/arithmetic.def autograd/ops/elementwise.def autograd/ops/activations.def autograd/ops/compare.def \
  autograd/manual/*.h >autograd/operators.h
if [ -n "${PYTHON_TORCH:-}" ]; then
  for family in arithmetic arrange; do
    (cd tests/vectors && $PYTHON_TORCH -B make_operators.py $family >$family.made && mv $family.made $family.c)
  done
fi
changed_sources >"$scratch/sources"
compile <"$scratch/sources"

# An object of the build tree, or the one that the recipes put in its place.
operator_tests=
for object in $OPERATOR_TEST_OBJECTS; do
  if [ -e "$object" ]; then operator_tests="$operator_tests $object"; else operator_tests="$operator_tests $build/$object"; fi
done
# shellcheck disable=SC2086
link test-operators $operator_tests
link agx "$build/experiments/agx.o"
link agx-report "$build/report/main.o"

# The operators: in the catalogue, right by every check of the walk, with numbers of PyTorch where there is one to ask, and to be
# called as the header says.
for operator in geometric_mean mirror; do
  AG_OPERATOR=$operator CK_RUN_CASE=walk expect 0 ./test-operators
  contains "$scratch/said" '100%: Checks: 12,'
done
if [ -n "${PYTHON_TORCH:-}" ]; then
  CK_RUN_CASE=vectors expect 0 ./test-operators
  CK_RUN_CASE=covered expect 0 ./test-operators
else
  echo 'recipes: there is no PyTorch, so its numbers are not asked for'
fi
cat >user.c <<'END'
#include <autograd.h>
int main(void) {
  ag_ctx *c = ag_ctx_new();
  ag_tensor *x = ag_from_double(c, AG_SHAPE(1, 2), (const double[]){3, -8}), *y = ag_full(c, AG_SCALAR, 12);
  printf("%.3f\n", ag_item(ag_slice(ag_mirror(ag_geometric_mean(x, y), -1), 1, 1, 2, 1)));
  ag_mirror(x, 2);
  printf("%s\n", ag_error_message(c));
  ag_ctx_free(c);
}
END
echo user.c | compile
link user user.o
expect 0 ./user
[ "$(cat "$scratch/said")" = "6.000
user.c:6: mirror: axis 2 does not exist in 1x2" ] || die "the operators say: $(cat "$scratch/said")"

# The model: one epoch on generated houses, in a home without a cache.
unset AUTOGRAD_DATA XDG_CACHE_HOME
export HOME="$scratch" AUTOGRAD_OFFLINE=1
once() { ./agx run --set problem=houses --set model=residual --set epochs=1 --set record.every=1 --store model.db "$@"; }
expect 0 once
expect 0 once --dry-run
contains "$scratch/said" '1 runs, 1 of them finished already'

# The figure: drawn from a rehearsal of its row alone, so agx-report says with 4 that other rows were not run.
command -v gnuplot >/dev/null || {
  echo 'recipes: there is no gnuplot, so the figure is not tried'
  exit 0
}
expect 0 ./agx run residual --profile quick --store figure.db
expect 4 ./agx-report --profile quick --store figure.db --parts report --out out
contains out/report.md 'Inner layers that add to what they are given'
contains out/report.md '](figures/residual-curves.svg)'
contains out/figures/residual-curves.svg '<svg'
contains out/figures/residual-curves.dat residual
