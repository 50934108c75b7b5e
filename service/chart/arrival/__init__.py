"""What tells us that a chart has changed, without being asked: notifications, and polling."""
