#include "report/choices.h"

#include "experiments/catalogue.h"
#include "report/table.h"

void choices_write(page *p) {
  table t = table_new(3, (const table_column[]){{"The text leaves open", TABLE_TEXT},
                                                {"Chosen here", TABLE_TEXT},
                                                {"Key for --set", TABLE_CODE}});
  for (const catalogue_choice *c = catalogue_choices; c->question; c++) {
    table_cell(&t, "%s", c->question);
    table_cell(&t, "%s", c->choice);
    table_cell(&t, "%s", c->key ? c->key : "");
  }
  table_write(&t, p);
  table_free(&t);
}
