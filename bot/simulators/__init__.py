"""Pretend platforms: each speaks its platform's HTTP API, signs its webhooks, keeps its limits and
windows, and has a phone to write on. For the demo, for tests, and for trying the product without
an account."""
