#include "bench/side.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static bool fail(side *s, const char *what) {
  snprintf(s->reply, sizeof s->reply, "%s: %s", s->command[0], what);
  side_end(s);
  return false;
}

static _Noreturn void become(char *const *command, int input, int output) {
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* a stopped process would wait for ever for a parent that is gone */
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  execvp(command[0], command);
  printf("error %s cannot be started: %s\n", command[0], strerror(errno));
  fflush(stdout);
  _exit(127);
}

bool side_start(side *s) {
  int to[2], from[2];
  *s = (side){.command = s->command};
  /* Close-on-exec: a side that held the ends of another would keep it from seeing that its input ends. */
  if (pipe2(to, O_CLOEXEC) != 0) return fail(s, strerror(errno));
  if (pipe2(from, O_CLOEXEC) != 0) {
    const int why = errno;
    close(to[0]), close(to[1]);
    return fail(s, strerror(why));
  }
  fflush(NULL); /* or the child would hold a second copy of what waits to be written */
  s->process = fork();
  if (s->process == 0) become(s->command, to[0], from[1]);
  const int why = errno;
  close(to[0]);
  close(from[1]);
  s->to = fdopen(to[1], "w");
  s->from = fdopen(from[0], "r");
  if (s->process > 0 && s->to && s->from) return true;
  if (s->process < 0) s->process = 0;
  return fail(s, strerror(why));
}

/* One exchange with a process that is awake. */
static bool exchange(side *s, const char *format, va_list arguments) {
  char line[512];
  vfprintf(s->to, format, arguments);
  fputc('\n', s->to);
  fflush(s->to); /* when the process is gone, reading says so */
  if (!fgets(line, sizeof line, s->from)) return fail(s, "it ended before it answered");
  line[strcspn(line, "\n")] = '\0';
  char *text = strchr(line, ' ');
  snprintf(s->reply, sizeof s->reply, "%s", text ? text + 1 : "");
  return strncmp(line, "ok", 2) == 0;
}

static bool ask(side *s, const char *format, va_list arguments) {
  if (!s->process) return false;
  kill(s->process, SIGCONT);
  const bool well = exchange(s, format, arguments);
  if (s->process) kill(s->process, SIGSTOP);
  return well;
}

bool side_ask(side *s, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const bool well = ask(s, format, arguments);
  va_end(arguments);
  return well;
}

bool side_number(side *s, double *number, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const bool well = ask(s, format, arguments);
  va_end(arguments);
  if (well) *number = strtod(s->reply, NULL);
  return well;
}

bool side_make(side *s, const char *name, const sizes *of) {
  char line[256];
  sizes_write(of, name, line, sizeof line);
  return side_ask(s, "make %s", line);
}

void side_end(side *s) {
  if (s->to) fclose(s->to); /* the process leaves when its input ends */
  if (s->from) fclose(s->from);
  if (s->process) {
    kill(s->process, SIGCONT);
    while (waitpid(s->process, NULL, 0) < 0 && errno == EINTR) continue;
  }
  s->to = s->from = NULL;
  s->process = 0;
}
