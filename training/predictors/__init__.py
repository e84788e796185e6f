"""What predicts: each feature alone, the model without each concept, what moves the score."""
