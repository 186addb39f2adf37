# Benchmarks: built by `make bench`, run by hand.
