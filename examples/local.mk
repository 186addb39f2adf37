# Examples: whole programs that see the public header and the shared library alone. `make check` compiles and runs them.

examples = %reldir%/quickstart
check_PROGRAMS += $(examples)
TESTS += $(examples)

%canon_reldir%_quickstart_SOURCES = %reldir%/quickstart.c
%canon_reldir%_quickstart_LDADD = libautograd.la
