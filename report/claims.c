#include "report/claims.h"

#include <stdint.h>
#include <string.h>

#include "report/labels.h"
#include "report/table.h"

/* How many questions were answered how. */
typedef struct {
  int yes, no, not_run;
  size_t least, most; /* seeds of the rows that were asked */
} tally;

static void ask(const evidence *e, const claim_part *part, tally *t, page *seen) {
  static const char *const words[] = {
      [ANSWER_NO] = "no", [ANSWER_YES] = "yes", [ANSWER_NOT_RUN] = "cannot say"};
  const evidence_row *row = evidence_find(e, part->row);
  for (int cross = 0; cross < row->height; cross++) {
    page said = {.text = NULL};
    claim_answer a = part->rule(part, row, cross, &said);
    const char *with = label_cross(row, cross);
    page_add(seen, "    - ");
    page_add_plain(seen, row->row->name);
    page_add(seen, "%s%s: ", *with ? ", " : "", with);
    page_add_plain(seen, page_text(&said));
    page_add(seen, ". *%s*\n", words[a]);
    page_free(&said);
    *(a == ANSWER_YES ? &t->yes : a == ANSWER_NO ? &t->no : &t->not_run) += 1;
  }
  for (int i = 0; i < row->width * row->height; i++) {
    size_t n = row->cells[i].count;
    if (n < t->least) t->least = n;
    if (n > t->most) t->most = n;
  }
}

static tally ask_all(const evidence *e, const claim *c, page *seen) {
  tally t = {.least = SIZE_MAX};
  for (int i = 0; i < CLAIM_PARTS && c->parts[i].row; i++) ask(e, &c->parts[i], &t, seen);
  return t;
}

static const char *verdict(const claim *c, const tally *t) {
  if (c->identity) return "identity tested";
  if (t->most == 0) return "not run";
  if (t->not_run) return "incomplete";
  return t->no == 0 ? "holds in this run" : t->yes == 0 ? "does not hold" : "holds in part";
}

static void add_seeds(table *t, const claim *c, const tally *counts) {
  if (c->identity)
    table_cell(t, "%s", "");
  else if (counts->least == counts->most)
    table_cell(t, "%zu", counts->most);
  else
    table_cell(t, "%zu to %zu", counts->least, counts->most);
}

void claims_write(const evidence *e, page *p) {
  table t = table_new(
      4, (const table_column[]){
             {"", TABLE_NUMBER}, {"Claim", TABLE_TEXT}, {"Verdict", TABLE_TEXT}, {"n", TABLE_NUMBER}});
  page seen = {.text = NULL};
  for (int i = 0; claims[i].text; i++) {
    page_add(&seen, "%d. ", i + 1);
    page_add_plain(&seen, claims[i].text);
    page_add(&seen, "\n");
    tally counts = ask_all(e, &claims[i], &seen);
    if (claims[i].identity) page_add(&seen, "    - %s\n", claims[i].identity);
    table_cell(&t, "%d", i + 1);
    table_cell(&t, "%s", claims[i].text);
    table_cell(&t, "%s", verdict(&claims[i], &counts));
    add_seeds(&t, &claims[i], &counts);
  }
  table_write(&t, p);
  page_add(p, "<details>\n<summary>What each verdict rests on</summary>\n\n%s\n</details>\n",
           page_text(&seen));
  table_free(&t);
  page_free(&seen);
}

void claims_write_summary(const evidence *e, page *p) {
  int holds = 0, part = 0, fails = 0, open = 0, all = 0;
  page unused = {.text = NULL};
  for (; claims[all].text; all++) {
    tally t = ask_all(e, &claims[all], &unused);
    bool judged = t.not_run == 0;
    if (!judged)
      open++;
    else if (t.no == 0)
      holds++;
    else if (t.yes == 0)
      fails++;
    else
      part++;
  }
  page_free(&unused);
  if (strcmp(e->profile->name, "full") != 0)
    page_add(p, "A run of the %s profile judges nothing. ", e->profile->name);
  page_add(p,
           "Of the %d claims of the published text, in this run: %d hold, %d hold in part, %d not, and %d "
           "cannot be judged yet.",
           all, holds, part, fails, open);
}
