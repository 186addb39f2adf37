# Writes <autograd/operators.h>: awk -f operators.awk ops/arithmetic.def ops/elementwise.def ops/activations.def ops/compare.def manual/*.h > operators.h
#
# From the tables, whose head comments have the format: the prototype of each elementwise operator, its formula as comment.
# From the chapters of the manual, and for the elementwise operators: a macro for each function that wants to know its call site,
#   TYPE ag_NAME(ag_site at, ...);    ->  #define ag_NAME(...) ag_NAME(AG_HERE, __VA_ARGS__)
#   TYPE ag_NAME(ag_X_args a);        ->  #define ag_NAME(...) ag_NAME((ag_X_args){.at = AG_HERE, __VA_ARGS__})
# A macro is not expanded again inside of itself, so the call that it makes is the function's. POSIX awk.

function fail(text) {
  printf "%s:%d: %s\n", FILENAME, FNR, text > "/dev/stderr"
  failed = 1
  exit 1
}

function site_macro(name) { macros = macros "#define " name "(...) " name "(AG_HERE, __VA_ARGS__)\n" }

function args_macro(name, type) {
  macros = macros "#define " name "(...) " name "((" type "){.at = AG_HERE, __VA_ARGS__})\n"
}

# The line without its comments; in_comment carries a comment over the end of the line.
function without_comments(line, out, start) {
  out = ""
  while (line != "") {
    start = index(line, in_comment ? "*/" : "/*")
    if (!in_comment) out = out (start ? substr(line, 1, start - 1) : line)
    if (!start) break
    line = substr(line, start + 2)
    in_comment = !in_comment
  }
  return out
}

# One line of the table: KIND(name, parameters..., "formula", ...
function table_line(line, kind, name, formula, operands, parameters, i, n, field) {
  kind = line
  sub(/\(.*/, "", kind)
  if (kind !~ /^(UNARY|UNARY_1|UNARY_2|UNARY_3|BINARY|BINARY_1|BINARY_2|TERNARY|TEST|TEST_1|COMPARE)$/) fail("unknown kind of elementwise operator: " kind)
  n = split(substr(line, length(kind) + 2), field, /, */)
  name = field[1]
  formula = line
  if (!sub(/^[^"]*"/, "", formula) || !sub(/".*/, "", formula)) fail(name ": no formula in quotes on this line")

  operands = "ag_tensor *x"
  if (kind ~ /^(BINARY|TERNARY|COMPARE)/) operands = operands ", ag_tensor *y"
  if (kind == "TERNARY") operands = operands ", ag_tensor *z"
  parameters = kind ~ /_[123]$/ ? substr(kind, length(kind)) : 0
  for (i = 2; i <= 1 + parameters && i <= n; i++) operands = operands ", double " field[i]

  prototypes = prototypes "/* " formula " */\nag_tensor *ag_" name "(ag_site at, " operands ");\n"
  site_macro("ag_" name)
}

# One declaration of the header, on one line and without its semicolon.
function declaration(text, name, type) {
  if (text !~ /^[a-z][A-Za-z0-9_ *]*[ *]ag_[a-z0-9_]+\(/ || text ~ /^typedef /) return
  name = text
  sub(/\(.*/, "", name)
  sub(/.*[ *]/, "", name)
  if (text ~ /^[^(]*\(ag_site at, const ag_op /) return # ag_apply is called with the site of the wrapper's caller.
  if (text ~ /^[^(]*\(ag_site at, /) site_macro(name)
  else if (text ~ /^[^(]*\(ag_[a-z0-9_]+_args a\)/) {
    type = text
    sub(/^[^(]*\(/, "", type)
    sub(/ a\).*/, "", type)
    args_macro(name, type)
  }
}

FNR == 1 { table = FILENAME ~ /\.def$/; tables += table; chapters += !table; in_comment = 0 }

{ line = without_comments($0) }

table {
  if (line ~ /^[A-Z]/) table_line(line)
  next
}

# Preprocessor lines and their continuations are no declarations, nor is the brace of extern "C".
continued || line ~ /^#/ { continued = line ~ /\\$/; next }
line ~ /^extern "C" \{/ { next }

# Statements end with a semicolon outside of braces.
{
  opened = gsub(/\{/, "{", line)
  closed = gsub(/\}/, "}", line)
  sub(/^ +/, "", line)
  sub(/ +$/, "", line)
  statement = statement (statement == "" || line == "" ? "" : " ") line
  depth += opened - closed
  if (depth == 0 && line ~ /;$/) {
    declaration(substr(statement, 1, length(statement) - 1))
    statement = ""
  }
}

END {
  if (failed) exit 1
  if (!tables || !chapters) {
    print "usage: awk -f operators.awk ops/arithmetic.def ops/elementwise.def ops/activations.def ops/compare.def manual/*.h" > "/dev/stderr"
    exit 1
  }
  print "/* Made by operators.awk from the tables of operators and the chapters of the manual: change those instead. Included by <autograd.h>."
  print " *"
  print " * Elementwise operators: operands broadcast against each other as in NumPy, and the formula holds for each element. */"
  print "#ifndef AUTOGRAD_OPERATORS_H"
  print "#define AUTOGRAD_OPERATORS_H"
  print ""
  printf "%s\n", prototypes
  print "/* Call sites: each of these functions is called without its first argument or member, at. */"
  printf "%s\n", macros
  print "#endif"
}
