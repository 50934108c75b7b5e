"""Text that gives orders to whoever retells it, and its disguises."""

from service.reading.orders.find import Order, orders_in

__all__ = ["Order", "orders_in"]
