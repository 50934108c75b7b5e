"""Text that gives orders to whoever retells it, and its disguises."""

from service.reading.orders.find import Order, left_out, orders_in

__all__ = ["Order", "left_out", "orders_in"]
