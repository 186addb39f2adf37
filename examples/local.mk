# Examples: whole programs that see the public header and the shared library alone. `make check` compiles and runs them.

examples = \
  %reldir%/custom_operator \
  %reldir%/quickstart
check_PROGRAMS += $(examples)
TESTS += $(examples)

%canon_reldir%_custom_operator_SOURCES = %reldir%/custom_operator.c
%canon_reldir%_custom_operator_LDADD = libautograd.la
%canon_reldir%_quickstart_SOURCES = %reldir%/quickstart.c
%canon_reldir%_quickstart_LDADD = libautograd.la
