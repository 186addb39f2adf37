#!/bin/sh
# revision.sh SOURCE VERSION: prints experiments/revision.h, which says of what source a program was made:
# "abc1234", "abc1234-dirty" where files were changed since, or "release VERSION" outside of a git checkout.
# The .git of a folder that merely encloses SOURCE (an unpacked release inside a checkout) says nothing of it.
set -u

if [ -e "$1/.git" ]; then
  # Without optional locks: a look at the checkout must not get in the way of a commit.
  revision=$(GIT_OPTIONAL_LOCKS=0 git -C "$1" describe --always --exclude '*' --dirty 2>/dev/null) || revision=unknown
else
  revision="release $2"
fi

cat <<END
/* Made by revision.sh. */
#define AG_REVISION "$revision"
END
