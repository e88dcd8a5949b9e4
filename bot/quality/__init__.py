"""How good the assistant is: test sets, figures with their bars, and the model card."""
