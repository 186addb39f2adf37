#!/bin/sh
# full.sh: whether a full disk and a read-only one give agx one clear line and lose nothing. Needs the right to mount a small
# disk, as root has in most containers; without it the test is skipped, loudly. Runs at the top of the build tree.
set -eu
scratch=$(mktemp -d)
mkdir "$scratch/disk"
trap 'umount "$scratch/disk" 2>"$scratch/said" || :; rm -rf "$scratch"' EXIT
mount -t tmpfs -o size=3m none "$scratch/disk" 2>"$scratch/said" || {
  echo "full: SKIPPED: no small disk can be mounted here: $(cat "$scratch/said")" >&2
  exit 77
}
export AUTOGRAD_OFFLINE=1 HOME="$scratch"
unset AUTOGRAD_DATA XDG_CACHE_HOME
store=$scratch/disk/runs.db

# expect STATUS LINE COMMAND...: the command's exit status, and that this is its only line that begins with "agx run:". What it
# was doing when the disk was full is a matter of chance.
expect() {
  expected=$1 line=$2 status=0
  shift 2
  "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
  found=$(sed -n '/^agx run: /s/while [a-z ]*;/while ...;/p; /^agx run: .*while/!{ /^agx run: /p; }' "$scratch/err")
  [ "$status $found" = "$expected $line" ] || {
    printf 'full: %s\nstatus %s instead of %s, said: %s\n' "$*" "$status" "$expected" "$(cat "$scratch/err")" >&2
    exit 1
  }
}

fill() { dd if=/dev/zero of="$scratch/disk/filler" bs=1k 2>"$scratch/said" || :; }

# A long run, so that the disk is full before it ends.
set -- ./agx run --set problem=houses --set epochs=100 --set mlp.width=32 --jobs 1 --threads 1 --store "$store"
./agx run p2-gauss --profile quick --store "$store" 2>"$scratch/said"
cp "$store" "$scratch/before.db"

mount -o remount,ro "$scratch/disk"
expect 1 "agx run: $store: the store cannot be opened (Read-only file system); check the folder and its permissions, or choose \
another with --store" "$@"
./agx show --store "$store" | grep -q '^[0-9a-f]* *done .*houses gaussian'
mount -o remount,rw "$scratch/disk"

fill
expect 1 "agx run: $store: the disk is full while ...; the store is as it was, make room and run again" "$@"
cmp "$store" "$scratch/before.db"

rm "$scratch/disk/filler"
until_checkpoint() { while ! ls "$store"-checkpoints/*-b >"$scratch/seen" 2>&1; do sleep 0.02; done; }
(until_checkpoint && fill) &
expect 1 "agx run: $store: the disk is full while ...; the store is as it was, make room and run again" "$@" --checkpoint 0
wait
grep -q 'warning: .*: the checkpoint cannot be written (No space left on device); the one before is untouched' "$scratch/err"
ls "$store"-checkpoints/*-[ab] >"$scratch/said"

rm "$scratch/disk/filler"
expect 0 '' "$@"
grep -q '^1 runs done now, 0 finished before, 0 diverged, 0 failed' "$scratch/err"
[ ! -e "$store-checkpoints" ]
./agx run p2-gauss --profile quick --store "$store" 2>"$scratch/err"
grep -q '^0 runs done now, 1 finished before' "$scratch/err"
