#include "report/gnuplot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_FOUND = 127 }; /* the status by which a shell says so */

/* The child: gnuplot with everything that it says going into `output`. -d: no ~/.gnuplot. */
static void become_gnuplot(const char *folder, const char *argument, int output) {
  if (folder && chdir(folder) != 0) _exit(NOT_FOUND);
  if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) _exit(NOT_FOUND);
  if (setenv("LC_ALL", "C", 1) != 0 || unsetenv("DISPLAY") != 0) _exit(NOT_FOUND);
  execlp("gnuplot", "gnuplot", "-d", argument, (char *)NULL);
  _exit(NOT_FOUND);
}

/* The first line that is an error of gnuplot: these name the script's line, as in `"curves.gp" line 12:
 * undefined variable`. The lines before it point at the place in the statement. */
static void error_line(FILE *said, char line[256]) {
  char next[256];
  strcpy(line, "it says nothing more");
  rewind(said);
  while (fgets(next, sizeof next, said)) {
    next[strcspn(next, "\n")] = '\0';
    const char *text = next + strspn(next, " \t^");
    if (!*text || strstr(text, "warning:")) continue;
    memcpy(line, text, strlen(text) + 1);
    if (strstr(text, " line ")) break;
  }
}

static int run(const char *folder, const char *argument, FILE *said, message *m) {
  fflush(NULL); /* or the child would hold a second copy of what waits to be written */
  pid_t child = fork();
  if (child < 0) return message_fail(m, "gnuplot: cannot start a process: %s", strerror(errno));
  if (child == 0) become_gnuplot(folder, argument, fileno(said));
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return message_fail(m, "gnuplot: lost sight of its process: %s", strerror(errno));
  if (WIFSIGNALED(status))
    return message_fail(m, "gnuplot: ended by signal %d while drawing %s", WTERMSIG(status), argument);
  if (WEXITSTATUS(status) == NOT_FOUND)
    return message_fail(
        m,
        "gnuplot: not found, and it draws the figures; on Debian or Ubuntu run: apt-get install gnuplot-nox");
  if (WEXITSTATUS(status) == 0) return 0;
  char line[256];
  error_line(said, line);
  return message_fail(m, "gnuplot: %s failed with status %d: %s", argument, WEXITSTATUS(status), line);
}

static int with_output(const char *folder, const char *argument, message *m) {
  FILE *said = tmpfile();
  if (!said) return message_fail(m, "gnuplot: cannot make a temporary file: %s", strerror(errno));
  int result = run(folder, argument, said, m);
  fclose(said); /* was only read after the child wrote it: nothing to lose */
  return result;
}

int gnuplot_check(message *m) { return with_output(NULL, "--version", m); }

int gnuplot_run(const char *folder, const char *script, message *m) { return with_output(folder, script, m); }
