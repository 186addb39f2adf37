#include "experiments/provenance.h"

#include <config.h>

#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "experiments/message.h"
#include "experiments/plan.h"
#include "experiments/revision.h"

/* "text" as a JSON string; control characters have no business in any of ours and become blanks. */
static char *quoted(const char *text) {
  char *out = memory_new(2 * strlen(text) + 3, 1), *p = out;
  *p++ = '"';
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') *p++ = '\\';
    *p++ = (unsigned char)*text < ' ' ? ' ' : *text;
  }
  *p = '"';
  return out;
}

/* The processor's name as Linux gives it. */
static void cpu_name(char *name, size_t size) {
  char line[512];
  snprintf(name, size, "unknown");
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    char *colon = strchr(line, ':');
    if (strncmp(line, "model name", 10) != 0 || !colon) continue;
    colon[strcspn(colon, "\n")] = '\0';
    snprintf(name, size, "%s", colon + 1 + strspn(colon + 1, " "));
    break;
  }
  fclose(file);
}

/* Variables that change how a program computes, as "NAME=value NAME=value"; to be freed. */
static char *environment(void) {
  static const char *const names[] = {"AUTOGRAD_ISA",
                                      "OMP_NUM_THREADS",
                                      "OMP_PROC_BIND",
                                      "OMP_WAIT_POLICY",
                                      "OPENBLAS_CORETYPE",
                                      "OPENBLAS_NUM_THREADS",
                                      NULL};
  char *text = memory_text("");
  for (const char *const *name = names; *name; name++) {
    const char *value = getenv(*name);
    if (!value) continue;
    char *longer = memory_format("%s%s%s=%s", text, text[0] ? " " : "", *name, value);
    free(text);
    text = longer;
  }
  return text;
}

char *provenance_maker(void) {
  char cpu[256];
  const char *isa = getenv("AUTOGRAD_ISA");
  cpu_name(cpu, sizeof cpu);
  return memory_format("%s, %.200s, %.200s, %s, %s%s%.20s", AG_REVISION, AG_CC_VERSION, BLAS_CONFIG,
                       openblas_get_corename(), cpu, isa ? " as " : "", isa ? isa : "");
}

char *provenance_text(void) {
  char cpu[256], system[512] = "unknown", *around = environment();
  struct utsname host;
  cpu_name(cpu, sizeof cpu);
  if (uname(&host) == 0)
    snprintf(system, sizeof system, "%s %s %s", host.sysname, host.release, host.machine);
  const struct {
    const char *name, *value;
  } members[] = {{"revision", AG_REVISION},
                 {"engine", plan_engine()},
                 {"compiler", AG_CC_VERSION},
                 {"flags", AG_CFLAGS},
                 {"blas", BLAS_CONFIG ", " BLAS_FLAVOUR},
                 {"blas_core", openblas_get_corename()},
                 {"cpu", cpu},
                 {"system", system},
                 {"environment", around}};
  char *text = memory_format("{\"cores\": %ld, \"memory_mb\": %ld", sysconf(_SC_NPROCESSORS_ONLN),
                             sysconf(_SC_PHYS_PAGES) / 1024 * (sysconf(_SC_PAGE_SIZE) / 1024));
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
    char *value = quoted(members[i].value);
    char *longer = memory_format("%s, \"%s\": %s%s", text, members[i].name, value,
                                 i + 1 == sizeof members / sizeof members[0] ? "}" : "");
    free(value);
    free(text);
    text = longer;
  }
  free(around);
  return text;
}
