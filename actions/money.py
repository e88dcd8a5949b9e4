"""Amounts as customers read them."""


def dong(amount: int) -> str:
    """Like "500.000 đ"."""
    return f"{amount:,}".replace(",", ".") + " đ"
