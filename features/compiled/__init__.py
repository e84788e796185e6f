"""What is compiled for very many households, to the bytes of NumPy: changes of the panel, operations."""
