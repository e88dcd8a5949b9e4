"""Entities that are read by rule, never learnt: one module for each noun."""

from bot.nlu.entities.component import VietEntityExtractor
from bot.nlu.entities.extract import find
from bot.nlu.entities.found import Found
from bot.nlu.entities.pronouns import address_terms, term_now

__all__ = ["Found", "VietEntityExtractor", "address_terms", "find", "term_now"]
