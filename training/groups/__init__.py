"""For whom a score works: groups of households, kinds and causes of entry, years, townships."""
