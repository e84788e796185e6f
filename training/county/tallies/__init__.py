"""What is counted of a township's diary, so that a county's measures can be added up from its townships."""
