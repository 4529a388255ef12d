"""Error rates, calibration and benchmarks. Uses every room; nobody uses it."""
