"""Who is at risk on which day, what came of it, and the rows that follow: whole, split, weighted, thinned."""
