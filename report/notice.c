#include "report/notice.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"

char *notice_text(const evidence *e, config_problem problem) {
  bool rehearsal = strcmp(e->profile->name, "full") != 0,
       synthetic = strcmp(e->data[problem].source, "embedded") == 0;
  if (!rehearsal && !synthetic) return NULL;
  char *first = rehearsal ? memory_format("%s profile: not evidence.", e->profile->name) : memory_text("");
  if (first[0] >= 'a' && first[0] <= 'z') first[0] = (char)(first[0] - 'a' + 'A');
  char *text = synthetic ? memory_format("%s%sEmbedded synthetic data, not %s.", first, rehearsal ? " " : "",
                                         label_data(problem))
                         : memory_text(first);
  free(first);
  return text;
}
