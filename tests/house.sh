#!/bin/sh
# house.sh: whether the house is in order: includes that point one way, short files, no leftovers, operators that are listed
# and declared, a header that explains itself, a library that shows ag_* alone, clean format and scripts.
# Says all that is wrong. Runs at the top of the build tree. The environment gives srcdir and NM.
# shellcheck disable=SC2086 # Rooms, tables and texts are lists of names without spaces.
set -eu
: "${srcdir:?}" "${NM:?}"
build=$(pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Prefixes what it reads, so that a line says what is wrong with what.
complain() { sed "s|^|house: $1: |"; }

# In a tree that was built in place, files that make wrote are no sources.
sources() { find "$@" -name '*.[ch]' ! -path autograd/operators.h ! -path experiments/revision.h ! -path '*/.libs/*' | sort; }

# includes FOLDER ALLOWED: the includes of a folder that are not of that pattern.
includes() {
  sources "$1" | while read -r file; do
    grep -nE '^ *# *include +("|<autograd)' "$file" | grep -vE "include +$2" | sed "s,^,$file:,"
  done | complain "$1 may not include this"
}

arrows() {
  includes autograd '("(core|kernels|ops|nn|optim|io|tools)/|AG_SELF|<autograd)'
  includes autograd/kernels '"(kernels/|core/(each_dtype|each_isa|each_real|isa|multiversion|parallel)\.h")'
  includes models '("models/|<autograd\.h>)'
  includes experiments '("(experiments|models)/|"config\.h"|<autograd\.h>)'
  includes report '("(report|experiments)/|<autograd\.h>)'
  includes bench '("(bench|models)/|"core/(each_isa|isa|parallel)\.h"|"config\.h"|AG_SELF|<autograd\.h>)'
  includes examples '<autograd\.h>'
}

# The numbers of PyTorch in tests/vectors are data.
lengths() {
  sources $rooms tests examples | grep -v '^tests/vectors/' | while read -r file; do
    lines=$(wc -l <"$file")
    [ "$lines" -le 400 ] || echo "$file has $lines lines, more than 400"
  done | complain 'too long'
}

# The words are in pieces here, since this file is searched too.
leftovers() {
  texts=$(sources $rooms tests examples && find $rooms tests examples m4 \( -name '*.mk' -o -name '*.sh' -o -name '*.gp' -o \
    -name '*.py' -o -name '*.awk' -o -name '*.def' -o -name 'ag_*.m4' -o -name '*.md' \) ! -path '*/out/*' ! -path 'm4/build-aux/*' &&
    ls README.md HACKING.md DESIGN.md bootstrap configure.ac Makefile.am)
  grep -nE "TO""DO|FIX""ME|(^|[^X])X""XX([^X]|\$)" $texts | complain 'left over'
  grep -nE "[^a-z.](/ho""me/|/ro""ot/|/wo""rk/|/us""r/(local|include|lib)/)" $texts | complain 'a path of one machine'
}

# Objects are listed in the catalogue. Listed operators have a prototype, apart from those that only gradients use; one
# that gives moments as well has that of the operator whose option they are.
operators() {
  tables='autograd/ops/activations.def autograd/ops/arithmetic.def autograd/ops/catalogue.def autograd/ops/compare.def autograd/ops/elementwise.def'
  sed -n 's/^OP(\(.*\))$/\1/p' autograd/ops/catalogue.def | sort >"$scratch/listed"
  sed -n 's/^const ag_op ag_op_\([a-z0-9_]*\) = .*/\1/p' autograd/ops/*.c | sort >"$scratch/made"
  comm -23 "$scratch/made" "$scratch/listed" | complain 'not in ops/catalogue.def'
  comm -13 "$scratch/made" "$scratch/listed" | complain 'in ops/catalogue.def, but there is no object ag_op_'
  grep -vE '_grad($|_)|_(backward|gather)$' "$scratch/listed" | sed 's/_moments$//' | while read -r name; do
    grep -qE "^ag_tensor \*ag_$name\(" autograd/manual/*.h || echo "$name"
  done | complain 'no prototype in autograd/manual'
  cat $tables | sed -nE 's/^[A-Z_0-9]+\(([a-z0-9_]+)[,)].*/\1/p' | sort | uniq -d | complain 'listed twice'
}

# A prototype is explained by a comment above it, or above the group without an empty line that it belongs to.
comments() {
  awk '
    /^$/ { explained = 0 }
    /^ *\/\*/ && !/^\/\* ----/ { explained = 1 }
    /^[a-z].*[ *]ag_[a-z0-9_]+\(/ && !/^typedef/ && !explained { print FILENAME ":" FNR ": " $0 }
    /^#|^}/ { next }' autograd/manual/*.h | complain 'no comment explains this'
}

# The version of the package is that of the header, by which runs are told apart.
versions() {
  package=$(sed -n 's/^AC_INIT(\[libautograd\], \[\(.*\)\])$/\1/p' configure.ac)
  grep -q "^#define AG_VERSION \"$package\"\$" autograd/autograd.h ||
    echo "AG_VERSION in autograd/autograd.h is not $package" | complain 'configure.ac and the header differ'
}

symbols() {
  library=$build/.libs/libautograd.so
  [ -e "$library" ] || return 0
  $NM -D --defined-only "$library" | awk '$NF !~ /^ag_/ { print $NF }' | complain 'exported'
  $NM -D --defined-only "$library" | grep -q ' ag_backward$' || echo ag_backward | complain 'not exported'
}

# Other versions of clang-format have other opinions. Tables of numbers and of macros keep the layout that they were given.
format() {
  clang-format --version 2>/dev/null | grep -q 'version 14\.' || return 0
  sources $rooms examples | grep -v '^autograd/manual/' | xargs clang-format --dry-run 2>&1 |
    grep 'warning: code should be' | cut -d: -f1 | sort -u | complain 'run clang-format -i on this'
}

scripts() {
  command -v shellcheck >/dev/null || return 0
  shellcheck --format=gcc bootstrap .ci/run m4/*.sh tests/*.sh | complain 'shellcheck'
}

rooms='autograd models experiments report bench'
cd "$srcdir"
# Each check has its own shell: one that finds something does not keep the others from looking.
for check in arrows lengths leftovers operators comments versions symbols format scripts; do ($check) || :; done >"$scratch/wrong"
cat "$scratch/wrong"
[ ! -s "$scratch/wrong" ]
