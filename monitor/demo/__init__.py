"""A fictional school and stand-in networks that speak the real wire formats on loopback."""
