/* Ends a use of arithmetic.def, elementwise.def, activations.def, compare.def or catalogue.def. There is no
 * include guard: each use is another one. */
#undef OP
#undef UNARY
#undef UNARY_1
#undef UNARY_2
#undef UNARY_3
#undef BINARY
#undef BINARY_1
#undef BINARY_2
#undef TERNARY
#undef TEST
#undef TEST_1
#undef COMPARE
