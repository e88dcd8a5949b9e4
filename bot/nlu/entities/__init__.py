"""Entities that are read by rule, never learnt: one module for each noun.

Nothing here needs Rasa but `component`, which Rasa's configuration names.
"""

from bot.nlu.entities.extract import find
from bot.nlu.entities.found import Found
from bot.nlu.entities.pronouns import address_terms, term_now

__all__ = ["Found", "address_terms", "find", "term_now"]
