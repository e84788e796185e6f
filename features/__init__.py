"""What is known of a household as of a day: the contract, the panel, the vectors."""
