"""How fast a verification is, beside the bare kernels it cannot do without."""
