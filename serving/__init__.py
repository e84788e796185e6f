"""From a request to an answer that somebody can defend."""
