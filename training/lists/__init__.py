"""Lists of whom to visit: what one holds, what monthly ones under the visitors' strength find."""
