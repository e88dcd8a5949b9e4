"""The demo shop, Điện Tử Bống: a page with the chat widget, and an order system to ask."""
