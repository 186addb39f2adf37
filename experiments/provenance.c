#include "experiments/provenance.h"

#include <config.h>

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

char *provenance_text(void) {
  char cpu[256], system[512] = "unknown";
  struct utsname host;
  cpu_name(cpu, sizeof cpu);
  if (uname(&host) == 0)
    snprintf(system, sizeof system, "%s %s %s", host.sysname, host.release, host.machine);
  char *parts[] = {quoted(AG_REVISION),
                   quoted(plan_engine()),
                   quoted(AG_CC_VERSION),
                   quoted(AG_CFLAGS),
                   quoted(BLAS_CONFIG ", " BLAS_FLAVOUR),
                   quoted(cpu),
                   quoted(system)};
  char *text = memory_format("{\"revision\": %s, \"engine\": %s, \"compiler\": %s, \"flags\": %s, \"blas\": "
                             "%s, \"cpu\": %s, \"cores\": %ld,"
                             " \"system\": %s}",
                             parts[0], parts[1], parts[2], parts[3], parts[4], parts[5],
                             sysconf(_SC_NPROCESSORS_ONLN), parts[6]);
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) free(parts[i]);
  return text;
}
