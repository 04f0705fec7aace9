"""Parts of the benchmark suite (tools/benchmarks/suite.py)."""
