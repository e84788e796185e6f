"""From histories to a registered model that a sceptic would sign."""
