#!/bin/sh
# kill.sh: whether anything but the newest minibatches is lost when agx and its workers are killed, twenty times at random
# moments: the report must have the same bytes as that of runs that nobody disturbed. Runs at the top of the build tree.
# The environment gives srcdir; SEED moves the moments, KILLS says how many.
set -eu
: "${srcdir:?}"
seed=${SEED:-1} kills=${KILLS:-20}
# What is tested is the death of a process, not of a machine: a folder in memory makes the syncs of 20 times 100 files cheap.
scratch=$(mktemp -d /dev/shm/kill-XXXXXX 2>/dev/null || mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export AUTOGRAD_OFFLINE=1 HOME="$scratch"
unset AUTOGRAD_DATA XDG_CACHE_HOME

fail() {
  echo "kill: $1" >&2
  exit 1
}

# All rows are of few and cheap steps. Every step leaves a checkpoint.
set -- run p2-final p2-gauss p2-optim table2 --profile quick --jobs 2 --threads 1 --checkpoint 0 --store

# The whole report: pages without their timing, results, and the numbers and scripts of the figures.
report() {
  report/agx-report --profile quick --parts "$srcdir/report" --store "$1" --out "$2" >"$scratch/said" 2>&1 ||
    [ $? -eq 4 ] || fail "$(cat "$scratch/said")"
  sed -i '/<!-- timing -->/,/<!-- \/timing -->/d' "$2/report.md" "$2/report.html"
}

./agx "$@" "$scratch/whole.db" 2>"$scratch/said" || fail "$(cat "$scratch/said")"

# By turns the whole group is killed, and the driver alone, which takes its workers along.
resumed=0 group=-
moments=$(awk -v seed="$seed" -v n="$kills" 'BEGIN { srand(seed); while (n--) printf "%.2f ", 0.1 + 0.5 * rand() }')
for moment in $moments; do
  setsid ./agx "$@" "$scratch/killed.db" 2>>"$scratch/log" &
  sleep "$moment"
  kill -9 "$group$!" 2>"$scratch/said" || : # it may have ended by itself
  wait "$!" 2>"$scratch/said" || :
  ! ls "$scratch"/killed.db-checkpoints/*-[ab] >"$scratch/said" 2>&1 || resumed=$((resumed + 1))
  case $group in -) group= ;; *) group=- ;; esac
done
[ "$resumed" -gt 0 ] || fail 'no kill hit a run that had begun; the moments are too early or too late'

./agx "$@" "$scratch/killed.db" 2>>"$scratch/log" || fail "$(tail -n 3 "$scratch/log")"
! grep -n 'warning' "$scratch/log" || fail 'a checkpoint was not what it should be'
[ ! -e "$scratch/killed.db-checkpoints" ] || fail "left behind: $(ls "$scratch/killed.db-checkpoints")"
report "$scratch/whole.db" "$scratch/whole"
report "$scratch/killed.db" "$scratch/killed"
diff -r "$scratch/whole" "$scratch/killed" >"$scratch/said" || fail "the kills changed the report: $(head -n 20 "$scratch/said")"
echo "kill: $kills kills, after $resumed of which a run could be gone on with; the reports are the same"
