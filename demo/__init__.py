"""The demo shop, Điện Tử Bống: a page with the chat widget, and the API that the assistant asks.

What can be asked stands in calls.py, what the shop knows in the YAML files, each fact in facts.yml.
"""
