"""Custom actions: what the assistant does besides saying a fixed sentence.

Only rasa_sdk, requests and the standard library: they run in the worker, or behind
`rasa run actions`.
"""
