"""How well a score orders, what it promises, how sure that is, and how it is printed and drawn."""
