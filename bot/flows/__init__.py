"""Flows that the support team writes in lines: what a customer says, what the assistant answers
and asks, and where the ways part."""
