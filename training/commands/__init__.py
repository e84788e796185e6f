"""The commands of ``fangpin-train``, by what they are about."""
