"""The platforms that Carebot speaks, one module each."""
