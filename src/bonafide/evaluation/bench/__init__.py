"""How fast a face check and a reading are, beside the bare kernels they cannot do without."""
